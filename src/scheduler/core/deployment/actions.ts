import type { PathId } from '../../../common/path-id.js';
import type { Deployment, DeploymentAction, Rollout } from '../../model/deployment.js';
import type { Instance } from '../../model/instance.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import { isConsideredHealthy } from '../health.js';
import { isReady } from '../readiness.js';
import { decommission } from '../recovery/kill.js';
import { inKillOrder } from '../recovery/kill-selection.js';
import { instancesOf, runSpecOf } from '../state.js';
import type { Tx } from '../tx.js';
import { advanceRollout, startRollout } from './rollout.js';

/** How far an action is: `launches` is how many instances it wants started now. */
export interface ActionProgress {
  readonly done: boolean;
  readonly launches: number;
  /** Why it cannot be done; the deployment fails with it. */
  readonly failure?: string;
}

/** Whether the instance counts towards the wanted number: it is to run, and not given up as unreachable. */
export function countsAsRunning(instance: Instance): boolean {
  return instance.goal === 'Running' && instance.condition !== 'UnreachableInactive';
}

/** Kills what is too much of an app or pod and says what is missing, whatever the versions of its instances. */
export function scaleTo(tx: Tx, app: Pick<RunSpec, 'id' | 'killSelection'>, target: number): ActionProgress {
  const instances = instancesOf(tx.state, app.id);
  const counted = instances.filter(countsAsRunning);
  const isHealthy = (instance: Instance): boolean => isConsideredHealthy(tx.state, instance);
  for (const surplus of inKillOrder(app, counted, isHealthy).slice(0, Math.max(0, counted.length - target)))
    decommission(tx, surplus);
  const ending = instances.some((instance) => tx.state.instances.get(instance.id)?.goal === 'Decommissioned');
  const kept = counted.filter((instance) => tx.state.instances.get(instance.id)?.goal === 'Running');
  return {
    done:
      !ending && kept.length === target && kept.every((instance) => isHealthy(instance) && isReady(tx.state, instance)),
    launches: Math.max(0, target - counted.length),
  };
}

function missingArtifacts(tx: Tx, app: RunSpec): readonly string[] {
  return isPod(app) ? [] : app.storeUrls.filter((url) => !tx.state.artifacts.has(url));
}

/** Brings the app's artifacts into the store, those that are not there, also if that has failed before. */
export function downloadArtifacts(tx: Tx, app: RunSpec): void {
  for (const url of missingArtifacts(tx, app)) tx.download(url);
}

/** Waits for the app's artifacts; what has failed fails the action. */
function resolveArtifacts(tx: Tx, app: RunSpec): ActionProgress {
  const missing = missingArtifacts(tx, app);
  const failed = missing.find((url) => tx.state.artifactErrors.has(url));
  if (failed !== undefined) {
    return { done: false, launches: 0, failure: tx.state.artifactErrors.get(failed) ?? 'an artifact is missing' };
  }
  for (const url of missing) tx.download(url);
  return { done: missing.length === 0, launches: 0 };
}

/** Ends all instances of an app that is gone. */
function stop(tx: Tx, appId: string): ActionProgress {
  const instances = instancesOf(tx.state, appId);
  for (const instance of instances) decommission(tx, instance);
  return { done: instances.length === 0, launches: 0 };
}

/** Old instances run a configuration from before the app's last configuration change. */
export function isOld(app: Pick<RunSpec, 'versionInfo'>, instance: Instance): boolean {
  return instance.appVersion < app.versionInfo.lastConfigChangeAt;
}

/** The instances that a rolling restart counts, old and new. */
function rolledInstances(tx: Tx, app: RunSpec): RolledInstances {
  const all = instancesOf(tx.state, app.id).filter((i) => i.condition !== 'UnreachableInactive');
  const isHealthy = (instance: Instance): boolean =>
    instance.goal === 'Running' && isConsideredHealthy(tx.state, instance);
  return {
    all,
    old: all.filter((instance) => isOld(app, instance)),
    fresh: all.filter((instance) => !isOld(app, instance) && instance.goal === 'Running'),
    isHealthy,
    isUp: (instance) => isHealthy(instance) && isReady(tx.state, instance),
  };
}

