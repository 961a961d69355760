import type { PathId } from '../../../common/path-id.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import type { Rejection } from '../commands.js';
import { runSpecOf } from '../state.js';
import type { SchedulerState } from '../state.js';
import { changedId } from './changes.js';
import type { GroupContent, RootUpdate, RunSpecChange } from './changes.js';
import { dependencyDepths } from './dependencies.js';
import { externalVolumeClash } from './external-volume-clash.js';
import { Target } from './target.js';
import { ancestorsOf } from './tree.js';

/** An update that may be carried out, or why it may not. */
export type CheckedUpdate =
  | {
      readonly update: RootUpdate;
      /** The longest chain of dependencies of each app and pod that the update sets. */
      readonly depthOf: (id: PathId) => number;
    }
  | { readonly rejection: Rejection };

function invalid(error: string, path = '/'): { readonly rejection: Rejection } {
  return { rejection: { kind: 'invalid', violations: [{ path, errors: [error] }] } };
}

function clashWithGroup(runSpec: RunSpec): string {
  return `Groups and ${isPod(runSpec) ? 'Pods' : 'Applications'} may not have the same identifier.`;
}

/**
 * Apps, pods and groups share one tree: none may stand where another is or below an app. A group in which nothing runs makes way silently:
 * these are returned. A text: there is a clash.
 */
function groupsInTheWay(state: SchedulerState, update: RootUpdate): PathId[] | string {
  const target = new Target(state, update);
  const deleted = new Set(update.runSpecs.flatMap((change) => (change.kind === 'delete' ? [change.from.id] : [])));
  const result: PathId[] = [];
  for (const change of update.runSpecs) {
    if (change.kind !== 'create') continue;
    const { id } = change.to;
    if (runSpecOf(state, id) !== undefined && !deleted.has(id))
      return 'Applications and Pods may not share the same id';
    for (const ancestor of ancestorsOf(id)) {
      const around = target.runSpec(ancestor);
      if (around !== undefined) return clashWithGroup(around);
    }
    if (update.groups.get(id) !== undefined || target.holdsRunSpecs(id)) return clashWithGroup(change.to);
    if (target.group(id) !== undefined) result.push(id);
  }
  for (const [id, content] of update.groups) {
    if (content === undefined) continue;
    for (const place of [id, ...ancestorsOf(id)]) {
      const there = target.runSpec(place);
      if (there !== undefined) return clashWithGroup(there);
    }
  }
  return result;
}

function dependenciesOf(change: RunSpecChange): readonly PathId[] {
  return change.kind === 'delete' ? [] : change.to.dependencies;
}

/**
 * Checks what an update makes of the whole tree (marathon.md §3.2, §6.3): no two things in one place, no circle of dependencies. Costs what
 * changes and what that depends on.
 */
export function checkUpdate(state: SchedulerState, given: RootUpdate): CheckedUpdate {
  const inTheWay = groupsInTheWay(state, given);
  if (typeof inTheWay === 'string') return invalid(inTheWay);
  const clash = externalVolumeClash(state, given.runSpecs);
  if (clash !== undefined) return invalid(clash);
  const groups = new Map<PathId, GroupContent>([...given.groups, ...inTheWay.map((id) => [id, undefined] as const)]);
  const update: RootUpdate = { runSpecs: given.runSpecs, groups };

  const set = update.runSpecs.filter((change) => change.kind !== 'delete');
  const [only] = set;
  const changesGraph =
    [...groups.values()].some((content) => content !== undefined && content.dependencies.length > 0) ||
    set.some((change) => dependenciesOf(change).length > 0 || change.kind === 'create');
  // One app alone whose dependencies are as they were needs no order.
  if (only === undefined && !changesGraph) return { update, depthOf: () => 0 };
  if (set.length === 1 && only?.kind === 'scale' && !changesGraph) return { update, depthOf: () => 0 };
  const target = new Target(state, update);
  const fromGroups = [...groups].flatMap(([id, content]) =>
    content === undefined || content.dependencies.length === 0 ? [] : [...target.runSpecsBelow(id)],
  );
  const depths = dependencyDepths(target, [...set.map(changedId), ...fromGroups]);
  if (depths === undefined) return invalid('Dependency graph has cyclic dependencies.');
  return { update, depthOf: (id) => depths.get(id) ?? 0 };
}
