import type { OfferOperation, Resource } from '../mesos/types.js';
import type { ResourceEntry, Resources } from './resources.js';
import { addResources, containsResources, parseResources, subtractResources, withIdentity } from './resources.js';

/** An operation that makes some resources of an agent into others: the amounts stay the same. */
export type ResourceOperation =
  | {
      readonly type: 'RESERVE';
      readonly reserve: { readonly source?: readonly Resource[]; readonly resources: readonly Resource[] };
    }
  | { readonly type: 'UNRESERVE'; readonly unreserve: { readonly resources: readonly Resource[] } }
  | { readonly type: 'CREATE'; readonly create: { readonly volumes: readonly Resource[] } }
  | { readonly type: 'DESTROY'; readonly destroy: { readonly volumes: readonly Resource[] } };

/** The part of an ACCEPT's operation that concerns resources only; undefined for LAUNCH and LAUNCH_GROUP. */
export function resourceOperation(operation: OfferOperation): ResourceOperation | undefined {
  const { type, reserve, unreserve, create, destroy } = operation;
  if (type === 'RESERVE' && reserve !== undefined) return { type, reserve };
  if (type === 'UNRESERVE' && unreserve !== undefined) return { type, unreserve };
  if (type === 'CREATE' && create !== undefined) return { type, create };
  if (type === 'DESTROY' && destroy !== undefined) return { type, destroy };
  return undefined;
}

/** What an operation takes away and what it puts in its place. */
export interface Conversion {
  readonly consumed: Resources;
  readonly converted: Resources;
}

const withoutLastReservation = (resources: Resources): Resources =>
  withIdentity(resources.values(), ({ reservations }) => ({ reservations: reservations.slice(0, -1) }));

function plainDisk({ disk }: ResourceEntry): Pick<ResourceEntry, 'disk'> {
  return { disk: disk?.source === undefined ? undefined : { source: disk.source } };
}

/** Volumes as the disk that they are made of. */
const withoutVolume = (volumes: Resources): Resources => withIdentity(volumes.values(), plainDisk);

/** Reads an operation's resources. Throws InvalidResourcesError. */
export function conversionOf(operation: ResourceOperation): Conversion {
  switch (operation.type) {
    case 'RESERVE': {
      const { source = [], resources } = operation.reserve;
      const converted = parseResources(resources);
      return { consumed: source.length > 0 ? parseResources(source) : withoutLastReservation(converted), converted };
    }
    case 'UNRESERVE': {
      const consumed = parseResources(operation.unreserve.resources);
      return { consumed, converted: withoutLastReservation(consumed) };
    }
    case 'CREATE': {
      const converted = parseResources(operation.create.volumes);
      return { consumed: withoutVolume(converted), converted };
    }
    case 'DESTROY': {
      const consumed = parseResources(operation.destroy.volumes);
      return { consumed, converted: withoutVolume(consumed) };
    }
  }
}

/** The conversion that takes another one back. */
export function inverseOf({ consumed, converted }: Conversion): Conversion {
  return { consumed: converted, converted: consumed };
}

/** `resources` after the conversion; undefined when they do not hold what it consumes. */
export function convert(resources: Resources, { consumed, converted }: Conversion): Resources | undefined {
  if (!containsResources(resources, consumed)) return undefined;
  return addResources(subtractResources(resources, consumed), converted);
}

/** As they were before any RESERVE and CREATE: what the agent's `--resources` has to hold. */
export function withoutOperations(resources: Resources): Resources {
  return withIdentity(resources.values(), (entry) => ({
    reservations: entry.reservations.filter(({ type }) => type !== 'DYNAMIC'),
    ...(entry.disk?.persistence === undefined ? {} : plainDisk(entry)),
  }));
}
