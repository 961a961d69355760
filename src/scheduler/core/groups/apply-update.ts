import { parentOf, resolvePathId } from '../../../common/path-id.js';
import type { PathId } from '../../../common/path-id.js';
import type { RunSpec } from '../../model/run-spec.js';
import type { Violation } from '../commands.js';
import type { AppDraft } from '../normalize/app-draft.js';
import type { GroupUpdate } from '../normalize/group-update.js';
import { runSpecOf } from '../state.js';
import type { Tx } from '../tx.js';
import { pathProblems } from '../validate/rules/id.js';
import { elementPath, problem, violationsOf } from '../validate/violations.js';
import type { Problem } from '../validate/violations.js';
import type { GroupContent } from './changes.js';
import { draftApp } from './drafts.js';
import { ancestorsOf, runSpecIdsBelow } from './tree.js';

/** What the body of a group request asks for. */
export interface AppliedUpdate {
  readonly drafts: readonly AppDraft[];
  readonly deleted: readonly RunSpec[];
  readonly groups: ReadonlyMap<PathId, GroupContent>;
}

/** Gathers what a group update asks for, level by level (marathon.md §6.2). */
class Application {
  readonly #tx: Tx;
  readonly drafts = new Map<PathId, AppDraft>();
  readonly deleted = new Map<PathId, RunSpec>();
  readonly groups = new Map<PathId, GroupContent>();
  readonly problems: Problem[] = [];

  constructor(tx: Tx) {
    this.#tx = tx;
  }

  report(path: string, error: string): void {
    this.problems.push(problem(path, error));
  }

