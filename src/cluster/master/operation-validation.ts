import type { Resource } from '../../mesos/types.js';
import { isSafeId } from '../framework-info.js';
import type { ResourceOperation } from '../resource-operations.js';
import { resourcesText } from '../resource-forms.js';
import type { ResourceEntry, Resources } from '../resources.js';
import {
  isDynamicallyReserved,
  containsResources,
  isPersistentVolume,
  noResources,
  parseResources,
  reservationRole,
  withIdentity,
} from '../resources.js';

/** Who wants an operation: a framework on what it was offered, or an operator on what nobody has. */
export interface OperationAsker {
  /** The role that the resources are allocated to; undefined = an operator. */
  readonly role: string | undefined;
  readonly frameworkRoles: readonly string[];
  /** What the agent has altogether. */
  readonly total: Resources;
  /** What tasks and executors on the agent use. */
  readonly used: Resources;
}

const textOf = (entry: ResourceEntry, role: string | undefined): string => resourcesText(new Map([['', entry]]), role);

/** What must not be in an operation of this cluster, whose agents have no resource providers and share nothing. */
function unsupported(resource: Resource): string | undefined {
  if (resource.revocable !== undefined) return `revocable resources are not supported: ${resource.name}`;
  if (resource.shared !== undefined) return `shared resources are not supported: ${resource.name}`;
  if (resource.provider_id !== undefined) return `resource providers are not supported: ${resource.name}`;
  return undefined;
}

/** What is wrong with resources by themselves, whatever is to be done with them. */
function resourcesProblem(resources: Iterable<ResourceEntry>, role: string | undefined): string | undefined {
  for (const entry of resources) {
    for (const { role: reserved } of entry.reservations) {
      if (reserved === undefined || reserved === '*') {
        return `Invalid reservation: role "*" cannot be reserved: ${textOf(entry, role)}`;
      }
    }
    const { disk } = entry;
    if (disk === undefined) continue;
    if (disk.persistence === undefined) {
      if (disk.volume !== undefined) return 'Invalid DiskInfo: Non-persistent volume not supported';
      if (disk.source === undefined) return 'Invalid DiskInfo: DiskInfo is set but empty';
      continue;
    }
    if (reservationRole(entry) === undefined) {
      return 'Invalid DiskInfo: Persistent volumes cannot be created from unreserved resources';
    }
    if (disk.volume === undefined) return "Invalid DiskInfo: Expecting 'volume' to be set for persistent volume";
    if (disk.volume.host_path !== undefined) {
      return "Invalid DiskInfo: Expecting 'host_path' to be unset for persistent volume";
    }
    if (!isSafeId(disk.persistence.id)) {
      return `Invalid DiskInfo: Invalid persistence ID for persistent volume: '${disk.persistence.id.slice(0, 100)}' contains invalid characters`;
    }
  }
  return undefined;
}

function volumeProblem(volume: ResourceEntry, role: string | undefined): string | undefined {
  const { disk } = volume;
  if (disk === undefined) return `Not a persistent volume: Resource ${textOf(volume, role)} does not have DiskInfo`;
  if (disk.persistence === undefined) return "Not a persistent volume: 'persistence' is not set in DiskInfo";
  if (disk.volume?.mode === 'RO') return 'Not a persistent volume: Read-only persistent volume not supported';
  return undefined;
}

/** Persistence ids are unique per role on each agent. */
function uniqueIdProblem(volumes: Iterable<ResourceEntry>, total: Resources): string | undefined {
  const key = (entry: ResourceEntry): string => `${reservationRole(entry) ?? ''}\n${entry.disk?.persistence?.id ?? ''}`;
  const known = new Set([...total.values()].filter(isPersistentVolume).map(key));
  for (const volume of volumes) {
    if (known.has(key(volume))) return `Persistence ID '${volume.disk?.persistence?.id ?? ''}' is not unique`;
    known.add(key(volume));
  }
  return undefined;
}

function reserveProblem(entry: ResourceEntry, { role, frameworkRoles }: OperationAsker): string | undefined {
  if (!isDynamicallyReserved(entry)) return `Resource ${textOf(entry, role)} is not dynamically reserved`;
  if (role === undefined) return undefined;
  const reserved = reservationRole(entry) ?? '*';
  if (reserved !== role) {
    return (
      `A reserve operation was attempted for a resource with role '${reserved}', ` +
      `but the resource was allocated to role '${role}'`
    );
  }
  if (!frameworkRoles.includes(role)) {
    return (
      `A reserve operation was attempted for a resource allocated to role '${role}', ` +
      `but the framework only has roles '${frameworkRoles.join(', ')}'`
    );
  }
  return undefined;
}

