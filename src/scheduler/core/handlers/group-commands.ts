import { resolvePathId } from '../../../common/path-id.js';
import type { PathId } from '../../../common/path-id.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import type { Command, Outcome } from '../commands.js';
import { applyGroupUpdate, groupIdViolations } from '../groups/apply-update.js';
import type { AppliedUpdate } from '../groups/apply-update.js';
import type { GroupContent, RootUpdate } from '../groups/changes.js';
import type { RunSpecDraft } from '../groups/to-changes.js';
import { toChanges } from '../groups/to-changes.js';
import { ancestorsOf, groupsFrom, runSpecIdsBelow } from '../groups/tree.js';
import { draftApp, draftPod } from '../groups/drafts.js';
import { appJsonOf } from '../normalize/app-json-of.js';
import type { GroupUpdate } from '../normalize/group-update.js';
import { podJsonOf } from '../normalize/pods/pod-json-of.js';
import { runSpecOf } from '../state.js';
import type { Tx } from '../tx.js';
import { problem, violationsOf } from '../validate/violations.js';
import type { Problem } from '../validate/violations.js';
import { deployUpdate, rejected, versionFor } from './deploy-update.js';

/** What a group command makes of the tree. */
interface Wanted {
  readonly drafts: readonly RunSpecDraft[];
  readonly deleted: readonly RunSpec[];
  readonly groups: ReadonlyMap<PathId, GroupContent>;
}

interface UpdateOptions {
  readonly force: boolean;
}

function invalid(path: string, error: string): Outcome {
  return rejected({ kind: 'invalid', violations: [{ path, errors: [error] }] });
}

/** Deploys what is wanted. */
function set(tx: Tx, groupId: PathId, wanted: Wanted, { force }: UpdateOptions): Outcome {
  const version = versionFor(tx);
  const result = toChanges(tx, version, wanted.drafts);
  if ('rejection' in result) return rejected(result.rejection);
  const deletions = wanted.deleted.map((from) => ({ kind: 'delete', from }) as const);
  const update: RootUpdate = { runSpecs: [...deletions, ...result.changes], groups: wanted.groups };
  return deployUpdate(tx, { version, groupId, update, force });
}

/** Every app and pod below a group, at any depth. */
function below(tx: Tx, group: PathId): RunSpec[] {
  return runSpecIdsBelow(tx.state, group).flatMap((id) => runSpecOf(tx.state, id) ?? []);
}

/** The group that a body is about: its id, relative to the group of the URL, or the latter. */
function groupIdOf(id: PathId, update: GroupUpdate): PathId {
  return update.id === undefined ? id : resolvePathId(update.id, id);
}

/** Members that say what is to be done with a group as a whole stand alone, but for the id. */
function standsAlone({ id, ...members }: GroupUpdate): boolean {
  return Object.values(members).filter((member) => member !== undefined).length === 1;
}

export function createGroup(tx: Tx, command: Extract<Command, { type: 'createGroup' }>): Outcome {
  const { update, force } = command;
  const id = groupIdOf(command.id, update);
  const violations = groupIdViolations(id, update.id);
  if (violations.length > 0) return rejected({ kind: 'invalid', violations });
  if (tx.state.groups.has(id)) return rejected({ kind: 'groupExists', id });
  if ([id, ...ancestorsOf(id)].some((place) => runSpecOf(tx.state, place) !== undefined)) {
    return rejected({ kind: 'groupPathTaken', id });
  }
  if (update.version !== undefined || update.scaleBy !== undefined) {
    return invalid('/', 'version and scaleBy need a group that exists already.');
  }
  const result = applyGroupUpdate(tx, id, update);
  if ('violations' in result) return rejected({ kind: 'invalid', violations: result.violations });
  return set(tx, id, result.applied, { force });
}

/** Apps and pods of a group that are set again, each as if it were asked for alone: what is wrong with any of them is told with its id. */
class Redrafts {
  readonly drafts: RunSpecDraft[] = [];
  readonly #problems: Problem[] = [];

  add(id: PathId, built: ReturnType<typeof draftApp> | ReturnType<typeof draftPod>): void {
    if (built.ok) this.drafts.push(built.draft);
    else {
      for (const { path, errors } of built.violations) {
        for (const error of errors) this.#problems.push(problem(path === '/' ? id : id + path, error));
      }
    }
  }

