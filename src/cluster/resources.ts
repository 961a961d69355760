import type { Range, Resource, ResourceReservation } from '../mesos/types.js';

/** Resources that cannot be what they say; the text names the resource. */
export class InvalidResourcesError extends Error {
  override readonly name = 'InvalidResourcesError';
}

/** Amounts of a scalar are whole thousandths, the precision of Mesos: 0.1 + 0.2 is 0.3. */
export type Amount =
  | { readonly type: 'SCALAR'; readonly milli: number }
  | { readonly type: 'RANGES'; readonly ranges: readonly Range[] }
  | { readonly type: 'SET'; readonly items: readonly string[] };

export interface ResourceEntry {
  readonly name: string;
  /** Empty = unreserved; the last one is the role that may use it. */
  readonly reservations: readonly ResourceReservation[];
  /** `DiskInfo`: two disks are only the same when it is equal. */
  readonly disk: object | undefined;
  readonly amount: Amount;
}

/**
 * A set of resources, by identity (name, reservations, disk), in the order they were first named. Never changed: every
 * operation returns another one. Ranges are sorted, disjoint and not adjacent; nothing is zero or empty.
 */
export type Resources = ReadonlyMap<string, ResourceEntry>;

export const noResources: Resources = new Map();

function normalizedRanges(name: string, ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => a.begin - b.begin);
  const merged: { begin: number; end: number }[] = [];
  for (const { begin, end } of sorted) {
    if (!Number.isInteger(begin) || !Number.isInteger(end) || begin < 0 || begin > end) {
      throw new InvalidResourcesError(`Invalid range [${begin}-${end}] of resource '${name}'`);
    }
    const last = merged.at(-1);
    if (last !== undefined && begin <= last.end + 1) last.end = Math.max(last.end, end);
    else merged.push({ begin, end });
  }
  return merged;
}

function parseAmount(resource: Resource): Amount {
  const { name, type } = resource;
  switch (type) {
    case 'SCALAR': {
      const value = resource.scalar?.value;
      if (value === undefined || !Number.isFinite(value) || value < 0) {
        throw new InvalidResourcesError(
          `Invalid scalar resource '${name}': ${value === undefined ? 'no value' : value}`,
        );
      }
      return { type, milli: Math.round(value * 1000) };
    }
    case 'RANGES':
      return { type, ranges: normalizedRanges(name, resource.ranges?.range ?? []) };
    case 'SET':
      return { type, items: [...new Set(resource.set?.item ?? [])].sort() };
    default:
      throw new InvalidResourcesError(`Invalid type of resource '${name}': ${String(type)}`);
  }
}

/** A resource of the old form names the role that it is reserved for; of the new one, its stack of reservations. */
function parseReservations(resource: Resource): readonly ResourceReservation[] {
  if (resource.reservations === undefined) {
    const role = resource.role ?? '*';
    return role === '*' ? [] : [{ type: 'STATIC', role }];
  }
  // One order of fields, for resources are the same when their reservations are.
  return resource.reservations.map(({ type, role, principal, labels }) => ({
    type: type ?? 'DYNAMIC',
    ...(role === undefined ? {} : { role }),
    ...(principal === undefined ? {} : { principal }),
    ...(labels === undefined ? {} : { labels }),
  }));
}

function isZero(amount: Amount): boolean {
  switch (amount.type) {
    case 'SCALAR':
      return amount.milli === 0;
    case 'RANGES':
      return amount.ranges.length === 0;
    case 'SET':
      return amount.items.length === 0;
  }
}

/** Reads resources off the wire; several of one identity add up. Throws InvalidResourcesError. */
export function parseResources(list: readonly Resource[]): Resources {
  const parsed = new Map<string, ResourceEntry>();
  for (const resource of list) {
    const { name, disk } = resource;
    const reservations = parseReservations(resource);
    const amount = parseAmount(resource);
    if (isZero(amount)) continue;
    const key = `${name} ${JSON.stringify(reservations)} ${disk === undefined ? '' : JSON.stringify(disk)}`;
    const known = parsed.get(key);
    if (known !== undefined && known.amount.type !== amount.type) {
      throw new InvalidResourcesError(`Resource '${name}' is both ${known.amount.type} and ${amount.type}`);
    }
    parsed.set(key, {
      name,
      reservations,
      disk,
      amount: known === undefined ? amount : plus(known.amount, amount),
    });
  }
  return parsed;
}

