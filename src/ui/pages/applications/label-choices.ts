import type { LabelCounts } from './filter.js';
import type { LabelWish } from './list-query.js';

/** A label of the sidebar: with any value, and with each of them. */
export interface LabelChoice {
  readonly key: string;
  readonly count: number;
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** Values that are left out. */
  readonly more: number;
}

export interface LabelChoices {
  readonly choices: readonly LabelChoice[];
  /** Labels that are left out. */
  readonly more: number;
}

const maxKeys = 30;
const maxValues = 20;

/** Those with the most apps first; ties by name. */
function byCount<T>(name: (entry: T) => string, count: (entry: T) => number): (a: T, b: T) => number {
  return (a, b) => count(b) - count(a) || (name(a) < name(b) ? -1 : 1);
}

/**
 * What can be chosen among labels. `search` is looked for in `key=value`; where it is found in a key alone, all its values are there. What is
 * chosen is always there, whether apps have it now or not.
 */
export function labelChoices(
  counts: ReadonlyMap<string, LabelCounts>,
  chosen: readonly LabelWish[],
  search: string,
): LabelChoices {
  const text = search.trim().toLowerCase();
  const keys = new Set([...counts.keys(), ...chosen.map(({ key }) => key)]);
  const all: (LabelChoice & { readonly isChosen: boolean })[] = [];
  for (const key of keys) {
    const known = counts.get(key);
    const wishes = chosen.filter((wish) => wish.key === key);
    const isWanted = (value: string): boolean => wishes.some((wish) => wish.value === value);
    const values = new Map(known?.values);
    for (const { value } of wishes) if (value !== undefined && !values.has(value)) values.set(value, 0);
    const fitting = [...values]
      .map(([value, count]) => ({ value, count }))
      .filter(({ value }) => isWanted(value) || `${key}=${value}`.toLowerCase().includes(text));
    if (wishes.length === 0 && fitting.length === 0) continue;
    fitting.sort(
      byCount(
        ({ value }) => value,
        ({ value, count }) => (isWanted(value) ? Infinity : count),
      ),
    );
    all.push({
      key,
      count: known?.count ?? 0,
      values: fitting.slice(0, maxValues),
      more: Math.max(0, fitting.length - maxValues),
      isChosen: wishes.length > 0,
    });
  }
  all.sort(
    byCount(
      ({ key }) => key,
      ({ count, isChosen }) => (isChosen ? Infinity : count),
    ),
  );
  const kept = all.slice(0, Math.max(maxKeys, all.filter(({ isChosen }) => isChosen).length));
  return {
    choices: kept.map(({ key, count, values, more }) => ({ key, count, values, more })),
    more: all.length - kept.length,
  };
}
