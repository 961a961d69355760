import type { TaskStatus } from '../../../mesos/types.js';
import { attributeValue } from '../../attribute-form.js';
import { capabilitiesOf, rolesOf } from '../../framework-info.js';
import type { ResourceEntry, Resources } from '../../resources.js';
import { addResources, parseResources, sumResources } from '../../resources.js';
import { resourceTotals, wireResources } from '../../resource-forms.js';
import type { AgentTask } from '../agent-task.js';
import type { IdentifiedFramework } from '../task-checkpoint.js';
import type { TaskGroup } from '../task-group.js';
import type { VersionInfo } from '../../version.js';
import { agentCapabilities } from '../../version.js';
import type { AgentView } from './view.js';

function renderStatus(status: TaskStatus): object {
  const { state, timestamp, container_status, healthy, labels } = status;
  const { executor_pid: _, ...container } = container_status ?? {};
  return {
    state,
    timestamp,
    ...(labels === undefined ? {} : { labels: labels.labels }),
    ...(container_status === undefined ? {} : { container_status: container }),
    ...(healthy === undefined ? {} : { healthy }),
  };
}

function renderTask(task: AgentTask, agentId: string): object {
  const { info, state, statuses, role } = task;
  return {
    id: task.taskId,
    name: info.name,
    framework_id: task.frameworkId,
    executor_id: task.group?.executorId ?? '',
    slave_id: agentId,
    state,
    resources: resourceTotals(parseResources(info.resources)),
    role,
    statuses: statuses.map(renderStatus),
    ...(info.labels === undefined ? {} : { labels: info.labels.labels }),
    ...(info.discovery === undefined ? {} : { discovery: info.discovery }),
    ...(info.health_check === undefined ? {} : { health_check: info.health_check }),
  };
}

/** The tasks of one executor, and what it uses besides them. */
interface Executor {
  readonly group: TaskGroup | undefined;
  readonly tasks: readonly AgentTask[];
}

/** A task of its own has an executor of its own; those of a group have one together. */
function executorsOf(tasks: readonly AgentTask[]): readonly Executor[] {
  const executors = new Map<AgentTask | TaskGroup, AgentTask[]>();
  for (const task of tasks) {
    const known = executors.get(task.group ?? task);
    if (known === undefined) executors.set(task.group ?? task, [task]);
    // A task that has ended, but not for its framework yet, is among the running and the ended.
    else if (!known.includes(task)) known.push(task);
  }
  return [...executors.values()].map((own) => ({ group: own[0]?.group, tasks: own }));
}

const isRunning = ({ tasks }: Executor): boolean => tasks.some((task) => !task.hasEnded);

function resourcesOf({ group, tasks }: Executor): Resources {
  const ofGroup = parseResources(group?.executor.resources ?? []);
  const used = tasks.filter((task) => group === undefined || !task.hasEnded);
  return used.reduce((sum, task) => addResources(sum, parseResources(task.info.resources)), ofGroup);
}

function renderExecutor(executor: Executor, agentId: string): object {
  const { group, tasks } = executor;
  const [first] = tasks;
  const labels = group === undefined ? first?.info.labels : group.executor.labels;
  const rendered = (fits: (task: AgentTask) => boolean): object[] =>
    tasks.filter(fits).map((task) => renderTask(task, agentId));
  return {
    id: first?.executorId,
    name: first?.executorName,
    source: group === undefined ? first?.taskId : (group.executor.source ?? ''),
    container: group?.containerId ?? first?.containerId,
    directory: group?.sandbox ?? first?.sandbox,
    resources: resourceTotals(resourcesOf(executor)),
    role: first?.role,
    ...(group === undefined ? {} : { type: 'DEFAULT' }),
    ...(labels === undefined ? {} : { labels: labels.labels }),
    tasks: rendered((task) => !task.hasEnded && task.state !== 'TASK_STAGING'),
    queued_tasks: rendered((task) => !task.hasEnded && task.state === 'TASK_STAGING'),
    completed_tasks: rendered((task) => task.hasEnded),
  };
}

