import { resolvePathId } from '../../../common/path-id.js';
import type { PathId } from '../../../common/path-id.js';

/** What a URL below `/v2/pods` is about. */
export type PodPath =
  | { readonly type: 'pod' | 'status' | 'versions' | 'instances'; readonly id: PathId }
  | { readonly type: 'version'; readonly id: PathId; readonly version: string }
  | { readonly type: 'instance'; readonly id: PathId; readonly instanceId: string }
  /** `::status` without an id. */
  | { readonly type: 'statusOfAll' };

/**
 * Takes a path (decoded, without `/v2/pods`) apart: an id, in any of its forms, and what of it is meant, after `::`. Undefined when it
 * means nothing.
 */
export function parsePodPath(path: string): PodPath | undefined {
  let end = path.length;
  while (path.charAt(end - 1) === '/') end--;
  const trimmed = path.slice(0, end);
  const at = trimmed.lastIndexOf('::');
  if (at < 0) return { type: 'pod', id: resolvePathId(trimmed) };
  const id = resolvePathId(trimmed.slice(0, at));
  const [word = '', name, ...more] = trimmed.slice(at + 2).split('/');
  if (id === '/') return word === 'status' && name === undefined ? { type: 'statusOfAll' } : undefined;
  if (more.length > 0) return undefined;
  switch (word) {
    case 'status':
      return name === undefined ? { type: 'status', id } : undefined;
    case 'versions':
      return name === undefined ? { type: 'versions', id } : { type: 'version', id, version: name };
    case 'instances':
      return name === undefined ? { type: 'instances', id } : { type: 'instance', id, instanceId: name };
    default:
      return undefined;
  }
}
