import type { Resource } from '../../../mesos/types.js';
import type { OfferedDisk, OfferedReservation } from '../../model/offer.js';

/** Labels by which a framework finds its reservations again; Marathon's names. */
export const reservationLabels = { framework: 'marathon_framework_id', instance: 'marathon_task_id' } as const;

/** Whether this is one of the resources that `offerOf` has given away. */
export function isResource(value: object): value is Resource {
  return 'name' in value && typeof value.name === 'string' && 'type' in value;
}

export function isPersistentVolume({ disk }: Resource): boolean {
  return disk?.persistence !== undefined;
}

/** What nobody here can use: it may be taken back at any time, or is used by several tasks at once. */
function isOutOfReach({ revocable, shared }: Resource): boolean {
  return revocable !== undefined || shared !== undefined;
}

interface Owner {
  readonly frameworkId: string;
  readonly instanceId: string;
  readonly role: string;
}

/** Whose a dynamic reservation is; undefined for what is not reserved, or not so that anybody would know it again. */
function ownerOf({ reservations = [] }: Resource): Owner | undefined {
  const last = reservations.at(-1);
  if (last?.type !== 'DYNAMIC' || last.role === undefined) return undefined;
  const labelOf = (name: string): string | undefined => last.labels?.labels.find(({ key }) => key === name)?.value;
  const frameworkId = labelOf(reservationLabels.framework);
  const instanceId = labelOf(reservationLabels.instance);
  return frameworkId === undefined || instanceId === undefined
    ? undefined
    : { frameworkId, instanceId, role: last.role };
}

/** The dynamic reservations among resources, each whole, with the volumes on it. */
export function reservationsIn(resources: readonly Resource[]): readonly OfferedReservation[] {
  const found = new Map<string, Owner & { readonly resources: Resource[] }>();
  for (const resource of resources) {
    const owner = isOutOfReach(resource) ? undefined : ownerOf(resource);
    if (owner === undefined) continue;
    const key = JSON.stringify([owner.frameworkId, owner.instanceId, owner.role]);
    const known = found.get(key);
    if (known === undefined) found.set(key, { ...owner, resources: [resource] });
    else known.resources.push(resource);
  }
  return [...found.values()].map((reservation) => ({
    ...reservation,
    persistenceIds: reservation.resources.flatMap(({ disk }) => disk?.persistence?.id ?? []),
  }));
}

/** A disk of its own that a volume can be made of; undefined for everything else (raw blocks, what is reserved). */
function diskOf(resource: Resource): OfferedDisk | undefined {
  const { name, disk, reservations = [], role = '*', scalar } = resource;
  const source = disk?.source;
  if (name !== 'disk' || source === undefined || disk?.persistence !== undefined || isOutOfReach(resource))
    return undefined;
  if (reservations.length > 0 || role !== '*' || scalar === undefined) return undefined;
  if (source.type !== 'PATH' && source.type !== 'MOUNT') return undefined;
  const root = source.type === 'PATH' ? source.path?.root : source.mount?.root;
  return {
    type: source.type === 'PATH' ? 'path' : 'mount',
    ...(root === undefined ? {} : { root }),
    ...(source.profile === undefined ? {} : { profileName: source.profile }),
    sizeMib: scalar.value,
    resource,
  };
}

/** The unreserved disks of their own among resources. */
export function disksIn(resources: readonly Resource[]): readonly OfferedDisk[] {
  return resources.flatMap((resource) => diskOf(resource) ?? []);
}
