import type { PathId } from '../../../common/path-id.js';
import { parentOf } from '../../../common/path-id.js';
import type { GroupContents } from '../state.js';

/** The part of the state that says what lies in which group. */
export interface Tree {
  readonly contents: ReadonlyMap<PathId, GroupContents>;
}

/** The groups that hold `id`, innermost first, the root group last. */
export function ancestorsOf(id: PathId): PathId[] {
  const result: PathId[] = [];
  for (let group = id; group !== '/';) {
    group = parentOf(group);
    result.push(group);
  }
  return result;
}

/** Whether `id` lies in `group`, at any depth. */
export function isBelow(id: PathId, group: PathId): boolean {
  return id !== group && id.startsWith(group === '/' ? '/' : `${group}/`);
}

/** `group` and every group below it, outer ones first. */
export function groupsFrom(tree: Tree, group: PathId): PathId[] {
  const result: PathId[] = tree.contents.has(group) ? [group] : [];
  for (const id of result) result.push(...(tree.contents.get(id)?.groups ?? []));
  return result;
}

/** The apps and pods below `group`, at any depth. */
export function runSpecIdsBelow(tree: Tree, group: PathId): PathId[] {
  return groupsFrom(tree, group).flatMap((id) => [...(tree.contents.get(id)?.runSpecs ?? [])]);
}