function renderFramework(framework: IdentifiedFramework, executors: readonly Executor[], agentId: string): object {
  const { id, name, user, failover_timeout, checkpoint, hostname, principal, role } = framework;
  return {
    id: id.value,
    name,
    user,
    failover_timeout: failover_timeout ?? 0,
    checkpoint: checkpoint ?? false,
    hostname: hostname ?? '',
    ...(principal === undefined ? {} : { principal }),
    ...(capabilitiesOf(framework).has('MULTI_ROLE') ? { roles: rolesOf(framework) } : { role: role ?? '*' }),
    executors: executors.filter(isRunning).map((executor) => renderExecutor(executor, agentId)),
    completed_executors: executors
      .filter((executor) => !isRunning(executor))
      .map((executor) => renderExecutor(executor, agentId)),
  };
}

interface FrameworkTasks {
  readonly framework: IdentifiedFramework;
  readonly running: AgentTask[];
  readonly ended: AgentTask[];
}

function tasksByFramework(view: AgentView): readonly FrameworkTasks[] {
  const frameworks = new Map<string, FrameworkTasks>();
  const of = (framework: IdentifiedFramework): FrameworkTasks => {
    const known = frameworks.get(framework.id.value);
    if (known !== undefined) return known;
    const added = { framework, running: [], ended: [] };
    frameworks.set(framework.id.value, added);
    return added;
  };
  for (const task of view.tasks()) if (!task.hasEnded) of(task.framework).running.push(task);
  for (const ended of view.ended().values()) {
    for (const { task, framework } of ended) of(framework).ended.push(task);
  }
  return [...frameworks.values()];
}

/** What the tasks that have not ended use together, with their executors. */
export function allocatedResources(view: AgentView): Resources {
  const running = executorsOf(view.tasks()).filter(isRunning);
  return sumResources(running.map(resourcesOf));
}

const onlyReserved = (resources: Resources, reserved: boolean): Resources =>
  new Map([...resources].filter(([, { reservations }]) => reservations.length > 0 === reserved));

function byRole(resources: Resources): ReadonlyMap<string, Resources> {
  const roles = new Map<string, Map<string, ResourceEntry>>();
  for (const [key, entry] of onlyReserved(resources, true)) {
    const role = entry.reservations.at(-1)?.role ?? '*';
    roles.set(role, (roles.get(role) ?? new Map<string, ResourceEntry>()).set(key, entry));
  }
  return roles;
}

const mapValues = <A, B>(map: ReadonlyMap<string, A>, f: (value: A) => B): Record<string, B> =>
  Object.fromEntries([...map].map(([key, value]) => [key, f(value)]));

/** The flags as `/flags` and `/state` show them: text, under Mesos' names. */
export function renderFlags(view: AgentView): Record<string, string> {
  const { flags, layout } = view;
  return {
    attributes: flags.attributes,
    hostname: flags.hostname,
    ip: flags.host,
    master: `${flags.host}:${flags.masterPort}`,
    port: String(flags.agentPort),
    resources: flags.resources,
    work_dir: layout.root,
  };
}

/** `GET /state` of the agent. */
export function renderState(view: AgentView, version: VersionInfo): object {
  const { agentId, resources } = view;
  const allocated = allocatedResources(view);
  const frameworks = tasksByFramework(view);
  const render = ({ framework, running, ended }: FrameworkTasks): object =>
    renderFramework(framework, executorsOf([...running, ...ended]), agentId);
  return {
    ...version,
    start_time: view.startedAtMs / 1000,
    id: agentId,
    pid: view.pid,
    hostname: view.hostname,
    capabilities: agentCapabilities.map(({ type }) => type),
    resources: resourceTotals(resources),
    reserved_resources: mapValues(byRole(resources), resourceTotals),
    unreserved_resources: resourceTotals(onlyReserved(resources, false)),
    reserved_resources_full: mapValues(byRole(resources), (r) => wireResources(r, { withRole: true })),
    unreserved_resources_full: wireResources(onlyReserved(resources, false), { withRole: true }),
    reserved_resources_allocated: mapValues(byRole(allocated), resourceTotals),
    unreserved_resources_allocated: resourceTotals(onlyReserved(allocated, false)),
    resource_providers: [],
    attributes: Object.fromEntries(view.attributes.map((a) => [a.name, attributeValue(a)])),
    master_hostname: view.flags.host,
    flags: renderFlags(view),
    frameworks: frameworks.filter(({ running }) => running.length > 0).map(render),
    completed_frameworks: frameworks.filter(({ running }) => running.length === 0).map(render),
  };
}
