import type { Offer, PortRange, RoleResources, TaskResources } from '../../model/offer.js';

type Scalar = 'cpus' | 'memMib' | 'diskMib' | 'gpus';
const scalars: readonly Scalar[] = ['cpus', 'memMib', 'diskMib', 'gpus'];

/** Mesos counts scalars in thousandths: comparing in thousandths keeps sums of decimals from missing by a hair. */
function milli(value: number): number {
  return Math.round(value * 1000);
}

/** The resources of an offer of which several tasks may take their part. Immutable: `take` gives the rest. */
export interface OfferResources {
  readonly parts: readonly RoleResources[];
  /** Sums of all parts, in thousandths. */
  readonly milli: Readonly<Record<Scalar, number>>;
  /** The ports of all parts, and how many they are. */
  readonly ports: readonly PortRange[];
  readonly portCount: number;
}

function partsFor(offer: Offer, acceptedRoles: readonly string[]): readonly RoleResources[] {
  // Reserved resources are used before unreserved ones (marathon.md §9.2).
  return offer.resources
    .filter((r) => acceptedRoles.includes(r.role))
    .sort((a, b) => Number(a.role === '*') - Number(b.role === '*'));
}

const known = new WeakMap<Offer, Map<string, OfferResources>>();

/** What the offer holds for an app that accepts these roles; summed up once, however many apps it is held against. */
export function resourcesFor(offer: Offer, acceptedRoles: readonly string[]): OfferResources {
  let byRoles = known.get(offer);
  if (byRoles === undefined) known.set(offer, (byRoles = new Map<string, OfferResources>()));
  const key = acceptedRoles.join();
  const found = byRoles.get(key);
  if (found !== undefined) return found;
  const parts = partsFor(offer, acceptedRoles);
  const sum = (scalar: Scalar): number => parts.reduce((total, part) => total + milli(part[scalar]), 0);
  const ports = parts.flatMap((part) => part.ports);
  const resources: OfferResources = {
    parts,
    milli: { cpus: sum('cpus'), memMib: sum('memMib'), diskMib: sum('diskMib'), gpus: sum('gpus') },
    ports,
    portCount: portCount(ports),
  };
  byRoles.set(key, resources);
  return resources;
}

export function portCount(ranges: readonly PortRange[]): number {
  return ranges.reduce((sum, range) => sum + range.end - range.begin + 1, 0);
}

/** The ranges without this port. */
export function withoutPort(ranges: readonly PortRange[], port: number): readonly PortRange[] {
  return ranges.flatMap((range) => {
    if (port < range.begin || port > range.end) return [range];
    const left = { begin: range.begin, end: port - 1 };
    const right = { begin: port + 1, end: range.end };
    return [left, right].filter((r) => r.begin <= r.end);
  });
}

export interface Wanted {
  readonly cpus: number;
  readonly memMib: number;
  readonly diskMib: number;
  readonly gpus: number;
  readonly ports: readonly number[];
}

/**
 * Takes what a task wants, part by part in the order of the roles. The caller has checked that there is enough; `taken` lists
 * what came from which role, `rest` what is left of these parts.
 */
export function take(
  resources: Pick<OfferResources, 'parts'>,
  wanted: Wanted,
): { readonly taken: TaskResources; readonly rest: readonly RoleResources[] } {
  const missing = new Map(scalars.map((scalar) => [scalar, milli(wanted[scalar])]));
  const ports = new Set(wanted.ports);
  const taken: RoleResources[] = [];
  const rest: RoleResources[] = [];
  for (const part of resources.parts) {
    const used: Record<Scalar, number> = { cpus: 0, memMib: 0, diskMib: 0, gpus: 0 };
    for (const scalar of scalars) {
      const amount = Math.min(missing.get(scalar) ?? 0, milli(part[scalar]));
      missing.set(scalar, (missing.get(scalar) ?? 0) - amount);
      used[scalar] = amount;
    }
    let free: readonly PortRange[] = part.ports;
    const usedPorts: PortRange[] = [];
    for (const port of ports) {
      if (!free.some((range) => range.begin <= port && port <= range.end)) continue;
      free = withoutPort(free, port);
      usedPorts.push({ begin: port, end: port });
      ports.delete(port);
    }
    const left = (scalar: Scalar): number => (milli(part[scalar]) - used[scalar]) / 1000;
    rest.push({
      role: part.role,
      cpus: left('cpus'),
      memMib: left('memMib'),
      diskMib: left('diskMib'),
      gpus: left('gpus'),
      ports: free,
    });
    if (usedPorts.length > 0 || scalars.some((scalar) => used[scalar] > 0)) {
      taken.push({
        role: part.role,
        cpus: used.cpus / 1000,
        memMib: used.memMib / 1000,
        diskMib: used.diskMib / 1000,
        gpus: used.gpus / 1000,
        ports: usedPorts,
      });
    }
  }
  return { taken: { parts: taken }, rest };
}