  /** Whether a path is one; what is wrong with it is reported. */
  #isPath(path: string, given: string): boolean {
    const before = this.problems.length;
    this.problems.push(...pathProblems(path, given));
    return this.problems.length === before;
  }

  #deleteRunSpec(id: PathId): void {
    const runSpec = runSpecOf(this.#tx.state, id);
    if (runSpec !== undefined) this.deleted.set(id, runSpec);
  }

  #deleteGroup(id: PathId): void {
    this.groups.set(id, undefined);
    for (const runSpec of runSpecIdsBelow(this.#tx.state, id)) this.#deleteRunSpec(runSpec);
  }

  /** The id of something that a body puts into the group `parent`; undefined when it is none, which is reported. */
  #childId(given: unknown, parent: PathId, path: string): PathId | undefined {
    if (typeof given !== 'string') {
      this.report(`${path}/id`, 'error.path.missing');
      return undefined;
    }
    const id = resolvePathId(given, parent);
    if (!this.#isPath(`${path}/id`, given) || !this.#isPath(`${path}/id`, id)) return undefined;
    if (id !== '/' && parentOf(id) === parent) return id;
    this.report(`${path}/id`, `Identifier is not child of '${parent}'`);
    return undefined;
  }

  /** First the groups, from the outside in, so that apps find the roles that their groups will enforce. */
  groupLevel(id: PathId, update: GroupUpdate, path: string): void {
    const { state } = this.#tx;
    const current = state.groups.get(id);
    this.#setContent(id, update, path);
    if (update.groups === undefined) return;
    const listed = new Set<PathId>();
    for (const [i, child] of update.groups.entries()) {
      const childPath = elementPath(`${path}/groups`, i);
      const childId = this.#childId(child.id, id, childPath);
      if (childId === undefined) continue;
      if (child.version !== undefined || child.scaleBy !== undefined) {
        this.report(childPath, 'version and scaleBy are only allowed for the group of the request itself.');
      }
      // Each of them would delete what only the other lists
      if (listed.has(childId)) this.report(`${childPath}/id`, `The group lists the group ${childId} twice.`);
      listed.add(childId);
      this.groupLevel(childId, child, childPath);
    }
    if (current === undefined) return;
    for (const child of state.contents.get(id)?.groups ?? []) if (!listed.has(child)) this.#deleteGroup(child);
  }

  #setContent(id: PathId, update: GroupUpdate, path: string): void {
    const { state, settings } = this.#tx;
    const current = state.groups.get(id);
    for (const [i, dependency] of (update.dependencies ?? []).entries()) {
      this.#isPath(elementPath(`${path}/dependencies`, i), dependency);
    }
    const isTop = ancestorsOf(id).length === 1;
    if (update.enforceRole === true && !isTop) {
      this.report(
        `${path}/enforceRole`,
        `enforceRole can only be set for top-level groups, and ${id} is not top-level`,
      );
    }
    const enforceRole =
      update.enforceRole ??
      (current === undefined ? isTop && settings.newGroupEnforceRole === 'top' : current.enforceRole === true);
    const dependencies = update.dependencies?.map((d) => resolvePathId(d, id)) ?? current?.dependencies ?? [];
    this.groups.set(id, { id, dependencies: [...new Set(dependencies)], ...(enforceRole ? { enforceRole } : {}) });
  }

  /** Then the apps: those of a list replace all apps directly in their group. Pods stay as they are. */
  appLevel(id: PathId, update: GroupUpdate, path: string): void {
    const { state } = this.#tx;
    if (update.apps !== undefined) {
      const listed = new Set<PathId>();
      for (const [i, app] of update.apps.entries()) {
        const appPath = elementPath(`${path}/apps`, i);
        const appId = this.#childId(app['id'], id, appPath);
        if (appId === undefined) continue;
        if (listed.has(appId)) this.report(`${appPath}/id`, `The group lists the app ${appId} twice.`);
        listed.add(appId);
        const place = { id: appId, base: id, groupOf: (group: PathId) => this.#groupOf(group) };
        const built = draftApp(this.#tx, place, state.apps.get(appId), app, false);
        if (built.ok) this.drafts.set(appId, built.draft);
        else this.#reportBelow(appPath, built.violations);
      }
      for (const child of state.contents.get(id)?.runSpecs ?? []) {
        if (state.apps.has(child) && !listed.has(child)) this.#deleteRunSpec(child);
      }
    }
    for (const [i, child] of (update.groups ?? []).entries()) {
      if (typeof child.id !== 'string') continue;
      this.appLevel(resolvePathId(child.id, id), child, elementPath(`${path}/groups`, i));
    }
  }

  #groupOf(id: PathId): GroupContent {
    return this.groups.has(id) ? this.groups.get(id) : this.#tx.state.groups.get(id);
  }

  #reportBelow(prefix: string, violations: readonly Violation[]): void {
    for (const { path, errors } of violations) {
      for (const error of errors) this.report(path === '/' ? prefix : `${prefix}${path}`, error);
    }
  }
}

/** What is wrong with the id of the group that a request sets, which the body gives as `given`, if at all. */
export function groupIdViolations(id: PathId, given: string = id): readonly Violation[] {
  return violationsOf([...pathProblems('/id', given), ...pathProblems('/id', id)]);
}

/**
 * What the body of a POST or PUT of the group `id` asks for: listed apps and groups replace those that are there, absent lists leave
 * them, pods always stay. Or all that is wrong with it, with the path of each place (`/groups(0)/apps(1)/id`).
 */
export function applyGroupUpdate(
  tx: Tx,
  id: PathId,
  update: GroupUpdate,
): { readonly applied: AppliedUpdate } | { readonly violations: readonly Violation[] } {
  const application = new Application(tx);
  application.groupLevel(id, update, '');
  application.appLevel(id, update, '');
  if (application.problems.length > 0) return { violations: violationsOf(application.problems) };
  const { state } = tx;
  const groups = [...application.groups].filter(([group, content]) => {
    // What is there already and stays as it is, is no change.
    const current = state.groups.get(group);
    if (content === undefined || current === undefined) return true;
    return (
      current.enforceRole !== content.enforceRole ||
      current.dependencies.length !== content.dependencies.length ||
      current.dependencies.some((dependency, i) => dependency !== content.dependencies[i])
    );
  });
  return {
    applied: {
      drafts: [...application.drafts.values()],
      deleted: [...application.deleted.values()],
      groups: new Map(groups),
    },
  };
}
