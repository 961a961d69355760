import type { PathId } from '../../../common/path-id.js';
import type { RunSpec } from '../../model/run-spec.js';
import type { GroupContent } from './changes.js';
import { ancestorsOf } from './tree.js';

/** What the dependency graph is read from: the root group as it will be. */
export interface DependencyView {
  runSpec(id: PathId): RunSpec | undefined;
  group(id: PathId): GroupContent;
  runSpecsIn(group: PathId): readonly PathId[];
  groupsIn(group: PathId): readonly PathId[];
}

/**
 * A node of the graph: an app or pod by its id, or all of a group (`group:` before its id). Groups as nodes keep the graph as small as
 * it was written: without them a group that depends on a group would be one edge for every pair of their apps.
 */
type Node = string;

const groupPrefix = 'group:';

function* dependenciesOfRunSpec(view: DependencyView, id: PathId): Iterable<Node> {
  const given = [view.runSpec(id), ...ancestorsOf(id).map((group) => view.group(group))];
  for (const { dependencies } of given.filter((g) => g !== undefined)) {
    // What does not exist is no reason to wait.
    for (const dependency of dependencies) {
      if (view.runSpec(dependency) !== undefined) yield dependency;
      else yield groupPrefix + dependency;
    }
  }
}

function neighboursOf(view: DependencyView, node: Node): Iterable<Node> {
  if (!node.startsWith(groupPrefix)) return dependenciesOfRunSpec(view, node);
  const group = node.slice(groupPrefix.length);
  return [...view.runSpecsIn(group), ...view.groupsIn(group).map((id) => groupPrefix + id)];
}

interface Frame {
  readonly node: Node;
  readonly neighbours: Iterator<Node>;
  /** The longest way found so far; -1: an empty group. */
  depth: number;
}

/**
 * For each app or pod the length of its longest chain of dependencies: 0 = it depends on nothing (marathon.md §8.1). Undefined when there
 * is a cycle among those that `ids` lead to. Without recursion, so that no chain is too long; costs what `ids` lead to.
 */
export function dependencyDepths(view: DependencyView, ids: Iterable<PathId>): ReadonlyMap<PathId, number> | undefined {
  const depths = new Map<Node, number>();
  const path = new Set<Node>();
  const open = (node: Node): Frame => {
    path.add(node);
    const depth = node.startsWith(groupPrefix) ? -1 : 0;
    return { node, neighbours: neighboursOf(view, node)[Symbol.iterator](), depth };
  };
  const advance = (frame: Frame, neighbour: Node): void => {
    const below = depths.get(neighbour) ?? -1;
    // A group is as deep as what lies in it; who depends on something is one deeper, unless it is empty.
    const own = frame.node.startsWith(groupPrefix) || below < 0 ? below : below + 1;
    frame.depth = Math.max(frame.depth, own);
  };
  for (const id of ids) {
    if (depths.has(id)) continue;
    const stack = [open(id)];
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const next = frame.neighbours.next();
      if (next.done === true) {
        stack.pop();
        path.delete(frame.node);
        depths.set(frame.node, frame.depth);
        const parent = stack.at(-1);
        if (parent !== undefined) advance(parent, frame.node);
      } else if (path.has(next.value)) return undefined;
      else if (depths.has(next.value)) advance(frame, next.value);
      else stack.push(open(next.value));
    }
  }
  return depths;
}
