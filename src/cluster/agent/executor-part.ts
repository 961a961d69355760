import type { ContainerStatus, NetworkInfo, TaskInfo, TaskState, TaskStatus } from '../../mesos/types.js';
import { isTerminal } from '../../mesos/types.js';
import { initialCheckStatus } from './checks/task-checks.js';

/** What an executor adds to the updates of its tasks. */
export type ExecutorPart = Pick<TaskStatus, 'source' | 'container_status' | 'check_status'>;

export interface ExecutorFacts {
  readonly info: TaskInfo;
  readonly containerId: string;
  /** The container of the group that the task belongs to. */
  readonly groupContainerId: string | undefined;
  /** IP addresses of its own, or of its group. */
  readonly addresses: readonly string[];
  /** The address that it has otherwise; undefined = none. */
  readonly agentIp: string | undefined;
  readonly executorPid: number | undefined;
}

function networkInfos({ addresses, agentIp }: ExecutorFacts): readonly NetworkInfo[] | undefined {
  const shown = addresses.length > 0 ? addresses : agentIp === undefined ? [] : [agentIp];
  if (shown.length === 0) return undefined;
  return [
    {
      ip_addresses: shown.map((ip_address) => ({
        protocol: ip_address.includes(':') ? ('IPv6' as const) : ('IPv4' as const),
        ip_address,
      })),
    },
  ];
}

/** What the executor says together with `state`: Mesos' default executor knows a container's network only while it runs. */
export function executorPart(state: TaskState, facts: ExecutorFacts): ExecutorPart {
  const isBare = facts.groupContainerId !== undefined && (state === 'TASK_STARTING' || isTerminal(state));
  const pid = isBare ? undefined : facts.executorPid;
  const networks = isBare ? undefined : networkInfos(facts);
  const check_status = initialCheckStatus(facts.info);
  const container_status: ContainerStatus = {
    container_id: {
      value: facts.containerId,
      ...(facts.groupContainerId === undefined ? {} : { parent: { value: facts.groupContainerId } }),
    },
    ...(networks === undefined ? {} : { network_infos: networks }),
    ...(pid === undefined ? {} : { executor_pid: pid }),
  };
  return { source: 'SOURCE_EXECUTOR', container_status, ...(check_status === undefined ? {} : { check_status }) };
}

/** What Mesos calls the executor of a single task. */
export function commandExecutorName(info: TaskInfo): string {
  const { value = '', shell = true, arguments: args = [] } = info.command ?? {};
  const command = shell ? `sh -c '${value}'` : [value, ...args.slice(1)].join(' ');
  const short = command.length > 30 ? `${command.slice(0, 27)}...${shell ? "'" : ''}` : command;
  return `Command Executor (Task: ${info.task_id.value}) (Command: ${short})`;
}
