import { resolvePathId, segmentsOf } from '../../../common/path-id.js';
import type { PathId } from '../../../common/path-id.js';

/** What a URL below `/v2/groups` is about. */
export type GroupPath =
  | { readonly type: 'group'; readonly id: PathId }
  /** Every app below the group. */
  | { readonly type: 'apps'; readonly id: PathId }
  | { readonly type: 'versions'; readonly id: PathId }
  | { readonly type: 'version'; readonly id: PathId; readonly version: string };

/**
 * Takes a path (decoded, without `/v2/groups`) apart; an empty one is the root group. The words that follow an id are found from the
 * right, so that they may occur within it.
 */
export function parseGroupPath(path: string): GroupPath {
  const segments = segmentsOf(path);
  const idOf = (count: number): PathId => resolvePathId(segments.slice(0, segments.length - count).join('/'));
  const last = segments.at(-1);
  if (last === 'apps' || last === 'versions') return { type: last, id: idOf(1) };
  if (segments.at(-2) === 'versions' && last !== undefined) return { type: 'version', id: idOf(2), version: last };
  return { type: 'group', id: idOf(0) };
}
