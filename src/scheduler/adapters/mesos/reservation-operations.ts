import type { OfferOperation as MesosOperation, Resource, ResourceReservation } from '../../../mesos/types.js';
import type { NewReservation, NewVolume, OfferedReservation } from '../../model/offer.js';
import { labelsOf } from './labels.js';
import { isPersistentVolume, isResource, reservationLabels } from './reservations.js';

/** Who takes resources: in the role that they were offered to, under the framework's principal if it has one. */
export interface Reserver {
  readonly role: string;
  readonly principal?: string | undefined;
}

const principalOf = ({ principal }: Reserver): { principal?: string } => (principal === undefined ? {} : { principal });

/** Resources of one kind that are reserved together: those of the agent itself, or one disk beside. */
interface Lot {
  readonly plain: readonly Resource[];
  readonly volumes: readonly Resource[];
}

/** The amounts without any volume, and each volume with what it is made of, as they are when they are reserved. */
function lotsOf(reservation: NewReservation, reserver: Reserver): readonly Lot[] {
  const { frameworkId, instanceId, role, cpus, memMib, diskMib, gpus, volumes } = reservation;
  const labels = labelsOf({ [reservationLabels.framework]: frameworkId, [reservationLabels.instance]: instanceId });
  const reservations: readonly ResourceReservation[] = [{ type: 'DYNAMIC', role, ...principalOf(reserver), ...labels }];
  const allocated = { allocation_info: { role: reserver.role }, reservations };
  const scalar = (name: string, value: number): Resource[] =>
    value === 0 ? [] : [{ name, type: 'SCALAR', scalar: { value }, ...allocated }];
  const diskOf = ({ sizeMib, disk }: NewVolume): Resource => {
    const source = disk !== undefined && isResource(disk.resource) ? disk.resource : undefined;
    return { ...source, name: 'disk', type: 'SCALAR', scalar: { value: sizeMib }, ...allocated };
  };
  const created = (volume: NewVolume): Resource => {
    const disk = diskOf(volume);
    const { persistenceId: id, containerPath } = volume;
    const persistence = { id, ...principalOf(reserver) };
    return { ...disk, disk: { ...disk.disk, persistence, volume: { mode: 'RW', container_path: containerPath } } };
  };
  const onRoot = volumes.filter(({ disk }) => disk === undefined);
  const rootDiskMib = onRoot.reduce((sum, { sizeMib }) => sum + sizeMib, diskMib);
  return [
    {
      plain: [
        ...scalar('cpus', cpus),
        ...scalar('mem', memMib),
        ...scalar('disk', rootDiskMib),
        ...scalar('gpus', gpus),
      ],
      volumes: onRoot.map(created),
    },
    // Mesos wants the resources of an operation to be of one provider
    ...volumes
      .filter(({ disk }) => disk !== undefined)
      .map((volume) => ({ plain: [diskOf(volume)], volumes: [created(volume)] })),
  ];
}

export function reserveOperations(reservation: NewReservation, reserver: Reserver): MesosOperation[] {
  return lotsOf(reservation, reserver).flatMap(({ plain }) =>
    plain.length === 0 ? [] : [{ type: 'RESERVE', reserve: { resources: plain } }],
  );
}

export function createOperations(reservation: NewReservation, reserver: Reserver): MesosOperation[] {
  return lotsOf(reservation, reserver).flatMap(({ volumes }) =>
    volumes.length === 0 ? [] : [{ type: 'CREATE', create: { volumes } }],
  );
}

/** The resources of a reservation by their provider, those of the agent itself first. */
function byProvider(resources: readonly Resource[]): readonly (readonly Resource[])[] {
  const groups = new Map<string, Resource[]>([['', []]]);
  for (const resource of resources) {
    const provider = resource.provider_id?.value ?? '';
    const group = groups.get(provider);
    if (group === undefined) groups.set(provider, [resource]);
    else group.push(resource);
  }
  return [...groups.values()].filter((group) => group.length > 0);
}

export function destroyOperations({ resources }: OfferedReservation): MesosOperation[] {
  return byProvider(resources.filter(isResource).filter(isPersistentVolume)).map((volumes) => ({
    type: 'DESTROY',
    destroy: { volumes },
  }));
}

/** A volume as the disk that is left of it. */
function withoutVolume(resource: Resource): Resource {
  const { disk, ...rest } = resource;
  const { persistence, volume, ...source } = disk ?? {};
  return Object.keys(source).length === 0 ? rest : { ...rest, disk: source };
}

export function unreserveOperations({ resources }: OfferedReservation): MesosOperation[] {
  return byProvider(resources.filter(isResource).map(withoutVolume)).map((group) => ({
    type: 'UNRESERVE',
    unreserve: { resources: group },
  }));
}
