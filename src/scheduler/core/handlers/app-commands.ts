import type { PathId } from '../../../common/path-id.js';
import { hasValidSegments, resolvePathId } from '../../../common/path-id.js';
import type { AppDefinition, Timestamp } from '../../model/app-definition.js';
import type { Deployment } from '../../model/deployment.js';
import type { Instance } from '../../model/instance.js';
import type { Command, Origin, Outcome, Rejection } from '../commands.js';
import { cancelDeployment, deploy, refusalToDeploy } from '../deployment/deploy.js';
import { isOld } from '../deployment/actions.js';
import { changedId } from '../deployment/plan.js';
import type { AppChange } from '../deployment/plan.js';
import type { AppDraft } from '../normalize/app-draft.js';
import { buildDefinition } from '../normalize/build-definition.js';
import { changeKind } from '../normalize/change-kind.js';
import { assignServicePorts, servicePortsOf } from '../normalize/service-ports.js';
import { decommission } from '../recovery/kill.js';
import { instancesOf } from '../state.js';
import { nextVersion } from '../timestamps.js';
import type { Tx } from '../tx.js';

type Update = Extract<Command, { type: 'updateApps' }>['updates'][number];

function rejected(rejection: Rejection): Outcome {
  return { type: 'rejected', rejection };
}

/** A version newer than every version that the apps of this change have had. */
function versionFor(tx: Tx, ids: readonly PathId[]): Timestamp {
  const newest = ids
    .flatMap((id) => tx.state.versions.get(id)?.at(-1) ?? [])
    .sort()
    .at(-1);
  return nextVersion(tx.nowMs, newest);
}

/** Groups and apps share one tree: an app may neither stand where a group is, nor below another app. */
function clashingId(tx: Tx, id: PathId): boolean {
  if (tx.state.groups.has(id)) return true;
  for (let end = id.lastIndexOf('/'); end > 0; end = id.lastIndexOf('/', end - 1)) {
    if (tx.state.apps.has(id.slice(0, end))) return true;
  }
  return false;
}

/**
 * Why a definition is set. `restart`: the configuration counts as changed even when it is equal. `revert`: if it is equal, the
 * instances that the reverted deployment has already started count as well as those from before it.
 */
type Intent = 'update' | 'restart' | 'revert';

/**
 * When the configuration of the definition that `from` is replaced by counts as changed: now for another configuration, as before
 * for the same.
 */
function configChangeAt(
  from: AppDefinition,
  draft: AppDraft | AppDefinition,
  version: Timestamp,
  intent: Intent,
  isUpgrade: boolean,
): Timestamp {
  if (isUpgrade) return version;
  return intent === 'revert' && 'versionInfo' in draft
    ? draft.versionInfo.lastConfigChangeAt
    : from.versionInfo.lastConfigChangeAt;
}

/** Takes a normalised draft to the change that it makes: service ports, version, version info. Undefined when it changes nothing. */
function toChange(
  tx: Tx,
  draft: AppDraft,
  version: Timestamp,
  takenByThisChange: ReadonlySet<number>,
  intent: Intent,
): { readonly change: AppChange | undefined } | { readonly rejection: Rejection } {
  const from = tx.state.apps.get(draft.id);
  const { localPortMin: min, localPortMax: max } = tx.settings;
  const own = new Set(from === undefined ? [] : servicePortsOf(from));
  const isTaken = (port: number): boolean =>
    takenByThisChange.has(port) || (tx.state.servicePorts.has(port) && !own.has(port));
  const assigned = assignServicePorts(draft, from, isTaken, { min, max });
  if (!assigned.ok) return { rejection: { kind: 'portsExhausted', min, max } };
  if (from === undefined) {
    const to: AppDefinition = {
      ...assigned.draft,
      version,
      versionInfo: { lastScalingAt: version, lastConfigChangeAt: version },
    };
    return { change: { kind: 'create', to } };
  }
  const changed = changeKind(from, assigned.draft);
  const isUpgrade = changed === 'upgrade' || intent === 'restart';
  const to: AppDefinition = {
    ...assigned.draft,
    version,
    versionInfo: {
      lastScalingAt:
        from.instances === assigned.draft.instances && !isUpgrade ? from.versionInfo.lastScalingAt : version,
      lastConfigChangeAt: configChangeAt(from, draft, version, intent, isUpgrade),
    },
  };
  // Instances of an older configuration are left from a rollout that was cancelled: this change brings it to its end.
  const unfinished = instancesOf(tx.state, from.id).some((instance) => isOld(to, instance));
  if (changed === 'none' && intent === 'update' && !unfinished) return { change: undefined };
  return { change: { kind: isUpgrade || unfinished ? 'upgrade' : 'scale', from, to } };
}

