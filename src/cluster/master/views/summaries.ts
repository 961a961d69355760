import type { TaskState } from '../../../mesos/types.js';
import { attributeValue } from '../../attribute-form.js';
import { resourceTotals, wireResources } from '../../resource-forms.js';
import { addResources, noResources, sumResources } from '../../resources.js';
import type { Agent, ExecutorRecord, Framework, MasterState, TaskRecord } from '../state.js';
import { agentCapabilities, mesosVersion } from '../../version.js';
import type { VersionInfo } from '../../version.js';
import { drainInfo } from './operator.js';
import type { Executors } from './usage.js';
import {
  executorsByFramework,
  offeredOnAgent,
  offeredToFramework,
  sumOf,
  usedByFramework,
  usedOnAgent,
  wireByRole,
} from './usage.js';

/** The pictures of the state that Mesos' older endpoints show: `/state`, `/slaves`, `/frameworks`, `/tasks`, `/state-summary`. */

function agentSummary(agent: Agent): object {
  const { info, pid } = agent.registration;
  const totals = resourceTotals(agent.total);
  return {
    id: agent.id,
    hostname: info.hostname,
    port: info.port,
    attributes: Object.fromEntries((info.attributes ?? []).map((a) => [a.name, attributeValue(a)])),
    ...(info.domain === undefined ? {} : { domain: info.domain }),
    pid,
    registered_time: agent.registeredAtMs / 1000,
    ...(agent.reregisteredAtMs === undefined ? {} : { reregistered_time: agent.reregisteredAtMs / 1000 }),
    resources: totals,
    used_resources: resourceTotals(sumOf(usedOnAgent(agent))),
    offered_resources: resourceTotals(sumOf(offeredOnAgent(agent))),
    ...reservedTotals(agent),
    active: !agent.deactivated,
    deactivated: agent.deactivated,
    version: mesosVersion,
    capabilities: agentCapabilities.map(({ type }) => type),
    ...(agent.drain === undefined
      ? {}
      : {
          drain_info: drainInfo(agent.drain),
          estimated_drain_start_time_seconds: agent.drain.startedAtMs / 1000,
        }),
  };
}

/** Its resources by the role they are reserved for; `''` = unreserved. */
function byReservation(agent: Agent): Map<string, Agent['total']> {
  const parts = new Map<string, Agent['total']>();
  for (const [key, entry] of agent.total) {
    const role = entry.reservations.at(-1)?.role ?? '';
    parts.set(role, addResources(parts.get(role) ?? noResources, new Map([[key, entry]])));
  }
  return parts;
}

function reservedTotals(agent: Agent): object {
  const parts = byReservation(agent);
  const unreserved = parts.get('') ?? noResources;
  parts.delete('');
  return {
    reserved_resources: Object.fromEntries([...parts].map(([role, part]) => [role, resourceTotals(part)])),
    unreserved_resources: resourceTotals(unreserved),
  };
}

function reservedFull(agent: Agent): object {
  const parts = byReservation(agent);
  const unreserved = parts.get('') ?? noResources;
  parts.delete('');
  const list = (part: Agent['total']): object[] => wireResources(part, { withRole: true });
  return {
    reserved_resources_full: Object.fromEntries([...parts].map(([role, part]) => [role, list(part)])),
    unreserved_resources_full: list(unreserved),
  };
}

/** `GET /slaves`; with `slaveId` only that one. */
export function slaves(state: MasterState, slaveId: string | undefined): object {
  const wanted = [...state.agents.values()].filter((agent) => slaveId === undefined || agent.id === slaveId);
  return {
    slaves: wanted.map((agent) => ({
      ...agentSummary(agent),
      ...reservedFull(agent),
      used_resources_full: wireByRole(usedOnAgent(agent)),
      offered_resources_full: wireByRole(offeredOnAgent(agent)),
    })),
    recovered_slaves: [],
  };
}

