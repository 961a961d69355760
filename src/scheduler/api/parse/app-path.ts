import { resolvePathId, segmentsOf } from '../../../common/path-id.js';
import type { PathId } from '../../../common/path-id.js';

/** What a URL below `/v2/apps/` is about. */
export type AppPath =
  | { readonly type: 'app'; readonly id: PathId }
  | { readonly type: 'restart'; readonly id: PathId }
  | { readonly type: 'tasks'; readonly id: PathId }
  | { readonly type: 'task'; readonly id: PathId; readonly taskId: string }
  | { readonly type: 'versions'; readonly id: PathId }
  | { readonly type: 'version'; readonly id: PathId; readonly version: string }
  /** Every app below a group. */
  | { readonly type: 'appsOfGroup'; readonly group: PathId }
  | { readonly type: 'tasksOfGroup'; readonly group: PathId };

/**
 * Takes a path (decoded, without `/v2/apps`) apart. Ids may stand with or without their leading slash; the words that follow an id
 * are found from the right, so that they may occur within it.
 */
export function parseAppPath(path: string): AppPath {
  const segments = segmentsOf(path);
  const idOf = (count: number): PathId => resolvePathId(segments.slice(0, segments.length - count).join('/'));
  const last = segments.at(-1);
  const beforeLast = segments.at(-2);
  if (last === '*') return { type: 'appsOfGroup', group: idOf(1) };
  if (beforeLast === '*' && last === 'tasks') return { type: 'tasksOfGroup', group: idOf(2) };
  if (segments.length >= 2) {
    if (last === 'restart' || last === 'tasks' || last === 'versions') return { type: last, id: idOf(1) };
    if (segments.length >= 3 && beforeLast === 'tasks') return { type: 'task', id: idOf(2), taskId: last ?? '' };
    if (segments.length >= 3 && beforeLast === 'versions') {
      return { type: 'version', id: idOf(2), version: last ?? '' };
    }
  }
  return { type: 'app', id: idOf(0) };
}