function subtractRanges(from: readonly Range[], taken: readonly Range[]): Range[] {
  const left: Range[] = [];
  let next = 0;
  for (const range of from) {
    let begin = range.begin;
    while (next < taken.length && (taken[next] as Range).end < begin) next++;
    for (let i = next; i < taken.length && begin <= range.end; i++) {
      const cut = taken[i] as Range;
      if (cut.begin > range.end) break;
      if (cut.begin > begin) left.push({ begin, end: cut.begin - 1 });
      begin = Math.max(begin, cut.end + 1);
    }
    if (begin <= range.end) left.push({ begin, end: range.end });
  }
  return left;
}

function plus(a: Amount, b: Amount): Amount {
  if (a.type === 'SCALAR' && b.type === 'SCALAR') return { type: 'SCALAR', milli: a.milli + b.milli };
  if (a.type === 'RANGES' && b.type === 'RANGES') {
    return { type: 'RANGES', ranges: normalizedRanges('', [...a.ranges, ...b.ranges]) };
  }
  if (a.type === 'SET' && b.type === 'SET') {
    return { type: 'SET', items: [...new Set([...a.items, ...b.items])].sort() };
  }
  throw new InvalidResourcesError(`${a.type} and ${b.type} do not add up`);
}

/** What is left of `a`: never less than nothing. */
function minus(a: Amount, b: Amount): Amount {
  if (a.type === 'SCALAR' && b.type === 'SCALAR') return { type: 'SCALAR', milli: Math.max(0, a.milli - b.milli) };
  if (a.type === 'RANGES' && b.type === 'RANGES') return { type: 'RANGES', ranges: subtractRanges(a.ranges, b.ranges) };
  if (a.type === 'SET' && b.type === 'SET') {
    return { type: 'SET', items: a.items.filter((item) => !b.items.includes(item)) };
  }
  return a;
}

function covers(a: Amount, b: Amount): boolean {
  if (a.type === 'SCALAR' && b.type === 'SCALAR') return a.milli >= b.milli;
  return a.type === b.type && isZero(minus(b, a));
}

export function addResources(a: Resources, b: Resources): Resources {
  if (a.size === 0) return b;
  if (b.size === 0) return a;
  const sum = new Map(a);
  for (const [key, entry] of b) {
    const known = sum.get(key);
    sum.set(key, known === undefined ? entry : { ...entry, amount: plus(known.amount, entry.amount) });
  }
  return sum;
}

/** `a` without `b`. What `a` does not hold is not taken from it. */
export function subtractResources(a: Resources, b: Resources): Resources {
  if (b.size === 0) return a;
  const left = new Map(a);
  for (const [key, entry] of b) {
    const known = left.get(key);
    if (known === undefined) continue;
    const amount = minus(known.amount, entry.amount);
    if (isZero(amount)) left.delete(key);
    else left.set(key, { ...known, amount });
  }
  return left;
}

/** Whether all of `b` can be taken from `a`. */
export function containsResources(a: Resources, b: Resources): boolean {
  for (const [key, entry] of b) {
    const known = a.get(key);
    if (known === undefined || !covers(known.amount, entry.amount)) return false;
  }
  return true;
}

/** The part that may be offered to `role`: unreserved, or reserved for it or for a role above it (`eng` for `eng/web`). */
export function resourcesForRole(resources: Resources, role: string): Resources {
  const visible = new Map<string, ResourceEntry>();
  for (const [key, entry] of resources) {
    const reserved = entry.reservations.at(-1)?.role;
    if (reserved === undefined || reserved === role || role.startsWith(`${reserved}/`)) visible.set(key, entry);
  }
  return visible;
}

/** The sum of a scalar over all its reservations and disks, in thousandths. */
export function scalarMilli(resources: Resources, name: string): number {
  let sum = 0;
  for (const entry of resources.values()) {
    if (entry.name === name && entry.amount.type === 'SCALAR') sum += entry.amount.milli;
  }
  return sum;
}

/** Mesos' `--min_allocatable_resources=cpus:0.01|mem:32`: less is not worth an offer. */
export function isAllocatable(resources: Resources): boolean {
  return scalarMilli(resources, 'cpus') >= 10 || scalarMilli(resources, 'mem') >= 32_000;
}