interface RolledInstances {
  readonly all: readonly Instance[];
  readonly old: readonly Instance[];
  readonly fresh: readonly Instance[];
  readonly isHealthy: (instance: Instance) => boolean;
  /** Healthy, and ready: an old instance may end for it. */
  readonly isUp: (instance: Instance) => boolean;
}

function firstRollout(tx: Tx, app: RunSpec): Rollout {
  const { all, old, fresh, isHealthy, isUp } = rolledInstances(tx, app);
  const { oldInstances, initialKills, readyAtStart, maxCapacity } = startRollout(app, {
    current: old.length + fresh.length,
    old: old.length,
    healthy: all.filter(isHealthy).length,
    freshReady: fresh.filter(isUp).length,
  });
  return { oldInstances, initialKills, readyAtStart, maxCapacity };
}

/**
 * The numbers of an app's rolling restart. Those of all restarts of the step are fixed at once when the first of them is looked at: a
 * step of thousands is one change of its deployment.
 */
function rolloutOf(tx: Tx, deployment: Deployment, app: RunSpec): Rollout {
  const known = deployment.rollouts[app.id];
  if (known !== undefined) return known;
  const rollout = firstRollout(tx, app);
  const rollouts: Record<PathId, Rollout> = { ...deployment.rollouts, [app.id]: rollout };
  tx.setDelay(app.id, undefined);
  for (const { action, id } of deployment.steps[deployment.currentStep]?.actions ?? []) {
    const other = action === 'RestartApplication' && rollouts[id] === undefined ? runSpecOf(tx.state, id) : undefined;
    if (other === undefined) continue;
    rollouts[id] = firstRollout(tx, other);
    tx.setDelay(id, undefined);
  }
  tx.putDeployment({ ...deployment, rollouts });
  return rollout;
}

function restart(tx: Tx, deployment: Deployment, app: RunSpec): ActionProgress {
  const rollout = rolloutOf(tx, deployment, app);
  const { old, fresh, isHealthy, isUp } = rolledInstances(tx, app);
  const oldKept = old.filter((instance) => instance.goal === 'Running');
  const { kills, starts, done } = advanceRollout(app.instances, rollout, {
    oldActive: old.length,
    oldKept: oldKept.length,
    oldUnhealthy: oldKept.filter((instance) => !isHealthy(instance)).length,
    fresh: fresh.length,
    freshReady: fresh.filter(isUp).length,
  });
  // Unhealthy old instances go first, whatever their condition or age.
  const order = inKillOrder(app, oldKept, isHealthy).sort((a, b) => Number(isHealthy(a)) - Number(isHealthy(b)));
  for (const victim of order.slice(0, kills)) decommission(tx, victim);
  const surplus = Math.max(0, fresh.length - app.instances);
  for (const victim of inKillOrder(app, fresh, isHealthy).slice(0, surplus)) decommission(tx, victim);
  return { done: done && surplus === 0, launches: starts };
}

/** Does what the action needs done now, and says how far it is. Repeating it changes nothing: it compares, it does not count. */
export function advanceAction(tx: Tx, deployment: Deployment, action: DeploymentAction): ActionProgress {
  const app = runSpecOf(tx.state, action.id);
  switch (action.action) {
    case 'ResolveArtifacts':
      return app === undefined ? { done: true, launches: 0 } : resolveArtifacts(tx, app);
    case 'StartApplication':
      // Nothing happens here; the scaling that follows starts the instances. Marathon's plans name it, so ours do.
      return { done: true, launches: 0 };
    case 'StopApplication':
      return stop(tx, action.id);
    case 'ScaleApplication':
      return app === undefined ? { done: true, launches: 0 } : scaleTo(tx, app, app.instances);
    case 'RestartApplication':
      return app === undefined ? { done: true, launches: 0 } : restart(tx, deployment, app);
  }
}
