import { parseIpAddress } from '../../../common/ip-address.js';
import type { TaskStatus } from '../../../mesos/types.js';
import type { IpAddress } from '../../model/instance.js';
import type { TaskStatusUpdate } from '../../model/task-status.js';

function ipAddressesOf(status: TaskStatus): IpAddress[] {
  const addresses = (status.container_status?.network_infos ?? []).flatMap((n) => n.ip_addresses ?? []);
  return addresses.flatMap(({ ip_address: text = '' }) => {
    const parsed = parseIpAddress(text);
    return parsed === undefined
      ? []
      : [{ ipAddress: parsed.address, protocol: parsed.family === 4 ? ('IPv4' as const) : ('IPv6' as const) }];
  });
}

/** A status of Mesos as the core sees it. */
export function statusUpdateOf(status: TaskStatus): TaskStatusUpdate {
  return {
    taskId: status.task_id.value,
    state: status.state,
    message: status.message ?? '',
    ...(status.reason === undefined ? {} : { reason: status.reason }),
    ...(status.agent_id === undefined ? {} : { agentId: status.agent_id.value }),
    ...(status.timestamp === undefined ? {} : { timestampMs: Math.round(status.timestamp * 1000) }),
    ...(status.uuid === undefined ? {} : { uuid: status.uuid }),
    ...(status.healthy === undefined ? {} : { healthy: status.healthy }),
    ipAddresses: ipAddressesOf(status),
  };
}
