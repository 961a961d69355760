import type { Quantities } from '../quantities.js';
import { addQuantities, quantitiesOf, subtractQuantities } from '../quantities.js';
import type { Resources } from '../resources.js';
import { filterResources, reservationRole } from '../resources.js';
import { topRole } from './quotas.js';

interface Part {
  readonly unreserved: Quantities;
  readonly reserved: ReadonlyMap<string, Quantities>;
}

function partOf(free: Resources): Part {
  const tops = new Set<string>();
  for (const entry of free.values()) {
    const role = reservationRole(entry);
    if (role !== undefined) tops.add(topRole(role));
  }
  const of = (top: string | undefined): Quantities =>
    quantitiesOf(
      filterResources(free, (entry) => {
        const role = reservationRole(entry);
        return (role === undefined ? undefined : topRole(role)) === top;
      }),
    );
  return { unreserved: of(undefined), reserved: new Map([...tops].map((top) => [top, of(top)])) };
}

/** What all agents together have to offer, agent by agent: quotas are reckoned with it. */
export class FreePool {
  readonly #parts = new Map<string, Part>();
  readonly #unreserved = new Map<string, number>();
  readonly #reserved = new Map<string, Map<string, number>>();

  get unreserved(): Quantities {
    return this.#unreserved;
  }

  /** What is reserved for a role at the top of the hierarchy, or one below it, and lies idle. */
  reservedFor(top: string): Quantities {
    return this.#reserved.get(top) ?? new Map();
  }

  /** Takes note of what an agent has free now; nothing = it is gone, or out of service. */
  set(agentId: string, free: Resources): void {
    const before = this.#parts.get(agentId);
    if (before !== undefined) {
      subtractQuantities(this.#unreserved, before.unreserved);
      for (const [top, quantities] of before.reserved) {
        const sum = this.#reserved.get(top);
        if (sum === undefined) continue;
        subtractQuantities(sum, quantities);
        if (sum.size === 0) this.#reserved.delete(top);
      }
    }
    if (free.size === 0) {
      this.#parts.delete(agentId);
      return;
    }
    const part = partOf(free);
    this.#parts.set(agentId, part);
    addQuantities(this.#unreserved, part.unreserved);
    for (const [top, quantities] of part.reserved) {
      const sum = this.#reserved.get(top) ?? new Map<string, number>();
      addQuantities(sum, quantities);
      this.#reserved.set(top, sum);
    }
  }
}