/** All changes or the first rejection; nothing is changed yet. */
function toChanges(
  tx: Tx,
  version: Timestamp,
  drafts: readonly AppDraft[],
  intent: Intent = 'update',
): { readonly changes: readonly AppChange[] } | { readonly rejection: Rejection } {
  const changes: AppChange[] = [];
  const taken = new Set<number>();
  for (const draft of drafts) {
    if (!tx.state.apps.has(draft.id) && clashingId(tx, draft.id)) {
      const path = '/id';
      const errors = ['Groups and Applications may not have the same identifier.'];
      return { rejection: { kind: 'invalid', violations: [{ path, errors }] } };
    }
    const result = toChange(tx, draft, version, taken, intent);
    if ('rejection' in result) return result;
    if (result.change === undefined) continue;
    changes.push(result.change);
    if (result.change.kind !== 'delete') for (const port of servicePortsOf(result.change.to)) taken.add(port);
  }
  return { changes };
}

/** A request that sets definitions, for `api_post_event`. */
interface Post {
  readonly ids: readonly PathId[];
  readonly origin: Origin;
}

function deployChanges(
  tx: Tx,
  version: Timestamp,
  changes: readonly AppChange[],
  force: boolean,
  post: Post = { ids: [], origin: { clientIp: '', uri: '' } },
): Outcome {
  const refusal = refusalToDeploy(tx, changes, force);
  if (refusal !== undefined) return rejected(refusal);
  publishPost(tx, post, changes);
  const { deploymentId } = deploy(tx, version, changes);
  const created = changes.flatMap((change) => (change.kind === 'create' ? [change.to] : []));
  return { type: 'deployed', deploymentId, version, created };
}

/** The request comes before what it leads to. An app that it does not change is told as it is. */
function publishPost(tx: Tx, { ids, origin }: Post, changes: readonly AppChange[]): void {
  for (const id of ids) {
    const change = changes.find((c) => changedId(c) === id);
    const appDefinition = change === undefined || change.kind === 'delete' ? tx.state.apps.get(id) : change.to;
    if (appDefinition !== undefined) tx.publish({ type: 'api_post_event', ...origin, appDefinition });
  }
}

export function createApp(tx: Tx, command: Extract<Command, { type: 'createApp' }>): Outcome {
  const rawId = command.update['id'];
  const id = typeof rawId === 'string' ? resolvePathId(rawId) : '/';
  const built = buildDefinition(undefined, id, command.update, { partial: false, mesosRole: tx.settings.mesosRole });
  if (!built.ok) return rejected({ kind: 'invalid', violations: built.violations });
  const { draft } = built;
  if (tx.state.apps.has(draft.id)) return rejected({ kind: 'appExists', id: draft.id });
  const version = versionFor(tx, [draft.id]);
  const result = toChanges(tx, version, [draft]);
  if ('rejection' in result) return rejected(result.rejection);
  return deployChanges(tx, version, result.changes, command.force, { ids: [draft.id], origin: command.origin });
}

function draftOf(
  tx: Tx,
  { id, update }: Update,
  command: Extract<Command, { type: 'updateApps' }>,
): { readonly draft: AppDraft } | { readonly rejection: Rejection } {
  const current = tx.state.apps.get(id);
  if (current === undefined && (!command.mayCreate || !hasValidSegments(id)))
    return { rejection: { kind: 'appNotFound', id } };
  const partial = command.partial && current !== undefined;
  const built = buildDefinition(current, id, update, { partial, mesosRole: tx.settings.mesosRole });
  return built.ok ? { draft: built.draft } : { rejection: { kind: 'invalid', violations: built.violations } };
}

