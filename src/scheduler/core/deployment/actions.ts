import type { PathId } from '../../../common/path-id.js';
import { smallest } from '../../../common/smallest.js';
import type { Deployment, DeploymentAction, Rollout } from '../../model/deployment.js';
import type { KillCause } from '../../model/ended-instance.js';
import type { Instance } from '../../model/instance.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import { isConsideredHealthy } from '../health.js';
import type { Tally } from '../instance-tallies.js';
import { decommission, retire } from '../recovery/kill.js';
import { killOrder, surplusOf } from '../recovery/kill-selection.js';
import { isResident } from '../resident/volumes.js';
import { instancesOf, runSpecOf } from '../state.js';
import type { Tx } from '../tx.js';
import { advanceRollout, startRollout } from './rollout.js';
import { isScaledDown } from './scaled-down.js';

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

/** Ends as many as are too much of those instances of an app or pod that `belongs` names. Mostly there are none, and nobody is looked at. */
function retireSurplus(tx: Tx, app: RunSpec, surplus: number, belongs: (instance: Instance) => boolean): void {
  if (surplus <= 0) return;
  const instances = instancesOf(tx.state, app.id).filter(belongs);
  const cause: KillCause = { type: 'scaledDown', ...byDeployment(tx, app.id) };
  for (const instance of surplusOf(app, instances, surplus)) retire(tx, instance, cause);
}

/** The deployment that is at work on an app or pod, if one is. */
function byDeployment(tx: Tx, id: PathId): { readonly deploymentId?: string } {
  const deploymentId = tx.state.locks.get(id);
  return deploymentId === undefined ? {} : { deploymentId };
}

/** Kills what is too much of an app or pod and says what is missing, whatever the versions of its instances. */
export function scaleTo(tx: Tx, app: RunSpec, target: number): ActionProgress {
  const counted = tx.state.tallies.of(app.id).kept;
  retireSurplus(tx, app, counted - target, countsAsRunning);
  const { ending, kept, up } = tx.state.tallies.of(app.id);
  return {
    done: ending === 0 && kept === target && up === target,
    launches: Math.max(0, target - counted),
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
  const { total, leaving } = tx.state.tallies.of(appId);
  const cause: KillCause = { type: 'deleted', ...byDeployment(tx, appId) };
  if (leaving < total) for (const instance of instancesOf(tx.state, appId)) decommission(tx, instance, cause);
  return { done: total === 0, launches: 0 };
}

/** Old instances run a configuration from before the app's last configuration change. */
export function isOld(app: Pick<RunSpec, 'versionInfo'>, instance: Instance): boolean {
  return instance.appVersion < app.versionInfo.lastConfigChangeAt;
}

/** The instances that a rolling restart counts, old and new. */
function rolledInstances(tx: Tx, app: RunSpec): { readonly old: Tally; readonly fresh: Tally } {
  const { before, from } = tx.state.tallies.split(app.id, app.versionInfo.lastConfigChangeAt);
  return { old: before, fresh: from };
}

function firstRollout(tx: Tx, app: RunSpec): Rollout {
  const { old, fresh } = rolledInstances(tx, app);
  return startRollout(app, {
    current: old.active + fresh.kept,
    old: old.active,
    healthy: old.healthy + fresh.healthy,
    freshReady: fresh.up,
    isResident: isResident(app),
  });
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

/** Old instances that wait in their places for a task are as good as new: their next task is of the new configuration. */
function renewScheduled(tx: Tx, app: RunSpec): void {
  for (const id of tx.state.scheduled.get(app.id) ?? []) {
    const instance = tx.state.instances.get(id);
    if (instance !== undefined && isOld(app, instance)) tx.putInstance({ ...instance, appVersion: app.version });
  }
}

function restart(tx: Tx, deployment: Deployment, app: RunSpec): ActionProgress {
  renewScheduled(tx, app);
  const rollout = rolloutOf(tx, deployment, app);
  const { old, fresh } = rolledInstances(tx, app);
  // A resident whose agent is lost comes back, with its data: the restart waits for it
  const oldKept = old.kept - old.awaited;
  const { kills, starts, done } = advanceRollout(app.instances, rollout, {
    oldActive: old.active,
    oldKept,
    oldUnhealthy: oldKept - old.healthy,
    freshActive: fresh.active,
    fresh: fresh.kept,
    freshReady: fresh.up,
    healthy: old.healthy + fresh.healthy,
    isResident: isResident(app),
  });
  const cause: KillCause = { type: 'replaced', deploymentId: deployment.id };
  if (kills > 0) for (const victim of firstToRestart(tx, app, kills)) retire(tx, victim, cause);
  if (done) forgetAway(tx, app, cause);
  const surplus = Math.max(0, fresh.kept - app.instances);
  retireSurplus(tx, app, surplus, (instance) => countsAsRunning(instance) && !isOld(app, instance));
  return { done: done && surplus === 0, launches: starts };
}

/**
 * Old instances that were given up as unreachable have been replaced like the others: should their agents return, nobody knows their tasks any
 * more. Kept, they would be as good as new ones then, and new ones might end in their favour.
 */
function forgetAway(tx: Tx, app: RunSpec, cause: KillCause): void {
  const { total, active, parked } = rolledInstances(tx, app).old;
  if (total === active + parked) return;
  const away = instancesOf(tx.state, app.id).filter((i) => i.condition === 'UnreachableInactive' && isOld(app, i));
  for (const instance of away) decommission(tx, instance, cause);
}

/** Which old instances end next: unhealthy ones first, whatever their condition or age. */
function firstToRestart(tx: Tx, app: RunSpec, count: number): readonly Instance[] {
  const isAwaited = (i: Instance): boolean => i.reservation !== undefined && i.unreachableSince !== undefined;
  const old = instancesOf(tx.state, app.id).filter((i) => countsAsRunning(i) && isOld(app, i) && !isAwaited(i));
  const healthy = new Set(old.filter((instance) => isConsideredHealthy(tx.state, instance)));
  const order = killOrder(app);
  return smallest(old, count, (a, b) => Number(healthy.has(a)) - Number(healthy.has(b)) || order(a, b));
}

function scale(tx: Tx, deployment: Deployment, app: RunSpec): ActionProgress {
  const { done, launches } = scaleTo(tx, app, app.instances);
  return { done: done || isScaledDown(tx, deployment, app), launches };
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
      return app === undefined ? { done: true, launches: 0 } : scale(tx, deployment, app);
    case 'RestartApplication':
      return app === undefined ? { done: true, launches: 0 } : restart(tx, deployment, app);
  }
}
