import type { StreamLeader } from '../../mesos/operator-stream.js';
import type { FrameworkInfo, OperatorAgent, OperatorState, Range, Resource, Task } from '../../mesos/types.js';
import { parseHostPort, parsePid } from '../records/host-port.js';
import type { HostPort, ViewAgent, ViewFramework, ViewTask } from '../records/view.js';
import { fieldsOf, listOf, numberOf, textOf } from './read-json.js';
import type { Snapshot } from './snapshot.js';
import { discoveryOf, isBridged, joinRanges, newestRunning } from './task-fields.js';

/** From the v1 operator API. Each function gives undefined for an item without what it needs. */

const defaultAgentPort = 5051;

function valueOf(id: unknown): string | undefined {
  return textOf(fieldsOf(id).value);
}

export function agentFromOperator(agent: OperatorAgent): ViewAgent | undefined {
  const info = fieldsOf(fieldsOf(agent).agent_info);
  const id = valueOf(info.id);
  const hostname = textOf(info.hostname);
  const fromPid = parsePid(textOf(fieldsOf(agent).pid) ?? '');
  const fromInfo =
    hostname === undefined ? undefined : { host: hostname, port: numberOf(info.port) ?? defaultAgentPort };
  const address = fromPid ?? fromInfo;
  if (id === undefined || address === undefined) return undefined;
  return { id, address, ...(hostname === undefined ? {} : { hostname }) };
}

export function frameworkFromOperator(value: FrameworkInfo): ViewFramework | undefined {
  const info = fieldsOf(value);
  const id = valueOf(info.id);
  const name = textOf(info.name);
  if (id === undefined || name === undefined) return undefined;
  return { id, name, pid: undefined, hostname: textOf(info.hostname) };
}

function portRanges(resources: readonly Resource[]): Range[] {
  return joinRanges(
    listOf(resources).flatMap((item) => {
      const resource = fieldsOf(item);
      if (resource.name !== 'ports') return [];
      return listOf(fieldsOf(resource.ranges).range).flatMap((range) => {
        const begin = numberOf(fieldsOf(range).begin);
        const end = numberOf(fieldsOf(range).end);
        return begin === undefined || end === undefined ? [] : [{ begin, end }];
      });
    }),
  );
}

export function taskFromOperator(task: Task): ViewTask | undefined {
  const fields = fieldsOf(task);
  const id = valueOf(fields.task_id);
  const frameworkId = valueOf(fields.framework_id);
  const agentId = valueOf(fields.agent_id);
  if (id === undefined || frameworkId === undefined || agentId === undefined) return undefined;
  return {
    id,
    frameworkId,
    agentId,
    name: textOf(fields.name) ?? '',
    running: fields.state === 'TASK_RUNNING',
    state: textOf(fields.state) ?? '',
    ports: portRanges(task.resources),
    discovery: discoveryOf(fields.discovery),
    isBridged: isBridged(fields.container),
    ...newestRunning(fields.statuses),
  };
}

/** A leader's address as it tells it itself; else where it was reached. */
export function leaderFromOperator({ info, authority }: StreamLeader): HostPort | undefined {
  const { ip, port } = fieldsOf(info?.address);
  const [host, number] = [textOf(ip), numberOf(port)];
  if (host !== undefined && number !== undefined) return { host, port: number };
  return parsePid(textOf(info?.pid) ?? '') ?? parseHostPort(authority);
}

export function snapshotFromOperator(state: OperatorState, leader: StreamLeader): Snapshot {
  const defined = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);
  const agents = fieldsOf(state.get_agents);
  return {
    agents: listOf(agents.agents).flatMap((agent) => defined(agentFromOperator(agent as OperatorAgent))),
    frameworks: listOf(state.get_frameworks?.frameworks).flatMap((framework) =>
      defined(frameworkFromOperator(fieldsOf(framework).framework_info as FrameworkInfo)),
    ),
    tasks: listOf(state.get_tasks?.tasks).flatMap((task) => defined(taskFromOperator(task as Task))),
    recoveredAgents: new Set(listOf(agents.recovered_agents).flatMap((info) => defined(valueOf(fieldsOf(info).id)))),
    leader: leaderFromOperator(leader),
    masterId: leader.info?.id,
    knowsPids: false,
  };
}
