import type { Instance } from '../../model/instance.js';
import { placedValue } from '../match/spread.js';

/** So many looks at a set of alike instances are worth an even distribution; what is left then is chosen without it. */
const maxLooks = 20_000_000;

/** How many instances each value of one field has, and how far apart the largest and the smallest group are. A group may become empty. */
class Distribution {
  readonly #sizes = new Map<string, number>();
  /** How many groups have each size. */
  readonly #groups = new Map<number, number>();
  #largest = 0;
  #smallest = 0;
  readonly #initial: number;

  constructor(values: readonly string[]) {
    for (const value of values) this.#sizes.set(value, (this.#sizes.get(value) ?? 0) + 1);
    for (const size of this.#sizes.values()) this.#groups.set(size, (this.#groups.get(size) ?? 0) + 1);
    const sizes = [...this.#groups.keys()].sort((a, b) => a - b);
    this.#smallest = sizes[0] ?? 0;
    this.#largest = sizes.at(-1) ?? 0;
    this.#initial = this.difference;
  }

  get difference(): number {
    return this.#largest - this.#smallest;
  }

  /** Whether a value is in one of the groups that are too large. */
  isLarge(value: string): boolean {
    return this.difference > 0 && this.#sizes.get(value) === this.#largest;
  }

  #without(value: string): { readonly largest: number; readonly smallest: number } {
    const size = this.#sizes.get(value) ?? 0;
    const isLastLarge = size === this.#largest && this.#groups.get(size) === 1;
    return { largest: this.#largest - (isLastLarge ? 1 : 0), smallest: Math.min(this.#smallest, size - 1) };
  }

  /**
   * Whether the distribution is as good as even, or better than at first, with one fewer of a value. One fewer in a group that is too large does no
   * harm, even if another one is as large.
   */
  allows(value: string): boolean {
    const { largest, smallest } = this.#without(value);
    const difference = largest - smallest;
    return difference <= 1 || difference < this.#initial || (difference === this.#initial && this.isLarge(value));
  }

  remove(value: string): void {
    const { largest, smallest } = this.#without(value);
    const size = this.#sizes.get(value) ?? 0;
    this.#sizes.set(value, size - 1);
    this.#groups.set(size, (this.#groups.get(size) ?? 0) - 1);
    this.#groups.set(size - 1, (this.#groups.get(size - 1) ?? 0) + 1);
    this.#largest = largest;
    this.#smallest = smallest;
  }
}

/** Instances that are alike for all fields, the first to be killed first. */
interface Cell {
  readonly values: readonly string[];
  readonly instances: Instance[];
  next: number;
  /** The place of its next instance in the kill order. */
  readonly places: number[];
}

function cellsOf(ordered: readonly Instance[], fields: readonly string[]): Cell[] {
  const cells = new Map<string, Cell>();
  for (const [place, instance] of ordered.entries()) {
    // An instance without the field is in a group of its own kind
    const values = fields.map((field) => JSON.stringify(placedValue(instance, field) ?? null));
    const key = values.join();
    let cell = cells.get(key);
    if (cell === undefined) cells.set(key, (cell = { values, instances: [], next: 0, places: [] }));
    cell.instances.push(instance);
    cell.places.push(place);
  }
  return [...cells.values()];
}

/**
 * Chooses up to `count` of instances (given in their kill order), one after the other, so that each of the fields stays evenly distributed
 * or becomes more even: from the largest groups of the least even field while there are such, else whichever is first. May choose fewer,
 * when every further one would make some field less even.
 */
export function balancedChoice(
  ordered: readonly Instance[],
  fields: readonly string[],
  count: number,
): ReadonlySet<Instance> {
  const chosen = new Set<Instance>();
  if (fields.length === 0) return chosen;
  let cells = cellsOf(ordered, fields);
  const distributions = fields.map(
    (_, i) => new Distribution(cells.flatMap(({ values, instances }) => instances.map(() => values[i] ?? ''))),
  );

  /** Lower is better: 0 = in a largest group of the least even field. */
  const rankOf = (cell: Cell, worstFirst: readonly number[]): number => {
    const at = worstFirst.findIndex((i) => distributions[i]?.isLarge(cell.values[i] ?? '') === true);
    return at < 0 ? worstFirst.length : at;
  };
  const differenceOf = (i: number): number => distributions[i]?.difference ?? 0;

  for (let looks = 0; chosen.size < count && looks < maxLooks; looks += cells.length) {
    const worstFirst = fields.map((_, i) => i).sort((a, b) => differenceOf(b) - differenceOf(a));
    let best: { readonly cell: Cell; readonly rank: number; readonly place: number } | undefined;
    for (const cell of cells) {
      if (!cell.values.every((value, i) => distributions[i]?.allows(value) === true)) continue;
      const [rank, place] = [rankOf(cell, worstFirst), cell.places[cell.next] ?? Infinity];
      if (best === undefined || rank < best.rank || (rank === best.rank && place < best.place)) {
        best = { cell, rank, place };
      }
    }
    const instance = best?.cell.instances[best.cell.next];
    if (best === undefined || instance === undefined) break;
    chosen.add(instance);
    best.cell.next++;
    best.cell.values.forEach((value, i) => distributions[i]?.remove(value));
    if (best.cell.next === best.cell.instances.length) cells = cells.filter((cell) => cell !== best.cell);
  }
  return chosen;
}
