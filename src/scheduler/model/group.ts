import type { PathId } from '../../common/path-id.js';
import type { Timestamp } from './app-definition.js';

/** What a group has of its own; what lies in it is found by id (`core/state.ts`, `contents`). The root group is `/`. */
export interface Group {
  readonly id: PathId;
  /** Absolute ids of apps, pods or groups that must be up before what is in this group. */
  readonly dependencies: readonly PathId[];
  /** Top-level groups only: everything below runs in the role of the group's name. */
  readonly enforceRole?: boolean;
  /** Version of the last change in this group, at any depth. */
  readonly version: Timestamp;
}

/**
 * How one change of the root group is undone: what each touched thing was before; `from` absent = it did not exist. The tree at an
 * older version is the current one with all newer changes taken back.
 */
export interface RootChange {
  /** Version of the root group that the change made. */
  readonly version: Timestamp;
  readonly runSpecs: readonly { readonly id: PathId; readonly kind: 'app' | 'pod'; readonly from?: Timestamp }[];
  readonly groups: readonly { readonly id: PathId; readonly from?: Group }[];
}
