import type { Resources } from './resources.js';

/** Scalars by name, in thousandths, whatever they are reserved for: what shares and quotas are counted in. */
export type Quantities = ReadonlyMap<string, number>;

export function quantitiesOf(resources: Resources): Quantities {
  const quantities = new Map<string, number>();
  for (const { name, amount } of resources.values()) {
    if (amount.type === 'SCALAR') quantities.set(name, (quantities.get(name) ?? 0) + amount.milli);
  }
  return quantities;
}

/** Adds to `sum` in place; what becomes nothing is removed. */
export function addQuantities(sum: Map<string, number>, added: Quantities): void {
  for (const [name, milli] of added) put(sum, name, (sum.get(name) ?? 0) + milli);
}

/** Takes from `sum` in place, never more than is there. */
export function subtractQuantities(sum: Map<string, number>, taken: Quantities): void {
  for (const [name, milli] of taken) put(sum, name, Math.max(0, (sum.get(name) ?? 0) - milli));
}

function put(sum: Map<string, number>, name: string, milli: number): void {
  if (milli === 0) sum.delete(name);
  else sum.set(name, milli);
}

/** As numbers by name, in whole units. */
export function quantityNumbers(quantities: Quantities): Record<string, number> {
  return Object.fromEntries([...quantities].map(([name, milli]) => [name, milli / 1000]));
}
