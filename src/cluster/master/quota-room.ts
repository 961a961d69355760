import type { Quantities } from '../quantities.js';
import { addQuantities, quantitiesOf } from '../quantities.js';
import type { ResourceEntry, Resources } from '../resources.js';
import { filterResources, reservationRole } from '../resources.js';
import { topRole, unsatisfied } from './quotas.js';
import type { MasterState } from './state.js';

/** Unreserved scalars cut down to what `room` leaves of them; names without an entry stay as they are. */
function shrink(resources: Resources, room: Quantities): Resources {
  const left = new Map(room);
  const shrunk = new Map<string, ResourceEntry>();
  for (const [key, entry] of resources) {
    const { name, amount } = entry;
    const available = left.get(name);
    if (amount.type !== 'SCALAR' || available === undefined || reservationRole(entry) !== undefined) {
      shrunk.set(key, entry);
      continue;
    }
    const milli = Math.min(amount.milli, available);
    left.set(name, available - milli);
    if (milli > 0) shrunk.set(key, { ...entry, amount: { type: 'SCALAR', milli } });
  }
  return shrunk;
}

/**
 * What the quotas leave to whom, while one agent's free resources are given out: a role's guarantees first, no role more than
 * its limits, and nobody what is kept back for guarantees that are not met yet.
 */
export class QuotaRoom {
  readonly #state: MasterState;
  /** Given out meanwhile, by role at the top of the hierarchy; and of that the unreserved. */
  readonly #given = new Map<string, Map<string, number>>();
  readonly #givenUnreserved = new Map<string, number>();

  constructor(state: MasterState) {
    this.#state = state;
  }

  /** Used, offered and reserved. */
  #consumed(top: string): Quantities {
    const consumed = new Map(this.#state.roles.allocatedTo(top));
    addQuantities(consumed, this.#state.free.reservedFor(top));
    addQuantities(consumed, this.#given.get(top) ?? new Map());
    return consumed;
  }

  /** The part of `visible` that a role's unmet guarantees entitle it to; undefined when there is none. */
  guaranteed(role: string, visible: Resources): Resources | undefined {
    const top = topRole(role);
    const quota = this.#state.quotas.get(top);
    if (quota === undefined) return undefined;
    const missing = unsatisfied(quota, this.#consumed(top));
    if (missing.size === 0) return undefined;
    // Of what it has enough of it takes what its limits leave.
    const room = new Map([...this.#limitsLeft(top), ...[...quota.guarantees].map(([name]) => [name, 0] as const)]);
    for (const [name, milli] of missing) room.set(name, milli);
    const part = shrink(visible, room);
    const useful = filterResources(part, (entry) => missing.has(entry.name) && reservationRole(entry) === undefined);
    return useful.size === 0 ? undefined : part;
  }

  /** The part of `visible` that a role may have beyond its guarantees. */
  allowed(role: string, visible: Resources): Resources {
    const room = new Map(this.#limitsLeft(topRole(role)));
    for (const [name, milli] of this.#headroom()) room.set(name, Math.min(milli, room.get(name) ?? Infinity));
    return room.size === 0 ? visible : shrink(visible, room);
  }

  take(role: string, resources: Resources): void {
    const top = topRole(role);
    const given = this.#given.get(top) ?? new Map<string, number>();
    this.#given.set(top, given);
    const unreserved = quantitiesOf(filterResources(resources, (entry) => reservationRole(entry) === undefined));
    // What is reserved counted before.
    addQuantities(given, unreserved);
    addQuantities(this.#givenUnreserved, unreserved);
  }

  #limitsLeft(top: string): Map<string, number> {
    const left = new Map<string, number>();
    const limits = this.#state.quotas.get(top)?.limits;
    if (limits === undefined || limits.size === 0) return left;
    const consumed = this.#consumed(top);
    for (const [name, milli] of limits) left.set(name, Math.max(0, milli - (consumed.get(name) ?? 0)));
    return left;
  }

  /** Of the names that somebody is still promised: what is free beyond those promises. */
  #headroom(): Map<string, number> {
    const promised = new Map<string, number>();
    for (const [top, quota] of this.#state.quotas) addQuantities(promised, unsatisfied(quota, this.#consumed(top)));
    const room = new Map<string, number>();
    for (const [name, milli] of promised) {
      const free = (this.#state.free.unreserved.get(name) ?? 0) - (this.#givenUnreserved.get(name) ?? 0);
      room.set(name, Math.max(0, free - milli));
    }
    return room;
  }
}
