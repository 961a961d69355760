import { parseIpAddress } from '../../../common/ip-address.js';
import type { CheckStatusInfo, TaskStatus } from '../../../mesos/types.js';
import type { CheckResult } from '../../model/check.js';
import type { IpAddress } from '../../model/instance.js';
import type { TaskStatusUpdate } from '../../model/task-status.js';

function ipAddressesOf(status: TaskStatus): IpAddress[] {
  return (status.container_status?.network_infos ?? []).flatMap(({ name, ip_addresses: addresses = [] }) =>
    addresses.flatMap(({ ip_address: text = '' }): readonly IpAddress[] => {
      const parsed = parseIpAddress(text);
      if (parsed === undefined) return [];
      const protocol = parsed.family === 4 ? 'IPv4' : 'IPv6';
      return [{ ipAddress: parsed.address, protocol, ...(name === undefined ? {} : { network: name }) }];
    }),
  );
}

/** The result of a check; undefined while there is none, or when the check could not be done. */
function checkResultOf({ http, tcp, command }: CheckStatusInfo): CheckResult | undefined {
  if (http?.status_code !== undefined) return { http: { statusCode: http.status_code } };
  if (tcp?.succeeded !== undefined) return { tcp: { succeeded: tcp.succeeded } };
  if (command?.exit_code !== undefined) return { command: { exitCode: command.exit_code } };
  return undefined;
}

/** What a status says of the check of its task; nothing when that has none. */
function checkOf({ check_status: status }: TaskStatus): Pick<TaskStatusUpdate, 'check'> {
  if (status === undefined) return {};
  const result = checkResultOf(status);
  return { check: result === undefined ? {} : { result } };
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
    ...checkOf(status),
    ipAddresses: ipAddressesOf(status),
  };
}
