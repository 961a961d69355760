import { equalData } from '../../common/equal.js';
import { endText } from '../api/render/explain-texts.js';
import { fromTimestamp, toTimestamp } from '../core/timestamps.js';
import type { LaunchDelay } from '../core/state.js';
import type { AffectedRunSpec, Deployment } from '../model/deployment.js';
import type { EndCause, EndedInstance, KillCause } from '../model/ended-instance.js';
import type { Instance } from '../model/instance.js';
import { isPod } from '../model/run-spec.js';
import type { RunSpec } from '../model/run-spec.js';
import type { Happening } from './types.js';

/** So many members that have changed are named. */
const maxNamed = 10;

/** Members by their names in JSON, where those are others. */
const jsonNames: Readonly<Record<string, string>> = {
  memMib: 'mem',
  diskMib: 'disk',
  versionInfo: '',
  version: '',
  instances: '',
  id: '',
};

function instancesText(count: number): string {
  return count === 1 ? '1 instance' : `${count} instances`;
}

/** `2.3 s`, `5 min 10 s`, `3 h 5 min` */
export function durationText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 60) return `${seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The names of the members that differ between two definitions, never what they hold: environments have secrets. */
function changedMembers(from: RunSpec, to: RunSpec): readonly string[] {
  const [before, after] = [
    new Map<string, unknown>(Object.entries(from)),
    new Map<string, unknown>(Object.entries(to)),
  ];
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => jsonNames[name] !== '' && !equalData(before.get(name), after.get(name)))
    .map((name) => jsonNames[name] ?? name);
}

/** What has become of a definition. `to`: the definition now; undefined: it was deleted, or nobody knows any more. */
function changeText({ from, to: version }: AffectedRunSpec, to: RunSpec | undefined): string {
  if (from === undefined) return to === undefined ? 'Created' : `Created with ${instancesText(to.instances)}`;
  if (version === undefined) return `Deleted, with ${instancesText(from.instances)}`;
  if (to === undefined) return `Changed, from version ${from.version}`;
  if (isPod(from) !== isPod(to)) return `Made ${isPod(to) ? 'a pod of an app' : 'an app of a pod'}`;
  const scaled = from.instances === to.instances ? '' : `from ${from.instances} to ${instancesText(to.instances)}`;
  const changed = changedMembers(from, to);
  if (changed.length > 0) {
    const named = changed.slice(0, maxNamed).join(', ') + (changed.length > maxNamed ? ', …' : '');
    return `Changed (${named}) from version ${from.version}${scaled === '' ? '' : `, and scaled ${scaled}`}`;
  }
  if (scaled !== '') return `Scaled ${scaled}`;
  return `Restarted: ${instancesText(to.instances)} ${to.instances === 1 ? 'is' : 'are'} to be replaced`;
}

/** A deployment has begun that changes an app or pod. */
export function definitionChanged(
  deployment: Deployment,
  affected: AffectedRunSpec,
  to: RunSpec | undefined,
): Happening {
  return {
    kind: 'definition',
    level: 'info',
    text: changeText(affected, to),
    deployment: deployment.id,
    ...(affected.to === undefined ? {} : { version: affected.to }),
  };
}

export function deploymentDone(deployment: Deployment, affected: AffectedRunSpec, nowMs: number): Happening {
  return {
    kind: 'deployment',
    level: 'good',
    text: `The deployment is done, after ${durationText(nowMs - fromTimestamp(deployment.version))}`,
    deployment: deployment.id,
    ...(affected.to === undefined ? {} : { version: affected.to }),
  };
}

export function deploymentFailed(deployment: Deployment, affected: AffectedRunSpec, reason: string): Happening {
  const { id, currentStep, steps } = deployment;
  return {
    kind: 'deployment',
    level: 'warning',
    text: `The deployment ended in step ${Math.min(currentStep + 1, steps.length)} of ${steps.length}, before it was done`,
    why: reason,
    deployment: id,
    ...(affected.to === undefined ? {} : { version: affected.to }),
  };
}

/** What all that is told of an instance has in common. */
function ofInstance({
  id,
  taskId,
  host,
  appVersion,
}: Instance): Pick<Happening, 'instance' | 'task' | 'host' | 'version'> {
  return { instance: id, task: taskId, host, version: appVersion };
}

export function instanceLaunched(instance: Instance): Happening {
  return { kind: 'instance', level: 'info', text: `Launched on ${instance.host}`, ...ofInstance(instance) };
}

/** `isBack`: its agent had been lost. */
export function instanceRuns(instance: Instance, isBack: boolean): Happening {
  const { host, stagedAt, startedAt } = instance;
  const tookMs = startedAt === undefined ? -1 : fromTimestamp(startedAt) - fromTimestamp(stagedAt);
  const since = tookMs >= 0 ? `, ${durationText(tookMs)} after its launch` : '';
  const text = isBack ? `The agent ${host} is back, and the instance runs` : `Runs on ${host}${since}`;
  return { kind: 'instance', level: 'good', text, ...ofInstance(instance) };
}

export function instanceUnreachable(instance: Instance): Happening {
  const isGivenUp = instance.condition === 'UnreachableInactive';
  return {
    kind: 'instance',
    level: 'warning',
    text: isGivenUp
      ? 'It does not count any more: another instance is to take its place'
      : `The agent ${instance.host} is lost`,
    ...(isGivenUp ? { why: `the agent ${instance.host} has been lost for too long` } : {}),
    ...ofInstance(instance),
  };
}

export function instanceWaitsInPlace(instance: Instance): Happening {
  return {
    kind: 'instance',
    level: 'info',
    text: `Its place on ${instance.host} is kept, with its volumes`,
    ...ofInstance(instance),
  };
}

/** What somebody wanted, or what follows from that. */
const planned: ReadonlySet<EndCause['type']> = new Set(['scaledDown', 'replaced', 'deleted', 'requested']);

function levelOf({ type }: EndCause, condition: Instance['condition']): Happening['level'] {
  if (planned.has(type)) return 'info';
  return type === 'exited' && condition === 'Finished' ? 'warning' : 'bad';
}

function deploymentOf(cause: EndCause): Pick<Happening, 'deployment'> {
  return 'deploymentId' in cause && cause.deploymentId !== undefined ? { deployment: cause.deploymentId } : {};
}

/** An instance has ended. */
export function instanceEnded(ended: EndedInstance): Happening {
  const { instanceId, taskId, host, version, startedAt, endedAt, cause, condition } = ended;
  const ran =
    startedAt === undefined
      ? ', before it ran'
      : `, after ${durationText(fromTimestamp(endedAt) - fromTimestamp(startedAt))}`;
  return {
    kind: 'instance',
    level: levelOf(cause, condition),
    text: `Ended on ${host}${ran}`,
    why: endText(ended),
    instance: instanceId,
    task: taskId,
    host,
    version,
    ...deploymentOf(cause),
  };
}

/** The same of one of which no more is known. */
export function instanceGone(
  { instanceId, host, version, condition }: Pick<EndedInstance, 'instanceId' | 'host' | 'version' | 'condition'>,
  cause: Cause,
): Happening {
  return {
    kind: 'instance',
    ...causeFacts(cause, condition),
    text: `Ended on ${host} (${condition})`,
    instance: instanceId,
    host,
    version,
  };
}

/** Why an instance is to end; undefined: another leader has decided that. */
export type Cause = KillCause | undefined;

function causeFacts(cause: Cause, condition: Instance['condition']): Pick<Happening, 'why' | 'level' | 'deployment'> {
  if (cause === undefined) return { level: 'info' };
  return { level: levelOf(cause, condition), why: endText({ cause, condition }), ...deploymentOf(cause) };
}

/** Edges are asked to let go of an instance before it is killed. */
export function drainBegun(instance: Instance, cause: Cause): Happening {
  return {
    kind: 'drain',
    ...causeFacts(cause, instance.condition),
    text: `Load balancers and name servers are to let go of it; it is killed at ${instance.drainUntil ?? ''} at the latest`,
    ...ofInstance(instance),
  };
}

/** An instance is being killed. `drainedUntil`: how long edges had time to let go of it, if they were asked to. */
export function killDecided(
  instance: Instance,
  cause: Cause,
  drainedUntil: string | undefined,
  nowMs: number,
): Happening {
  const text =
    drainedUntil === undefined
      ? 'Is killed'
      : fromTimestamp(drainedUntil) <= nowMs
        ? 'Is killed: the time to let go of it is over'
        : 'Is killed: load balancers and name servers have let go of it';
  return { kind: 'kill', ...causeFacts(cause, instance.condition), text, ...ofInstance(instance) };
}

/** `cause`: what the last check that failed was answered. */
export function healthChanged(instance: Instance, healthy: boolean, cause: string | undefined): Happening {
  return {
    kind: 'health',
    level: healthy ? 'good' : 'bad',
    text: healthy ? 'Healthy' : 'Unhealthy',
    ...(healthy || cause === undefined ? {} : { why: cause }),
    ...ofInstance(instance),
  };
}

/** After a failure nothing is launched for a while. `last`: how the last instance ended. */
export function launchesDelayed({ delayMs, untilMs }: LaunchDelay, last: EndedInstance | undefined): Happening {
  return {
    kind: 'delay',
    level: 'warning',
    text: `The next launch waits ${durationText(delayMs)}, until ${toTimestamp(untilMs)}`,
    ...(last === undefined
      ? {}
      : { why: `the last instance ended on ${last.host}: ${endText(last)}`, instance: last.instanceId }),
  };
}

export const delayLifted: Happening = {
  kind: 'delay',
  level: 'info',
  text: 'The launch delay is lifted: the next launch need not wait',
};