export function updateApps(tx: Tx, command: Extract<Command, { type: 'updateApps' }>): Outcome {
  const drafts: AppDraft[] = [];
  for (const update of command.updates) {
    const result = draftOf(tx, update, command);
    if ('rejection' in result) return rejected(result.rejection);
    drafts.push(result.draft);
  }
  const ids = drafts.map((draft) => draft.id);
  const version = versionFor(tx, ids);
  const result = toChanges(tx, version, drafts);
  if ('rejection' in result) return rejected(result.rejection);
  return deployChanges(tx, version, result.changes, command.force, { ids, origin: command.origin });
}

/** Makes an old definition current again, under a new version. */
export function rollbackApp(tx: Tx, command: Extract<Command, { type: 'rollbackApp' }>): Outcome {
  if (!tx.state.apps.has(command.id)) return rejected({ kind: 'appNotFound', id: command.id });
  const version = versionFor(tx, [command.id]);
  const result = toChanges(tx, version, [command.definition]);
  if ('rejection' in result) return rejected(result.rejection);
  return deployChanges(tx, version, result.changes, command.force, { ids: [command.id], origin: command.origin });
}

export function deleteApp(tx: Tx, command: Extract<Command, { type: 'deleteApp' }>): Outcome {
  const from = tx.state.apps.get(command.id);
  if (from === undefined) return rejected({ kind: 'appNotFound', id: command.id });
  return deployChanges(tx, versionFor(tx, [from.id]), [{ kind: 'delete', from }], command.force);
}

export function restartApp(tx: Tx, command: Extract<Command, { type: 'restartApp' }>): Outcome {
  const current = tx.state.apps.get(command.id);
  if (current === undefined) return rejected({ kind: 'appNotFound', id: command.id });
  const version = versionFor(tx, [command.id]);
  const result = toChanges(tx, version, [current], 'restart');
  if ('rejection' in result) return rejected(result.rejection);
  return deployChanges(tx, version, result.changes, command.force);
}

/** Kills tasks by id; with `scale` their apps get so many instances fewer, in one deployment. */
export function killTasks(
  tx: Tx,
  command: Extract<Command, { type: 'killTasks' }>,
  instances: readonly Instance[],
): Outcome {
  if (!command.scale) {
    for (const instance of instances) decommission(tx, instance);
    return { type: 'killed', instances };
  }
  const lost = new Map<PathId, number>();
  for (const instance of instances) {
    if (instance.goal === 'Running') lost.set(instance.appId, (lost.get(instance.appId) ?? 0) + 1);
  }
  const drafts = [...lost].flatMap(([id, count]) => {
    const app = tx.state.apps.get(id);
    return app === undefined ? [] : [{ ...app, instances: Math.max(0, app.instances - count) }];
  });
  const version = versionFor(tx, [...lost.keys()]);
  const result = toChanges(tx, version, drafts);
  if ('rejection' in result) return rejected(result.rejection);
  const outcome = deployChanges(tx, version, result.changes, command.force);
  if (outcome.type === 'deployed') for (const instance of instances) decommission(tx, instance);
  return outcome;
}

/** Undoes what a deployment set out to do, by a new deployment that takes its place; what others changed since is kept. */
export function revertDeployment(tx: Tx, deployment: Deployment): Outcome {
  const version = versionFor(
    tx,
    deployment.affected.map(({ id }) => id),
  );
  const gone = deployment.affected.flatMap(({ id, from }) => (from === undefined ? (tx.state.apps.get(id) ?? []) : []));
  const originals = deployment.affected.flatMap(({ from }) => from ?? []);
  const result = toChanges(tx, version, originals, 'revert');
  if ('rejection' in result) return rejected(result.rejection);
  const deletions = gone.map((from) => ({ kind: 'delete', from }) as const);
  const outcome = deployChanges(tx, version, [...deletions, ...result.changes], true);
  // Nothing to undo (what it created is gone already): the deployment itself still has to go.
  const remaining = tx.state.deployments.get(deployment.id);
  if (remaining !== undefined) cancelDeployment(tx, remaining, 'The deployment was reverted');
  return outcome;
}