  /** Why none of them is set; undefined = they may be. */
  get rejection(): Outcome | undefined {
    const violations = violationsOf(this.#problems);
    return violations.length === 0 ? undefined : rejected({ kind: 'invalid', violations });
  }
}

/** Every app of the group, at any depth, gets so many times its instances, rounded up. */
function scale(tx: Tx, id: PathId, factor: number, options: UpdateOptions): Outcome {
  const scaled = new Redrafts();
  for (const app of below(tx, id)) {
    if (isPod(app)) continue;
    // Beyond what a count of instances can be there is nothing to round to
    const instances = Math.min(2 ** 31 - 1, Math.ceil(app.instances * factor));
    scaled.add(app.id, draftApp(tx, { id: app.id }, app, { instances }, true));
  }
  return scaled.rejection ?? set(tx, id, { drafts: scaled.drafts, deleted: [], groups: new Map() }, options);
}

/** Whether a body sets another `enforceRole` than groups have; groups that it creates have none yet. */
function changesEnforceRole(tx: Tx, { groups }: AppliedUpdate): boolean {
  return [...groups].some(
    ([id, content]) =>
      content !== undefined && (content.enforceRole ?? false) !== (tx.state.groups.get(id)?.enforceRole ?? false),
  );
}

export function updateGroup(tx: Tx, command: Extract<Command, { type: 'updateGroup' }>): Outcome {
  const { update } = command;
  const id = groupIdOf(command.id, update);
  if (update.scaleBy !== undefined || update.version !== undefined) {
    if (!standsAlone(update)) return invalid('/', 'not allowed in conjunction with other properties.');
    if (!tx.state.groups.has(id)) return rejected({ kind: 'groupNotFound', id });
    return scale(tx, id, update.scaleBy ?? 1, command);
  }
  const violations = groupIdViolations(id, update.id);
  if (violations.length > 0) return rejected({ kind: 'invalid', violations });
  const result = applyGroupUpdate(tx, id, update);
  if ('violations' in result) return rejected({ kind: 'invalid', violations: result.violations });
  const { applied } = result;
  if (hasEnforceRole(update)) {
    const version = versionFor(tx);
    const drafted = toChanges(tx, version, applied.drafts);
    const changesServices = applied.deleted.length > 0 || ('changes' in drafted && drafted.changes.length > 0);
    if (changesServices && changesEnforceRole(tx, applied)) {
      return invalid(
        '/',
        'enforceRole cannot be modified in a request that adds, removes or modifies services; please make these changes in separate requests.',
      );
    }
  }
  return set(tx, id, applied, command);
}

function hasEnforceRole({ enforceRole, groups = [] }: GroupUpdate): boolean {
  return enforceRole !== undefined || groups.some(hasEnforceRole);
}

/** The content that a group had once, if it keeps the rules of today: what came since goes, what went comes back, under a new version. */
export function rollbackGroup(tx: Tx, command: Extract<Command, { type: 'rollbackGroup' }>): Outcome {
  const { id, snapshot } = command;
  if (!tx.state.groups.has(id)) return rejected({ kind: 'groupNotFound', id });
  const isThere = (runSpec: RunSpec): boolean => {
    const then = runSpecOf(snapshot, runSpec.id);
    return then !== undefined && 'containers' in then === 'containers' in runSpec;
  };
  const groups = new Map<PathId, GroupContent>();
  for (const group of groupsFrom(tx.state, id)) if (!snapshot.groups.has(group)) groups.set(group, undefined);
  for (const { version, ...content } of snapshot.groups.values()) groups.set(content.id, content);
  const groupOf = (group: PathId): GroupContent => (groups.has(group) ? groups.get(group) : tx.state.groups.get(group));
  const restored = new Redrafts();
  for (const app of snapshot.apps.values()) {
    const place = { id: app.id, groupOf };
    restored.add(app.id, draftApp(tx, place, tx.state.apps.get(app.id), appJsonOf(app), false));
  }
  for (const pod of snapshot.pods.values()) {
    const place = { id: pod.id, groupOf };
    restored.add(pod.id, draftPod(tx, place, tx.state.pods.get(pod.id), podJsonOf(pod)));
  }
  const wanted: Wanted = {
    drafts: restored.drafts,
    deleted: below(tx, id).filter((runSpec) => !isThere(runSpec)),
    groups,
  };
  return restored.rejection ?? set(tx, id, wanted, command);
}

/** PATCH of a top-level group: nothing that runs is changed by it, so there is no deployment. */
export function setEnforceRole(tx: Tx, command: Extract<Command, { type: 'setEnforceRole' }>): Outcome {
  const { id, enforceRole } = command;
  const group = tx.state.groups.get(id);
  if (group === undefined) return rejected({ kind: 'groupNotFound', id });
  if (ancestorsOf(id).length !== 1) {
    return invalid('/enforceRole', `enforceRole can only be set for top-level groups, and ${id} is not top-level`);
  }
  if ((group.enforceRole ?? false) === enforceRole) return { type: 'done' };
  const content = { id, dependencies: group.dependencies, ...(enforceRole ? { enforceRole } : {}) };
  const wanted = { drafts: [], deleted: [], groups: new Map([[id, content]]) };
  const outcome = set(tx, id, wanted, { force: false });
  return outcome.type === 'rejected' ? outcome : { type: 'done' };
}

/** Removes a group with all that lies in it; of the root group only the content. */
export function deleteGroup(tx: Tx, command: Extract<Command, { type: 'deleteGroup' }>): Outcome {
  const { id, force } = command;
  if (!tx.state.groups.has(id)) return rejected({ kind: 'groupNotFound', id });
  const removed = id === '/' ? [...(tx.state.contents.get('/')?.groups ?? [])] : [id];
  const groups = new Map<PathId, GroupContent>(removed.map((group) => [group, undefined]));
  return set(tx, id, { drafts: [], deleted: below(tx, id), groups }, { force });
}
