import type { Offer, PortRange, RoleResources, TaskResources } from '../../model/offer.js';

/** The resources of an offer of which several tasks may take their part. Immutable: `take` gives the rest. */
export interface OfferResources {
  readonly parts: readonly RoleResources[];
}

type Scalar = 'cpus' | 'memMib' | 'diskMib' | 'gpus';
const scalars: readonly Scalar[] = ['cpus', 'memMib', 'diskMib', 'gpus'];

/** Mesos counts scalars in thousandths: comparing in thousandths keeps sums of decimals from missing by a hair. */
function milli(value: number): number {
  return Math.round(value * 1000);
}

/** What the offer holds for an app that accepts these roles. */
export function resourcesFor(offer: Offer, acceptedRoles: readonly string[]): OfferResources {
  // Reserved resources are used before unreserved ones (marathon.md §9.2).
  const parts = offer.resources
    .filter((r) => acceptedRoles.includes(r.role))
    .sort((a, b) => Number(a.role === '*') - Number(b.role === '*'));
  return { parts };
}

export function totalOf(resources: OfferResources, scalar: Scalar): number {
  return resources.parts.reduce((sum, part) => sum + milli(part[scalar]), 0) / 1000;
}

export function portCount(ranges: readonly PortRange[]): number {
  return ranges.reduce((sum, range) => sum + range.end - range.begin + 1, 0);
}

function withoutPort(ranges: readonly PortRange[], port: number): PortRange[] {
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
 * what came from which role, `rest` what is left of the whole offer.
 */
export function take(resources: OfferResources, wanted: Wanted): { taken: TaskResources; rest: OfferResources } {
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
  return { taken: { parts: taken }, rest: { parts: rest } };
}
