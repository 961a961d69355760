import { beginningOf } from '../../common/beginning-of.js';
import { askOf } from '../core/match/ask.js';
import type { LaunchDelay, QueueEntry, SchedulerState } from '../core/state.js';
import { toTimestamp } from '../core/timestamps.js';
import type { PodContainer } from '../model/pod-definition.js';
import { isPod, kindOf } from '../model/run-spec.js';
import type { RunSpec } from '../model/run-spec.js';
import { countInstances } from './instance-counts.js';
import type { AppStatus, OverviewApp } from './types.js';

/** So much of a command is shown. */
const maxRunsLength = 120;
/** A line is no place for configuration that is kept in labels: so many of them are shown, so much of each. */
const maxLabels = 64;
const maxLabelLength = 200;

function containerRuns({ image, exec }: PodContainer): string {
  if (image !== undefined) return image.id;
  const command = exec?.command;
  if (command === undefined) return '';
  return 'shell' in command ? command.shell : command.argv.join(' ');
}

function runsOf(runSpec: RunSpec): string {
  const text = isPod(runSpec)
    ? runSpec.containers.map(containerRuns).join(', ')
    : (runSpec.container?.docker?.image ?? runSpec.cmd ?? runSpec.args.join(' '));
  return beginningOf(text, maxRunsLength);
}

function labelsOf({ labels }: RunSpec): Readonly<Record<string, string>> {
  const entries = Object.entries(labels);
  if (entries.length <= maxLabels && entries.every(([name, value]) => name.length + value.length <= maxLabelLength)) {
    return labels;
  }
  return Object.fromEntries(
    entries
      .slice(0, maxLabels)
      .map(([name, value]) => [beginningOf(name, maxLabelLength), beginningOf(value, maxLabelLength)]),
  );
}

/** Until when nothing is launched of what waits in the queue: the same facts as those of GET /v2/queue. */
function delayedUntil(entry: QueueEntry | undefined, delay: LaunchDelay | undefined, nowMs: number): string | null {
  if (entry === undefined || delay?.configVersion !== entry.configVersion || delay.untilMs <= nowMs) return null;
  return toTimestamp(delay.untilMs);
}

interface StatusFacts {
  readonly wanted: number;
  readonly running: number;
  readonly isQueued: boolean;
  readonly isDelayed: boolean;
  readonly isDeploying: boolean;
}

/** What waits shows that it waits, also where a deployment waits for it: as in Marathon's own interface. */
function statusOf({ wanted, running, isQueued, isDelayed, isDeploying }: StatusFacts): AppStatus {
  if (wanted === 0 && running === 0) return 'Suspended';
  if (isQueued) return isDelayed ? 'Delayed' : 'Waiting';
  return isDeploying ? 'Deploying' : 'Running';
}

/** An app or pod as one line. Costs as much as it has instances. */
export function overviewApp(state: SchedulerState, runSpec: RunSpec, revision: number, nowMs: number): OverviewApp {
  const { id, instances: wanted, version } = runSpec;
  const { counts, running, draining } = countInstances(state, id, wanted);
  const entry = state.queue.get(id);
  const until = delayedUntil(entry, state.delays.get(id), nowMs);
  const deployment = state.locks.get(id);
  const { cpus, memMib, diskMib, gpus } = isPod(runSpec) ? askOf(runSpec).total : runSpec;
  return {
    id,
    kind: kindOf(runSpec),
    status: statusOf({
      wanted,
      running,
      isQueued: entry !== undefined,
      isDelayed: until !== null,
      isDeploying: deployment !== undefined,
    }),
    instances: wanted,
    counts,
    cpus,
    mem: memMib,
    disk: diskMib,
    gpus,
    labels: labelsOf(runSpec),
    version,
    runs: runsOf(runSpec),
    deployment: deployment ?? null,
    delayedUntil: until,
    draining,
    revision,
  };
}
