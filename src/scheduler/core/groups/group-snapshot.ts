import type { PathId } from '../../../common/path-id.js';
import type { AppDefinition } from '../../model/app-definition.js';
import type { Group } from '../../model/group.js';
import type { PodDefinition } from '../../model/pod-definition.js';

/** A group with all that lay in it, at any depth, at one version of the root group. */
export interface GroupSnapshot {
  readonly id: PathId;
  /** The group itself and every group below it. */
  readonly groups: ReadonlyMap<PathId, Group>;
  readonly apps: ReadonlyMap<PathId, AppDefinition>;
  readonly pods: ReadonlyMap<PathId, PodDefinition>;
}
