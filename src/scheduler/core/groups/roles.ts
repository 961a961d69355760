import { segmentsOf } from '../../../common/path-id.js';
import type { PathId } from '../../../common/path-id.js';
import type { RoleSettings } from '../normalize/options.js';
import type { GroupContent } from './changes.js';

/**
 * The roles that the app or pod `id` may have (marathon.md §6.4): `--mesos_role`, or the name of its top-level group; only the latter
 * if that group enforces it. What it has already it may keep. `topGroup` is its top-level group as it will be.
 */
export function roleSettings(
  id: PathId,
  topGroup: GroupContent,
  mesosRole: string,
  currentRole: string | undefined,
): RoleSettings {
  const [top, ...rest] = segmentsOf(id);
  const name = rest.length > 0 ? top : undefined;
  const kept = currentRole === undefined ? [] : [currentRole];
  if (name !== undefined && topGroup?.enforceRole === true) {
    return { default: name, allowed: [...new Set([name, ...kept])] };
  }
  const own = name === undefined ? [] : [name];
  return { default: mesosRole, allowed: [...new Set([mesosRole, ...own, ...kept])] };
}

/** The id of the top-level group that holds `id`; undefined for what lies in the root group itself. */
export function topGroupOf(id: PathId): PathId | undefined {
  const [top, ...rest] = segmentsOf(id);
  return top === undefined || rest.length === 0 ? undefined : `/${top}`;
}
