import type { PathId } from '../../../common/path-id.js';
import type { RunSpec } from '../../model/run-spec.js';
import type { SchedulerState } from '../state.js';
import { dependencyDepths } from './dependencies.js';
import type { DependencyView } from './dependencies.js';

/** The root group as it is, as if it held nothing but these. */
function viewOf(state: SchedulerState, runSpecs: ReadonlyMap<PathId, RunSpec>): DependencyView {
  return {
    runSpec: (id) => runSpecs.get(id),
    group: (id) => state.groups.get(id),
    runSpecsIn: (group) => [...(state.contents.get(group)?.runSpecs ?? [])].filter((id) => runSpecs.has(id)),
    groupsIn: (group) => [...(state.contents.get(group)?.groups ?? [])],
  };
}

/**
 * Apps and pods that are to go, in the order in which they are stopped: each class after those that depend on it. What stays does not
 * count. Costs what goes and what that depends on.
 */
export function stopOrder(state: SchedulerState, deleted: readonly RunSpec[]): readonly (readonly RunSpec[])[] {
  if (deleted.length <= 1) return deleted.length === 0 ? [] : [deleted];
  const byId = new Map(deleted.map((runSpec) => [runSpec.id, runSpec]));
  const depths = dependencyDepths(viewOf(state, byId), byId.keys());
  const classes = new Map<number, RunSpec[]>();
  for (const runSpec of deleted) {
    const depth = depths?.get(runSpec.id) ?? 0;
    const others = classes.get(depth);
    if (others === undefined) classes.set(depth, [runSpec]);
    else others.push(runSpec);
  }
  return [...classes].sort(([a], [b]) => b - a).map(([, runSpecs]) => runSpecs);
}