function taskSummary(task: TaskRecord): object {
  const { fixed } = task;
  return {
    id: fixed.task_id.value,
    name: fixed.name,
    framework_id: fixed.framework_id.value,
    executor_id: fixed.executor_id?.value ?? '',
    slave_id: fixed.agent_id.value,
    state: task.state,
    resources: resourceTotals(task.resources),
    role: task.role,
    statuses: task.statuses.map((status) => {
      const { container_id, network_infos } = status.container_status ?? {};
      return {
        state: status.state,
        timestamp: status.timestamp,
        ...(status.labels === undefined ? {} : { labels: status.labels.labels }),
        ...(status.container_status === undefined
          ? {}
          : {
              container_status: {
                ...(container_id === undefined ? {} : { container_id }),
                ...(network_infos === undefined ? {} : { network_infos }),
              },
            }),
        ...(status.healthy === undefined ? {} : { healthy: status.healthy }),
      };
    }),
    ...(fixed.user === undefined ? {} : { user: fixed.user }),
    ...(fixed.labels === undefined ? {} : { labels: fixed.labels.labels }),
    ...(fixed.discovery === undefined ? {} : { discovery: fixed.discovery }),
    ...(fixed.container === undefined ? {} : { container: fixed.container }),
    ...(fixed.health_check === undefined ? {} : { health_check: fixed.health_check }),
  };
}

function executorSummary({ info, agentId, frameworkId, role, resources }: ExecutorRecord): object {
  return {
    executor_id: info.executor_id.value,
    name: info.name ?? '',
    framework_id: frameworkId,
    command: { argv: [], uris: [] },
    resources: resourceTotals(resources),
    role,
    ...(info.labels === undefined ? {} : { labels: info.labels.labels }),
    type: info.type,
    slave_id: agentId,
  };
}

/** What `/state` and `/state-summary` both say of a framework. */
function frameworkSummary(framework: Framework, executors: Executors): object {
  const { info } = framework;
  const connected = framework.streamId !== undefined;
  return {
    id: framework.id,
    name: info.name,
    used_resources: resourceTotals(sumOf(usedByFramework(framework, executors))),
    offered_resources: resourceTotals(sumOf(offeredToFramework(framework))),
    capabilities: [...framework.capabilities],
    hostname: info.hostname ?? '',
    webui_url: info.webui_url ?? '',
    active: connected,
    connected,
    recovered: framework.recovered,
  };
}

function frameworkFull(framework: Framework, executors: Executors): object {
  const { info, registeredAtMs, reregisteredAtMs } = framework;
  const multiRole = framework.capabilities.has('MULTI_ROLE');
  return {
    ...frameworkSummary(framework, executors),
    user: info.user,
    failover_timeout: info.failover_timeout ?? 0,
    checkpoint: info.checkpoint ?? false,
    registered_time: registeredAtMs / 1000,
    unregistered_time: (framework.unregisteredAtMs ?? 0) / 1000,
    ...(info.principal === undefined ? {} : { principal: info.principal }),
    resources: resourceTotals(
      sumResources([sumOf(usedByFramework(framework, executors)), sumOf(offeredToFramework(framework))]),
    ),
    ...(reregisteredAtMs === registeredAtMs ? {} : { reregistered_time: reregisteredAtMs / 1000 }),
    ...(multiRole ? { roles: framework.roles } : { role: framework.roles[0] }),
    tasks: [...framework.tasks.values()].map(taskSummary),
    unreachable_tasks: [...framework.unreachableTasks.values()].map(taskSummary),
    completed_tasks: framework.completedTasks.map(taskSummary),
    offers: [...framework.offers.values()].map((offer) => ({
      id: offer.id,
      framework_id: offer.frameworkId,
      allocation_info: { role: offer.role },
      slave_id: offer.agentId,
      resources: resourceTotals(offer.resources),
    })),
    executors: (executors.get(framework.id) ?? []).map(executorSummary),
    ...(info.labels === undefined ? {} : { labels: info.labels.labels }),
    offer_constraints: framework.constraints.given,
  };
}

/** `GET /frameworks`; with `frameworkId` only that one. */
export function frameworks(state: MasterState, frameworkId: string | undefined): object {
  const executors = executorsByFramework(state);
  const wanted = (list: Iterable<Framework>): object[] =>
    [...list]
      .filter((f) => frameworkId === undefined || f.id === frameworkId)
      .map((framework) => frameworkFull(framework, executors));
  return {
    frameworks: wanted(state.frameworks.values()),
    completed_frameworks: wanted(state.completedFrameworks.values()),
    unregistered_frameworks: [],
  };
}

export interface TasksQuery {
  readonly limit: number;
  readonly offset: number;
  readonly order: 'asc' | 'des';
  readonly frameworkId: string | undefined;
  readonly taskId: string | undefined;
}

