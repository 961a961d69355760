import type { Label, Labels, Range, Resource, ResourceReservation } from '../mesos/types.js';

/** Resources that cannot be what they say; the text names the resource. */
export class InvalidResourcesError extends Error {
  override readonly name = 'InvalidResourcesError';
}

/** Amounts of a scalar are whole thousandths, the precision of Mesos: 0.1 + 0.2 is 0.3. */
export type Amount =
  | { readonly type: 'SCALAR'; readonly milli: number }
  | { readonly type: 'RANGES'; readonly ranges: readonly Range[] }
  | { readonly type: 'SET'; readonly items: readonly string[] };

/** `DiskInfo`: the parts that make a disk what it is. */
export interface DiskInfo {
  /** Present = a persistent volume; its id is unique per role and agent. */
  readonly persistence?: { readonly id: string; readonly principal?: string };
  readonly volume?: { readonly mode: string; readonly container_path: string; readonly host_path?: string };
  /** A disk of its own; absent = the agent's root disk. */
  readonly source?: object;
}

export interface ResourceEntry {
  readonly name: string;
  /** Empty = unreserved; the last one is the role that may use it. */
  readonly reservations: readonly ResourceReservation[];
  /** Two disks are only the same when it is equal. */
  readonly disk: DiskInfo | undefined;
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

/** Labels in one order, for reservations are the same whatever order theirs came in. */
function sortedLabels(labels: Labels): readonly Label[] {
  const text = ({ key, value }: Label): string => `${key}\n${value ?? ''}`;
  return [...labels.labels].sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

/** One order of fields, for resources are the same when their reservations are. */
function parseReservation({ type, role, principal, labels }: ResourceReservation): ResourceReservation {
  return {
    type: type ?? 'DYNAMIC',
    ...(role === undefined ? {} : { role }),
    ...(principal === undefined ? {} : { principal }),
    ...(labels === undefined
      ? {}
      : {
          labels: {
            labels: labels.labels.map(({ key, value }) => ({ key, ...(value === undefined ? {} : { value }) })),
          },
        }),
  };
}

/** A resource of the old form names the role that it is reserved for; of the new one, its stack of reservations. */
function parseReservations({ reservations, reservation, role = '*' }: Resource): readonly ResourceReservation[] {
  if (reservations !== undefined) return reservations.map(parseReservation);
  if (role === '*') return [];
  return [reservation === undefined ? { type: 'STATIC', role } : parseReservation({ ...reservation, role })];
}

function parseDisk(disk: object | undefined): DiskInfo | undefined {
  if (disk === undefined) return undefined;
  const { persistence, volume, source } = disk as DiskInfo;
  return {
    ...(persistence === undefined
      ? {}
      : {
          persistence: {
            id: persistence.id,
            ...(persistence.principal === undefined ? {} : { principal: persistence.principal }),
          },
        }),
    ...(volume === undefined
      ? {}
      : {
          volume: {
            mode: volume.mode,
            container_path: volume.container_path,
            ...(volume.host_path === undefined ? {} : { host_path: volume.host_path }),
          },
        }),
    ...(source === undefined ? {} : { source }),
  };
}

/** What makes a resource another one than its neighbour. Plain ones, by far the most, are known by their name alone. */
function identityOf(name: string, reservations: readonly ResourceReservation[], disk: DiskInfo | undefined): string {
  if (reservations.length === 0 && disk === undefined) return name;
  const stack = reservations.map((r) => (r.labels === undefined ? r : { ...r, labels: sortedLabels(r.labels) }));
  return `${name} ${JSON.stringify(stack)} ${disk === undefined ? '' : JSON.stringify(disk)}`;
}

/** The same resource with other reservations, or another disk. */
export function withIdentity(
  entries: Iterable<ResourceEntry>,
  change: (entry: ResourceEntry) => Partial<Pick<ResourceEntry, 'reservations' | 'disk'>>,
): Resources {
  const changed = new Map<string, ResourceEntry>();
  for (const entry of entries) {
    const next = { ...entry, ...change(entry) };
    addEntry(changed, identityOf(next.name, next.reservations, next.disk), next);
  }
  return changed;
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

function addEntry(sum: Map<string, ResourceEntry>, key: string, entry: ResourceEntry): void {
  const known = sum.get(key);
  if (known !== undefined && known.amount.type !== entry.amount.type) {
    throw new InvalidResourcesError(`Resource '${entry.name}' is both ${known.amount.type} and ${entry.amount.type}`);
  }
  sum.set(key, known === undefined ? entry : { ...known, amount: plus(known.amount, entry.amount) });
}

/** Reads resources off the wire; several of one identity add up. Throws InvalidResourcesError. */
export function parseResources(list: readonly Resource[]): Resources {
  const parsed = new Map<string, ResourceEntry>();
  for (const resource of list) {
    const { name } = resource;
    const reservations = parseReservations(resource);
    const disk = parseDisk(resource.disk);
    const amount = parseAmount(resource);
    if (isZero(amount)) continue;
    addEntry(parsed, identityOf(name, reservations, disk), { name, reservations, disk, amount });
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

/** A persistent volume is taken whole or not at all. */
function covers(a: ResourceEntry, b: ResourceEntry): boolean {
  if (a.amount.type === 'SCALAR' && b.amount.type === 'SCALAR') {
    return isPersistentVolume(a) ? a.amount.milli === b.amount.milli : a.amount.milli >= b.amount.milli;
  }
  return a.amount.type === b.amount.type && isZero(minus(b.amount, a.amount));
}

export function isPersistentVolume({ disk }: ResourceEntry): boolean {
  return disk?.persistence !== undefined;
}

export function isDynamicallyReserved({ reservations }: ResourceEntry): boolean {
  return reservations.at(-1)?.type === 'DYNAMIC';
}

/** The role that holds a resource now; undefined = unreserved. */
export function reservationRole({ reservations }: ResourceEntry): string | undefined {
  return reservations.at(-1)?.role;
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
    if (known === undefined || !covers(known, entry)) return false;
  }
  return true;
}

/** The sum of many, at once: adding them one by one would copy the sum each time. */
export function sumResources(parts: Iterable<Resources>): Resources {
  const scalars = new Map<string, { entry: ResourceEntry; milli: number }>();
  const ranges = new Map<string, { entry: ResourceEntry; list: Range[] }>();
  const sets = new Map<string, { entry: ResourceEntry; items: Set<string> }>();
  for (const part of parts) {
    for (const [key, entry] of part) {
      const { amount } = entry;
      if (amount.type === 'SCALAR') {
        const known = scalars.get(key);
        if (known === undefined) scalars.set(key, { entry, milli: amount.milli });
        else known.milli += amount.milli;
      } else if (amount.type === 'RANGES') {
        const known = ranges.get(key);
        if (known === undefined) ranges.set(key, { entry, list: [...amount.ranges] });
        else known.list.push(...amount.ranges);
      } else {
        const known = sets.get(key);
        if (known === undefined) sets.set(key, { entry, items: new Set(amount.items) });
        else for (const item of amount.items) known.items.add(item);
      }
    }
  }
  const sum = new Map<string, ResourceEntry>();
  for (const [key, { entry, milli }] of scalars) sum.set(key, { ...entry, amount: { type: 'SCALAR', milli } });
  for (const [key, { entry, list }] of ranges) {
    sum.set(key, { ...entry, amount: { type: 'RANGES', ranges: normalizedRanges(entry.name, list) } });
  }
  for (const [key, { entry, items }] of sets) {
    sum.set(key, { ...entry, amount: { type: 'SET', items: [...items].sort() } });
  }
  return sum;
}

/** The part whose entries fit. */
export function filterResources(resources: Resources, fits: (entry: ResourceEntry) => boolean): Resources {
  const part = new Map<string, ResourceEntry>();
  for (const [key, entry] of resources) if (fits(entry)) part.set(key, entry);
  return part.size === resources.size ? resources : part;
}

/** Whether `role` may use what is reserved for `reserved`: it is that role, or one below it (`eng/web` below `eng`). */
export function isRoleWithin(role: string, reserved: string): boolean {
  return reserved === role || role.startsWith(`${reserved}/`);
}

/** The part that may be offered to `role`: unreserved, or reserved for it or for a role above it. */
export function resourcesForRole(resources: Resources, role: string): Resources {
  return filterResources(resources, (entry) => {
    const reserved = reservationRole(entry);
    return reserved === undefined || isRoleWithin(role, reserved);
  });
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
