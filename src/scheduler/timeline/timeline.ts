import type { PathId } from '../../common/path-id.js';
import type { Clock } from '../../common/time.js';
import { runSpecOf } from '../core/state.js';
import type { SchedulerState } from '../core/state.js';
import { kindOf } from '../model/run-spec.js';
import type { RunSpecKind } from '../model/run-spec.js';
import type { EventBus } from '../service.js';
import type { StateChanges } from '../state-changes.js';
import { Histories } from './histories.js';
import type { HistoryLimits } from './histories.js';
import { Recorder } from './recorder.js';
import type { TimelineEntry } from './types.js';

/** So many requests are remembered that something followed from. */
const maxAsked = 10_000;
const maxPathLength = 200;

/** Who asked for something. */
export interface Asker {
  readonly clientIp: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

export interface Timeline {
  /**
   * What happened to an app or pod, the newest first, at most `limit` entries; of one that was deleted an hour ago or less, too. Undefined:
   * there is none.
   */
  of(
    id: PathId,
    limit: number,
  ): { readonly kind: RunSpecKind; readonly since: string; readonly entries: readonly TimelineEntry[] } | undefined;
  /** Notes who has asked for what a deployment (by its id), or the kill of an instance (by its id), came from. */
  asked(id: string, asker: Asker): void;
}

export interface TimelineParts {
  readonly events: EventBus;
  readonly changes: StateChanges;
  readonly state: SchedulerState;
  readonly clock: Clock;
  readonly limits?: HistoryLimits;
}

/** Writes down what happens to apps and pods from now on, in memory, within bounds. Costs what happens, nothing besides. */
export function recordTimeline({ events, changes, state, clock, limits }: TimelineParts): Timeline {
  const histories = new Histories(clock, () => state.loadedAt, limits);
  const recorder = new Recorder(state, histories, clock);
  const askers = new Map<string, string>();
  changes.subscribe((change) => recorder.changed(change));
  events.subscribe(({ event }) => recorder.published(event));

  /** An entry with who asked for what it tells of. */
  function withAsker(entry: TimelineEntry): TimelineEntry {
    const { kind, why, instance, deployment } = entry;
    const key = kind === 'definition' ? deployment : kind === 'kill' || kind === 'drain' ? instance : null;
    const asker = key === null ? undefined : askers.get(key);
    if (asker === undefined) return entry;
    return { ...entry, why: why === null ? asker : `${why}; ${asker}` };
  }

  return {
    of(id, limit) {
      const history = histories.of(id);
      const runSpec = runSpecOf(state, id);
      if (history === undefined) {
        return runSpec === undefined ? undefined : { kind: kindOf(runSpec), since: histories.since, entries: [] };
      }
      const entries = history.entries.slice(-limit).reverse().map(withAsker);
      return { kind: runSpec === undefined ? history.kind : kindOf(runSpec), since: history.since, entries };
    },
    asked(id, { clientIp, method, path }) {
      askers.delete(id);
      askers.set(id, `asked for by ${clientIp} (${method} ${path.slice(0, maxPathLength)})`);
      if (askers.size <= maxAsked) return;
      const [oldest] = askers.keys();
      if (oldest !== undefined) askers.delete(oldest);
    },
  };
}
