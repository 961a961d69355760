/** A rule among those that are tried, in the order in which they are. */
export interface TriedRule {
  readonly id: string;
  readonly priority: number;
}

export interface PriorityChange {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** As the load balancer takes them. */
const most = 1_000_000;

/**
 * New priorities of `neighbours`, nearest to the moved rule first, so that all are beyond `value` (`sign` 1: above, -1: below). Those that have had
 * the same priority keep having the same: what is tried first among them is up to how narrow their tests are. Those that are beyond stay.
 */
function makeWay(neighbours: readonly TriedRule[], value: number, sign: 1 | -1): PriorityChange[] {
  const changes: PriorityChange[] = [];
  let last = value;
  let lastFrom: number | undefined;
  for (const { id, priority } of neighbours) {
    const to = priority === lastFrom ? last : last + sign;
    if ((priority - to) * sign >= 0) break;
    changes.push({ id, from: priority, to });
    last = to;
    lastFrom = priority;
  }
  return changes;
}

/**
 * What a way costs: how many rules go below 0 (there the labels and ids of apps are tried before them), how many are changed, how many of
 * these are others than the moved one, and how far they go.
 */
function costOf(changes: readonly PriorityChange[], movedId: string): number[] {
  return [
    changes.filter(({ from, to }) => to < 0 && from >= 0).length,
    changes.length,
    changes.filter(({ id }) => id !== movedId).length,
    changes.reduce((sum, { from, to }) => sum + Math.abs(to - from), 0),
  ];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** Those whose priority grows from the top down, then those whose priority shrinks from the bottom up: none overtakes another on the way. */
function inOrder(changes: readonly PriorityChange[]): PriorityChange[] {
  const raised = changes
    .filter(({ from, to }) => to > from)
    .reverse()
    .sort((a, b) => b.to - a.to);
  const lowered = changes
    .filter(({ from, to }) => to < from)
    .reverse()
    .sort((a, b) => a.to - b.to);
  return [...raised, ...lowered];
}

/**
 * What priorities have to be changed so that the rule at `from` stands at `to` (its index once it is there), as few as possible, in the order in
 * which they are to be changed. Among rules of one priority the narrow one is tried first, which is not known here: so its priority is another one than those of its new
 * neighbours. undefined: there is no room between the limits.
 */
export function movePriorities(rules: readonly TriedRule[], from: number, to: number): PriorityChange[] | undefined {
  const moved = rules[from];
  if (moved === undefined || from === to) return [];
  const others = rules.filter((_, index) => index !== from);
  const above = others.slice(0, to).reverse();
  const below = others.slice(to);
  const [hi, lo] = [above[0]?.priority, below[0]?.priority];
  const wanted = new Set([moved.priority]);
  if (lo !== undefined) wanted.add(Math.min(lo + 1, most));
  if (hi !== undefined) wanted.add(Math.max(hi - 1, -most));
  const ways = [...wanted].map((value): PriorityChange[] => [
    ...makeWay(above, value, 1),
    ...(value === moved.priority ? [] : [{ id: moved.id, from: moved.priority, to: value }]),
    ...makeWay(below, value, -1),
  ]);
  const [best] = ways
    .filter((changes) => changes.every((change) => Math.abs(change.to) <= most))
    .sort((a, b) => compare(costOf(a, moved.id), costOf(b, moved.id)));
  return best === undefined ? undefined : inOrder(best);
}
