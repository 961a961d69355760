import type { Quantities } from '../quantities.js';
import { addQuantities, subtractQuantities } from '../quantities.js';

interface Node {
  /** Used and offered by the role and all roles below it. */
  readonly allocated: Map<string, number>;
  /** How many offers were made: the tie-break between equal shares. */
  allocations: number;
}

/** The largest part that `allocated` takes of any scalar of the cluster (dominant resource fairness). */
export function dominantShare(allocated: Quantities | undefined, total: Quantities): number {
  let share = 0;
  for (const [name, milli] of allocated ?? []) {
    const all = total.get(name) ?? 0;
    if (all > 0) share = Math.max(share, milli / all);
  }
  return share;
}

/**
 * The nodes above and with a role, from the top: `eng/web` is `eng`, `eng/web`, `eng/web/.`. The last one stands for the role
 * without those below it.
 */
function pathOf(role: string): string[] {
  const path: string[] = [];
  for (let slash = role.indexOf('/'); slash !== -1; slash = role.indexOf('/', slash + 1))
    path.push(role.slice(0, slash));
  return [...path, role, `${role}/.`];
}

/**
 * How much the roles have, and who of them is to be served first: at each level of the hierarchy the one with the smallest
 * dominant share by weight.
 */
export class RoleTree {
  readonly weights: Map<string, number>;
  readonly #nodes = new Map<string, Node>();

  constructor(weights: ReadonlyMap<string, number>) {
    this.weights = new Map(weights);
  }

  weightOf(role: string): number {
    return this.weights.get(role) ?? 1;
  }

  /** Used and offered by a role and those below it. */
  allocatedTo(role: string): Quantities {
    return this.#nodes.get(role)?.allocated ?? new Map();
  }

  add(role: string, quantities: Quantities): void {
    for (const path of pathOf(role)) addQuantities(this.#node(path).allocated, quantities);
  }

  subtract(role: string, quantities: Quantities): void {
    for (const path of pathOf(role)) subtractQuantities(this.#node(path).allocated, quantities);
  }

  countAllocation(role: string): void {
    for (const path of pathOf(role)) this.#node(path).allocations++;
  }

  #node(path: string): Node {
    let node = this.#nodes.get(path);
    if (node === undefined) this.#nodes.set(path, (node = { allocated: new Map(), allocations: 0 }));
    return node;
  }

  /** Nobody subscribes to this role any more: what holds nothing is forgotten. */
  forget(role: string): void {
    for (const path of pathOf(role).reverse()) {
      const isAbove = [...this.#nodes.keys()].some((other) => other.startsWith(`${path}/`));
      if (this.#nodes.get(path)?.allocated.size === 0 && !isAbove) this.#nodes.delete(path);
    }
  }

  /** Puts roles in the order in which they are to be served. */
  sort(roles: Iterable<string>, total: Quantities): string[] {
    const shares = new Map<string, number>();
    const share = (path: string): number => {
      let known = shares.get(path);
      if (known === undefined) {
        known = dominantShare(this.#nodes.get(path)?.allocated, total) / this.weightOf(path);
        shares.set(path, known);
      }
      return known;
    };
    const compare = (a: readonly string[], b: readonly string[]): number => {
      let level = 0;
      while (level < a.length && a[level] === b[level]) level++;
      const [x, y] = [a[level], b[level]];
      if (x === undefined || y === undefined) return 0;
      const [first, second] = [this.#nodes.get(x)?.allocations ?? 0, this.#nodes.get(y)?.allocations ?? 0];
      return share(x) - share(y) || first - second || (x < y ? -1 : 1);
    };
    return [...roles]
      .map((role) => ({ role, path: pathOf(role) }))
      .sort((a, b) => compare(a.path, b.path))
      .map(({ role }) => role);
  }
}
