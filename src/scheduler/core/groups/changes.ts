import type { PathId } from '../../../common/path-id.js';
import type { Group } from '../../model/group.js';
import type { RunSpec } from '../../model/run-spec.js';

/** What is to become of one app or pod. */
export type RunSpecChange =
  | { readonly kind: 'create'; readonly to: RunSpec }
  | { readonly kind: 'delete'; readonly from: RunSpec }
  | { readonly kind: 'scale' | 'upgrade'; readonly from: RunSpec; readonly to: RunSpec };

export function changedId(change: RunSpecChange): PathId {
  return change.kind === 'delete' ? change.from.id : change.to.id;
}

/** What a group is to have of its own; undefined = the group goes. Its version is given when the change is carried out. */
export type GroupContent = Omit<Group, 'version'> | undefined;

/** A change of the root group, complete: all of it happens or nothing. */
export interface RootUpdate {
  readonly runSpecs: readonly RunSpecChange[];
  /** Groups that are set or removed on purpose; those that hold something new come by themselves. */
  readonly groups: ReadonlyMap<PathId, GroupContent>;
}