function unreserveProblem(entry: ResourceEntry, { role }: OperationAsker): string | undefined {
  if (!isDynamicallyReserved(entry)) return `Resource ${textOf(entry, role)} is not dynamically reserved`;
  if (!isPersistentVolume(entry)) return undefined;
  return (
    `A dynamically reserved persistent volume ${textOf(entry, role)} cannot be unreserved directly. ` +
    'Please destroy the persistent volume first then unreserve the resource'
  );
}

function destroyProblem(volume: ResourceEntry, { total, used }: OperationAsker): string | undefined {
  const has = (resources: Resources): boolean =>
    [...resources.values()].some(
      ({ disk, reservations }) =>
        disk?.persistence?.id === volume.disk?.persistence?.id && reservations.at(-1)?.role === reservationRole(volume),
    );
  if (!has(total)) return 'Persistent volumes not found';
  return has(used) ? 'Persistent volumes in use' : undefined;
}

function listOf(operation: ResourceOperation): readonly Resource[] {
  switch (operation.type) {
    case 'RESERVE':
      return operation.reserve.resources;
    case 'UNRESERVE':
      return operation.unreserve.resources;
    case 'CREATE':
      return operation.create.volumes;
    case 'DESTROY':
      return operation.destroy.volumes;
  }
}

/** A reservation may be made of another one, as long as it is of the same amounts. */
function sourceProblem(operation: ResourceOperation): string | undefined {
  if (operation.type !== 'RESERVE') return undefined;
  const { source = [], resources } = operation.reserve;
  if (source.length === 0) return undefined;
  const bare = (list: readonly Resource[]): Resources =>
    withIdentity(parseResources(list).values(), () => ({ reservations: [] }));
  const [from, to] = [bare(source), bare(resources)];
  if (containsResources(from, to) && containsResources(to, from)) return undefined;
  return (
    'Source and target resources should refer to identical resource quantities: ' +
    `${resourcesText(from, undefined)} vs. ${resourcesText(to, undefined)}`
  );
}

function first<T>(list: Iterable<T>, problemOf: (item: T) => string | undefined): string | undefined {
  for (const item of list) {
    const problem = problemOf(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * What is wrong with an operation, in Mesos' words; undefined when nothing is. Whether there is enough of the resources is
 * another question. Throws InvalidResourcesError.
 */
export function operationProblem(operation: ResourceOperation, asker: OperationAsker): string | undefined {
  const given = listOf(operation);
  const odd = first(given, unsupported);
  if (odd !== undefined) return `Invalid resources: ${odd}`;
  const allocatedTo = given.find((r) => r.allocation_info !== undefined && r.allocation_info.role !== asker.role);
  if (allocatedTo !== undefined && asker.role === undefined) {
    return (
      'A reserve operation was attempted with an allocated resource, ' +
      'but the operator API only allows reservations to be made to unallocated resources'
    );
  }
  if (allocatedTo !== undefined) {
    return (
      `The resources have multiple allocation roles ('${allocatedTo.allocation_info?.role ?? ''}' and '${asker.role ?? ''}') ` +
      'but only one allocation role is allowed'
    );
  }
  const entries = [...(given.length === 0 ? noResources : parseResources(given)).values()];
  const invalid = resourcesProblem(entries, asker.role) ?? sourceProblem(operation);
  if (invalid !== undefined) return `Invalid resources: ${invalid}`;
  switch (operation.type) {
    case 'RESERVE':
      return first(entries, (entry) => reserveProblem(entry, asker));
    case 'UNRESERVE':
      return first(entries, (entry) => unreserveProblem(entry, asker));
    case 'CREATE':
      return first(entries, (entry) => volumeProblem(entry, asker.role)) ?? uniqueIdProblem(entries, asker.total);
    case 'DESTROY':
      return (
        first(entries, (entry) => volumeProblem(entry, asker.role)) ??
        first(entries, (entry) => destroyProblem(entry, asker))
      );
  }
}
