import type { PathId } from '../../../common/path-id.js';
import type { SchedulerState } from '../../core/state.js';
import type { Instance } from '../../model/instance.js';
import type { AgentFacts, FrameworkFacts, ResourceFacts } from '../../ports/cluster-facts.js';
import { taskStateOf } from './task.js';

/** More tasks of an agent are only counted. */
const maxListed = 1_000;

function renderResources({ cpus, memMib, diskMib, gpus, ports }: ResourceFacts): object {
  return { cpus, mem: memMib, disk: diskMib, gpus, ports };
}

/** The tasks of an instance: of a pod, one for each container. */
function tasksOf(instance: Instance): { readonly id: string; readonly app: string; readonly state: string }[] {
  const { appId: app, taskId, condition, containers } = instance;
  if (containers === undefined) return [{ id: taskId, app, state: taskStateOf(condition) }];
  return containers.map((container) => ({ id: container.taskId, app, state: taskStateOf(container.condition) }));
}

const taskCountOf = ({ containers }: Instance): number => containers?.length ?? 1;

/** The instances that have a task, by agent. */
function byAgent(instances: Iterable<Instance>): ReadonlyMap<string, readonly Instance[]> {
  const found = new Map<string, Instance[]>();
  for (const instance of instances) {
    // A resident that waits in its place has none
    if (instance.condition === 'Scheduled') continue;
    const others = found.get(instance.agentId);
    if (others === undefined) found.set(instance.agentId, [instance]);
    else others.push(instance);
  }
  return found;
}

const countTasks = (instances: readonly Instance[]): number =>
  instances.reduce((sum, instance) => sum + taskCountOf(instance), 0);

/** `GET /ekiden/v1/agents`, with the tasks of those apps and pods that `isVisible`. */
export function renderAgents(
  agents: readonly AgentFacts[],
  { instances }: Pick<SchedulerState, 'instances'>,
  isVisible: (id: PathId) => boolean,
): object {
  const own = byAgent(instances.values());
  return {
    agents: agents.map(({ total, used, tasks, registeredAtMs, region, zone, withheld, ...agent }) => {
      const all = own.get(agent.id) ?? [];
      const visible = all.filter(({ appId }) => isVisible(appId));
      return {
        ...agent,
        registeredAt: registeredAtMs === undefined ? null : new Date(registeredAtMs).toISOString(),
        total: renderResources(total),
        used: renderResources(used),
        region: region ?? null,
        zone: zone ?? null,
        withheld: withheld ?? null,
        tasks: visible.slice(0, maxListed).flatMap(tasksOf).slice(0, maxListed),
        taskCount: countTasks(visible),
        // The master may not have heard of the latest of ours, or have forgotten the last
        otherTasks: Math.max(0, tasks - countTasks(all)),
      };
    }),
  };
}

/** `GET /ekiden/v1/frameworks`; `ownId`: of this scheduler. */
export function renderFrameworks(frameworks: readonly FrameworkFacts[], ownId: string | undefined): object {
  return {
    frameworks: frameworks.map(({ webuiUrl, used, ...framework }) => ({
      ...framework,
      webuiUrl: webuiUrl ?? null,
      used: renderResources(used),
      isOwn: framework.id === ownId,
    })),
  };
}
