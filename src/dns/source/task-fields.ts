import type { Range } from '../../mesos/types.js';
import type { ContainerAddresses, ViewPort, ViewTask } from '../records/view.js';
import { fieldsOf, listOf, numberOf, textOf } from './read-json.js';

/** Parts of a task that the v1 API and `/master/state` write alike. */

/** Sorts ranges and joins those that overlap or touch. */
export function joinRanges(ranges: readonly Range[]): Range[] {
  const joined: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.begin - b.begin)) {
    const last = joined.at(-1);
    if (last !== undefined && range.begin <= last.end + 1) {
      joined[joined.length - 1] = { begin: last.begin, end: Math.max(last.end, range.end) };
    } else {
      joined.push(range);
    }
  }
  return joined;
}

/** A DiscoveryInfo; anything else is an empty one. */
export function discoveryOf(value: unknown): ViewTask['discovery'] {
  const { name, ports } = fieldsOf(value);
  return {
    name: textOf(name) ?? '',
    ports: listOf(fieldsOf(ports).ports).flatMap((item): ViewPort[] => {
      const port = fieldsOf(item);
      const number = numberOf(port.number);
      if (number === undefined) return [];
      const isOfHost = labelsOf(port.labels, 'network-scope').includes('host');
      return [{ number, name: textOf(port.name) ?? '', protocol: textOf(port.protocol) ?? '', isOfHost }];
    }),
  };
}

/** The values of a label, in either of the two forms that Mesos writes labels in. */
function labelsOf(labels: unknown, key: string): string[] {
  const list = Array.isArray(labels) ? labels : listOf(fieldsOf(labels).labels);
  return list.flatMap((item) => {
    const label = fieldsOf(item);
    return label.key === key ? (textOf(label.value) ?? []) : [];
  });
}

/** The CNI network by which containers of type MESOS get what Docker calls a bridge, by convention of Marathon. */
const bridgeNetworkName = 'mesos-bridge';

/** Whether a ContainerInfo puts its task into a bridge of the agent. */
export function isBridged(value: unknown): boolean {
  const container = fieldsOf(value);
  if (container.type === 'DOCKER') return fieldsOf(container.docker).network === 'BRIDGE';
  return listOf(container.network_infos).some((network) => fieldsOf(network).name === bridgeNetworkName);
}

const noAddresses: ContainerAddresses = { netinfo: [], docker: [], mesos: [] };

/** The addresses a status tells: its NetworkInfos, and the labels that old Mesos and Docker containerizers set. */
export function statusAddresses(value: unknown): ContainerAddresses {
  const status = fieldsOf(value);
  const netinfo = listOf(fieldsOf(status.container_status).network_infos).flatMap((item) => {
    const network = fieldsOf(item);
    const several = listOf(network.ip_addresses);
    const texts = several.length > 0 ? several.map((ip) => fieldsOf(ip).ip_address) : [network.ip_address];
    return texts.flatMap((text) => textOf(text) ?? []);
  });
  return {
    netinfo,
    docker: labelsOf(status.labels, 'Docker.NetworkSettings.IPAddress'),
    mesos: labelsOf(status.labels, 'MesosContainerizer.NetworkSettings.IPAddress'),
  };
}

/** The time of a status in seconds since 1970; 0 when it does not say. */
export function statusTime(value: unknown): number {
  return numberOf(fieldsOf(value).timestamp) ?? 0;
}

/** What of a task is told by its newest TASK_RUNNING status alone. */
export type RunningFields = Pick<ViewTask, 'addresses' | 'addressesAt' | 'unhealthy'>;

/** What a TASK_RUNNING status says. */
export function runningFields(status: unknown): RunningFields {
  return {
    addresses: statusAddresses(status),
    addressesAt: statusTime(status),
    ...(fieldsOf(status).healthy === false ? { unhealthy: true } : {}),
  };
}

/** What the newest TASK_RUNNING status says; an older one is never consulted. */
export function newestRunning(statuses: unknown): RunningFields {
  let newest: unknown;
  let at = -1;
  for (const status of listOf(statuses)) {
    if (fieldsOf(status).state !== 'TASK_RUNNING' || statusTime(status) <= at) continue;
    newest = status;
    at = statusTime(status);
  }
  return newest === undefined ? { addresses: noAddresses, addressesAt: -1 } : runningFields(newest);
}
