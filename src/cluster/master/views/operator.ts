import type { Offer, OperatorAgent, OperatorFramework, OperatorState, Resource, Task } from '../../../mesos/types.js';
import { wireResources } from '../../resource-forms.js';
import type { Agent, Drain, Framework, MasterState, TaskRecord } from '../state.js';
import { agentCapabilities, mesosVersion } from '../../version.js';
import type { ByRole, Executors } from './usage.js';
import {
  executorsByFramework,
  offeredOnAgent,
  offeredToFramework,
  usedByFramework,
  usedOnAgent,
  wireByRole,
} from './usage.js';

/** The v1 operator API's pictures of the state (mesos/v1/master/master.proto). Lists that are empty are left out, as there. */

function time(ms: number): { readonly nanoseconds: number } {
  return { nanoseconds: ms * 1e6 };
}

function usage(used: ByRole, offered: ByRole): { allocated_resources?: Resource[]; offered_resources?: Resource[] } {
  return {
    ...(used.size === 0 ? {} : { allocated_resources: wireByRole(used) }),
    ...(offered.size === 0 ? {} : { offered_resources: wireByRole(offered) }),
  };
}

export function operatorTask(task: TaskRecord): Task {
  return {
    ...task.fixed,
    state: task.state,
    ...(task.statuses.length === 0 ? {} : { statuses: [...task.statuses] }),
    ...(task.statusUpdate === undefined
      ? {}
      : { status_update_state: task.statusUpdate.state, status_update_uuid: task.statusUpdate.uuid }),
  };
}

/** A framework as FRAMEWORK_ADDED and FRAMEWORK_UPDATED carry it (`event`), or as GET_FRAMEWORKS lists it. */
export function operatorFramework(
  framework: Framework,
  form: { readonly event: true } | { readonly event: false; readonly executors: Executors },
): OperatorFramework & { offers?: Offer[]; offer_constraints?: object } {
  const connected = framework.streamId !== undefined;
  const { unregisteredAtMs, offers } = framework;
  return {
    framework_info: framework.info,
    active: connected,
    connected,
    recovered: framework.recovered,
    registered_time: time(framework.registeredAtMs),
    reregistered_time: time(framework.reregisteredAtMs),
    ...(form.event || unregisteredAtMs !== undefined ? { unregistered_time: time(unregisteredAtMs ?? 0) } : {}),
    ...(form.event
      ? {}
      : {
          ...(offers.size === 0 ? {} : { offers: [...offers.values()].map(({ offer }) => offer) }),
          ...usage(usedByFramework(framework, form.executors), offeredToFramework(framework)),
          offer_constraints: framework.constraints.given,
        }),
  };
}

/** `DrainInfo` */
export function drainInfo({ state, maxGraceNanoseconds, markGone }: Drain): object {
  return {
    state,
    config: {
      ...(maxGraceNanoseconds === undefined ? {} : { max_grace_period: { nanoseconds: maxGraceNanoseconds } }),
      mark_gone: markGone,
    },
  };
}

/** An agent as AGENT_ADDED carries it. */
export function operatorAgent(agent: Agent): OperatorAgent {
  const { info, pid } = agent.registration;
  return {
    agent_info: info,
    active: !agent.deactivated,
    deactivated: agent.deactivated,
    version: mesosVersion,
    pid,
    registered_time: time(agent.registeredAtMs),
    ...(agent.reregisteredAtMs === undefined ? {} : { reregistered_time: time(agent.reregisteredAtMs) }),
    total_resources: wireResources(agent.total, { withRole: true }),
    capabilities: agentCapabilities,
    ...(agent.drain === undefined
      ? {}
      : {
          drain_info: drainInfo(agent.drain),
          estimated_drain_start_time: time(agent.drain.startedAtMs),
        }),
  };
}

/** GET_AGENTS. */
export function getAgents(state: MasterState): Required<NonNullable<OperatorState['get_agents']>> {
  return {
    agents: [...state.agents.values()].map((agent) => ({
      ...operatorAgent(agent),
      ...usage(usedOnAgent(agent), offeredOnAgent(agent)),
    })),
    recovered_agents: [],
  };
}

/** GET_FRAMEWORKS. */
export function getFrameworks(state: MasterState): NonNullable<OperatorState['get_frameworks']> {
  const executors = executorsByFramework(state);
  const list = (frameworks: Iterable<Framework>): OperatorFramework[] =>
    [...frameworks].map((framework) => operatorFramework(framework, { event: false, executors }));
  return {
    frameworks: list(state.frameworks.values()),
    completed_frameworks: list(state.completedFrameworks.values()),
  };
}

/** GET_TASKS. A task that has ended counts as completed only when its framework has acknowledged the end. */
export function getTasks(state: MasterState): NonNullable<OperatorState['get_tasks']> {
  const all = [...state.frameworks.values(), ...state.completedFrameworks.values()];
  return {
    tasks: all.flatMap((f) => [...f.tasks.values()].map(operatorTask)),
    unreachable_tasks: all.flatMap((f) => [...f.unreachableTasks.values()].map(operatorTask)),
    completed_tasks: all.flatMap((f) => f.completedTasks.map(operatorTask)),
  };
}

/** GET_EXECUTORS. Command executors are not listed, as in Mesos. */
export function getExecutors(state: MasterState): NonNullable<OperatorState['get_executors']> {
  return {
    executors: [...state.agents.values()].flatMap((agent) =>
      [...agent.executors.values()].map(({ info }) => ({ executor_info: info, agent_id: { value: agent.id } })),
    ),
  };
}

/** GET_OPERATIONS: those that the agent has not carried out, or whose framework has not taken note of their end. */
export function getOperations(state: MasterState): { readonly operations?: readonly object[] } {
  if (state.operations.size === 0) return {};
  return {
    operations: [...state.operations.values()].map(({ uuid, frameworkId, agentId, info, status }) => ({
      ...(frameworkId === undefined ? {} : { framework_id: { value: frameworkId } }),
      agent_id: { value: agentId },
      info,
      latest_status: status,
      statuses: [status],
      uuid: { value: uuid },
    })),
  };
}

/** GET_STATE, and what SUBSCRIBED carries. */
export function getState(state: MasterState): OperatorState {
  return {
    get_tasks: getTasks(state),
    get_executors: getExecutors(state),
    get_frameworks: getFrameworks(state),
    get_agents: getAgents(state),
  };
}