/** `GET /tasks`: by the time of the first status, newest first unless asked otherwise; tasks without one are the newest. */
export function tasks(state: MasterState, query: TasksQuery): object {
  const all = [...state.frameworks.values(), ...state.completedFrameworks.values()]
    .filter((f) => query.frameworkId === undefined || f.id === query.frameworkId)
    .flatMap((f) => [...f.tasks.values(), ...f.unreachableTasks.values(), ...f.completedTasks])
    .filter((task) => query.taskId === undefined || task.fixed.task_id.value === query.taskId)
    .map((task) => ({ task, first: task.statuses[0]?.timestamp ?? Number.MAX_VALUE }))
    .sort((a, b) => (query.order === 'asc' ? a.first - b.first : b.first - a.first));
  return { tasks: all.slice(query.offset, query.offset + query.limit).map(({ task }) => taskSummary(task)) };
}

/** What the process says of itself beside the state. */
export interface MasterFacts {
  readonly version: VersionInfo;
  readonly flags: Readonly<Record<string, string>>;
}

/** `GET /state`. */
export function stateFull(state: MasterState, { version, flags }: MasterFacts): object {
  const { info } = state;
  const listed = frameworks(state, undefined) as { frameworks: object[]; completed_frameworks: object[] };
  return {
    ...version,
    start_time: state.startedAtMs / 1000,
    elected_time: (state.electedAtMs ?? state.startedAtMs) / 1000,
    id: info.id,
    pid: info.pid,
    hostname: info.hostname,
    capabilities: (info.capabilities ?? []).map(({ type }) => type),
    ...(state.domain === undefined ? {} : { domain: state.domain }),
    activated_slaves: [...state.agents.values()].filter(({ deactivated }) => !deactivated).length,
    deactivated_slaves: [...state.agents.values()].filter(({ deactivated }) => deactivated).length,
    unreachable_slaves: state.unreachableAgents.size,
    leader: info.pid,
    leader_info: { id: info.id, pid: info.pid, port: info.port, hostname: info.hostname },
    flags,
    slaves: [...state.agents.values()].map((agent) => agentSummary(agent)),
    recovered_slaves: [],
    frameworks: listed.frameworks,
    completed_frameworks: listed.completed_frameworks,
    orphan_tasks: [],
    unregistered_frameworks: [],
  };
}

const countedStates: readonly TaskState[] = [
  'TASK_STAGING',
  'TASK_STARTING',
  'TASK_RUNNING',
  'TASK_KILLING',
  'TASK_FINISHED',
  'TASK_KILLED',
  'TASK_FAILED',
  'TASK_LOST',
  'TASK_ERROR',
  'TASK_UNREACHABLE',
];

interface TaskCounts {
  readonly states: Record<string, number>;
  readonly peers: Set<string>;
}

/** Counts tasks by state for agents (with their frameworks) and frameworks (with their agents) in one pass. */
function countTasks(state: MasterState): (id: string) => TaskCounts {
  const counts = new Map<string, TaskCounts>();
  const of = (id: string): TaskCounts => {
    const known = counts.get(id) ?? {
      states: Object.fromEntries(countedStates.map((s) => [s, 0])),
      peers: new Set<string>(),
    };
    counts.set(id, known);
    return known;
  };
  for (const framework of state.frameworks.values()) {
    for (const task of [
      ...framework.tasks.values(),
      ...framework.unreachableTasks.values(),
      ...framework.completedTasks,
    ]) {
      const agentId = task.fixed.agent_id.value;
      for (const [id, peer] of [
        [agentId, framework.id],
        [framework.id, agentId],
      ] as const) {
        const { states, peers } = of(id);
        if (task.state in states) states[task.state] = (states[task.state] ?? 0) + 1;
        peers.add(peer);
      }
    }
  }
  return of;
}

/** `GET /state-summary`. */
export function stateSummary(state: MasterState): object {
  const counts = countTasks(state);
  const executors = executorsByFramework(state);
  return {
    hostname: state.info.hostname,
    slaves: [...state.agents.values()].map((agent) => {
      const { states, peers } = counts(agent.id);
      return { ...agentSummary(agent), ...states, framework_ids: [...peers] };
    }),
    frameworks: [...state.frameworks.values()].map((framework) => {
      const { states, peers } = counts(framework.id);
      return { ...frameworkSummary(framework, executors), ...states, slave_ids: [...peers] };
    }),
  };
}
