import type { Attribute, Offer as MesosOffer, Range, Resource, Unavailability } from '../../../mesos/types.js';
import type { AttributeValue, Offer, PortRange, RoleResources } from '../../model/offer.js';
import { disksIn, reservationsIn } from './reservations.js';

type Mutable = { -readonly [K in keyof RoleResources]: RoleResources[K] } & { ports: PortRange[] };

/**
 * The role that a resource can be taken from: `*` = unreserved, a name = reserved by the agent's flags (STATIC). Undefined for
 * what plain tasks must not use: dynamic reservations, volumes and disks of their own, revocable and shared resources, and
 * those of resource providers.
 */
function usableRoleOf(resource: Resource): string | undefined {
  const { reservations = [], disk, revocable, shared, provider_id: provider } = resource;
  if (disk !== undefined || revocable !== undefined || shared !== undefined || provider !== undefined) return undefined;
  if (reservations.some(({ type }) => type !== 'STATIC')) return undefined;
  // masters that do not know RESERVATION_REFINEMENT name the role on the resource
  return reservations.at(-1)?.role ?? resource.role ?? '*';
}

/** Mesos counts in thousandths; sums of their floating point forms would drift. */
const roundToMilli = (value: number): number => Math.round(value * 1000) / 1000;

const rangesOf = (range: readonly Range[] | undefined): PortRange[] =>
  (range ?? []).map(({ begin, end }) => ({ begin, end }));

function addTo(sum: Mutable, resource: Resource): void {
  const amount = resource.scalar?.value ?? 0;
  switch (resource.name) {
    case 'cpus':
      sum.cpus = roundToMilli(sum.cpus + amount);
      return;
    case 'mem':
      sum.memMib = roundToMilli(sum.memMib + amount);
      return;
    case 'disk':
      sum.diskMib = roundToMilli(sum.diskMib + amount);
      return;
    case 'gpus':
      sum.gpus = roundToMilli(sum.gpus + amount);
      return;
    case 'ports':
      sum.ports.push(...rangesOf(resource.ranges?.range));
      return;
  }
}

function resourcesByRole(resources: readonly Resource[]): RoleResources[] {
  const sums = new Map<string, Mutable>();
  for (const resource of resources) {
    const role = usableRoleOf(resource);
    if (role === undefined) continue;
    let sum = sums.get(role);
    if (sum === undefined) sums.set(role, (sum = { role, cpus: 0, memMib: 0, diskMib: 0, gpus: 0, ports: [] }));
    addTo(sum, resource);
  }
  return [...sums.values()];
}

function attributeValueOf(attribute: Attribute): AttributeValue | undefined {
  switch (attribute.type) {
    case 'TEXT':
      return { type: 'TEXT', value: attribute.text?.value ?? '' };
    case 'SCALAR':
      return { type: 'SCALAR', value: attribute.scalar?.value ?? 0 };
    case 'RANGES':
      return { type: 'RANGES', value: rangesOf(attribute.ranges?.range) };
    case 'SET':
      return undefined; // agents refuse to start with one
  }
}

const millisecondsOf = ({ nanoseconds }: { readonly nanoseconds: number }): number => Math.round(nanoseconds / 1e6);

function unavailabilityOf({ start, duration }: Unavailability): NonNullable<Offer['unavailability']> {
  return {
    startMs: millisecondsOf(start),
    ...(duration === undefined ? {} : { durationMs: millisecondsOf(duration) }),
  };
}

/** An offer of Mesos as the core sees it. `frameworkRole` is what offers are made to when they do not say it themselves. */
export function offerOf(offer: MesosOffer, frameworkRole: string): Offer {
  const attributes: Record<string, AttributeValue> = Object.create(null) as Record<string, AttributeValue>;
  for (const attribute of offer.attributes ?? []) {
    const value = attributeValueOf(attribute);
    if (value !== undefined) attributes[attribute.name] = value;
  }
  const faultDomain = offer.domain?.fault_domain;
  const { unavailability } = offer;
  const reservations = reservationsIn(offer.resources);
  const disks = disksIn(offer.resources);
  return {
    id: offer.id.value,
    agentId: offer.agent_id.value,
    hostname: offer.hostname,
    allocationRole: offer.allocation_info?.role ?? frameworkRole,
    resources: resourcesByRole(offer.resources),
    ...(reservations.length === 0 ? {} : { reservations }),
    ...(disks.length === 0 ? {} : { disks }),
    attributes,
    ...(faultDomain === undefined ? {} : { region: faultDomain.region.name, zone: faultDomain.zone.name }),
    ...(unavailability === undefined ? {} : { unavailability: unavailabilityOf(unavailability) }),
  };
}
