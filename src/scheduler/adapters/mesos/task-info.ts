import type {
  CommandInfo,
  CommandUri,
  DiscoveryInfo,
  DiscoveryPort,
  KillPolicy,
  Resource,
  TaskInfo,
} from '../../../mesos/types.js';
import type { RoleResources, TaskLaunch } from '../../model/offer.js';
import { checkInfoOf, healthCheckInfoOf } from './check-info.js';
import { containerInfoOf } from './container-info.js';
import { labelsOf } from './labels.js';
import { isResource } from './reservations.js';
import { limitsOf } from './resource-limits.js';
import { secretVariablesOf } from './secrets.js';

/** What a Resource is taken from, beside its amount. */
type Source = Pick<Resource, 'allocation_info' | 'reservations'>;

function scalar(name: string, value: number, source: Source): Resource[] {
  return value === 0 ? [] : [{ name, type: 'SCALAR', scalar: { value }, ...source }];
}

/** What is taken from one role's resources in Mesos' form. */
export function resourcesOf(part: RoleResources, allocationRole: string): Resource[] {
  const source: Source = {
    allocation_info: { role: allocationRole },
    ...(part.role === '*' ? {} : { reservations: [{ type: 'STATIC', role: part.role }] }),
  };
  const range = part.ports.map(({ begin, end }) => ({ begin, end }));
  return [
    ...scalar('cpus', part.cpus, source),
    ...scalar('mem', part.memMib, source),
    ...scalar('disk', part.diskMib, source),
    ...scalar('gpus', part.gpus, source),
    ...(range.length === 0 ? [] : [{ name: 'ports', type: 'RANGES' as const, ranges: { range }, ...source }]),
  ];
}

function uriOf({ uri, extract, executable, cache, destPath }: TaskLaunch['fetch'][number]): CommandUri {
  return { value: uri, extract, executable, cache, ...(destPath === undefined ? {} : { output_file: destPath }) };
}

function commandOf({ command, user, env, secretEnv = {}, fetch, container }: TaskLaunch): CommandInfo {
  const values = Object.entries(env).map(([name, value]) => ({ name, value }));
  const variables = [...values, ...secretVariablesOf(secretEnv)];
  // The program of an image is its entry point: arguments are given to it
  const program = command.shell ? command.value : container?.image === undefined ? command.argv[0] : undefined;
  return {
    shell: command.shell,
    ...(program === undefined ? {} : { value: program }),
    // Without an image Mesos' `arguments` are the whole argv, the program's own name included
    ...(command.shell ? {} : { arguments: command.argv }),
    ...(user === undefined ? {} : { user }),
    ...(fetch.length === 0 ? {} : { uris: fetch.map(uriOf) }),
    ...(variables.length === 0 ? {} : { environment: { variables } }),
  };
}

/** A port of both protocols (`udp,tcp`) is announced twice, once for each. */
function discoveryPortsOf(port: TaskLaunch['discovery']['ports'][number]): DiscoveryPort[] {
  return port.protocol.split(',').map((protocol) => ({
    number: port.number,
    ...(port.name === undefined ? {} : { name: port.name }),
    protocol,
    ...labelsOf({ 'network-scope': 'host', ...port.labels }),
  }));
}

function discoveryOf({ discovery }: TaskLaunch): DiscoveryInfo {
  const ports = discovery.ports.flatMap(discoveryPortsOf);
  return { visibility: 'FRAMEWORK', name: discovery.name, ...(ports.length === 0 ? {} : { ports: { ports } }) };
}

/** A grace period in Mesos' form. */
export function killPolicyOf(gracePeriodSeconds: number): KillPolicy {
  return { grace_period: { nanoseconds: Math.round(gracePeriodSeconds * 1e9) } };
}

/** The container of a task; a terminal is part of it. */
function containerOf({ container, tty }: TaskLaunch): object | undefined {
  if (container === undefined && tty !== true) return undefined;
  const info = container === undefined ? { type: 'MESOS', mesos: {} } : containerInfoOf(container);
  return tty === true ? { ...info, tty_info: {} } : info;
}

/** What runs the task: the command executor of Mesos, or a custom one, in the task's container (marathon.md §9.5). */
function runnerOf(
  launch: TaskLaunch,
  container: object | undefined,
  allocationRole: string,
): Pick<TaskInfo, 'command' | 'container' | 'executor'> {
  const { executor, command } = launch;
  const info = commandOf(launch);
  const within = container === undefined ? {} : { container };
  if (executor === undefined) return { command: info, ...within };
  const { executorId, path, resources } = executor;
  const quoted = `'${path.replaceAll("'", "'\\''")}'`;
  const words = command.shell ? command.value : command.argv.join(' ');
  const { arguments: _, ...rest } = info;
  const taken = resources.parts.flatMap((part) => resourcesOf(part, allocationRole));
  return {
    executor: {
      executor_id: { value: executorId },
      command: { ...rest, shell: true, value: `chmod ug+rx ${quoted} && exec ${quoted} ${words}` },
      ...within,
      ...(taken.length === 0 ? {} : { resources: taken }),
    },
  };
}

/** A task of the core's as Mesos starts it, with resources that were offered to `allocationRole`. */
export function taskInfoOf(launch: TaskLaunch, allocationRole: string): TaskInfo {
  const { killGracePeriodSeconds, healthCheck, check, limits } = launch;
  return {
    name: launch.name,
    task_id: { value: launch.taskId },
    agent_id: { value: launch.agentId },
    resources: [
      ...launch.resources.parts.flatMap((part) => resourcesOf(part, allocationRole)),
      ...(launch.reserved?.resources ?? []).filter(isResource),
    ],
    ...runnerOf(launch, containerOf(launch), allocationRole),
    ...limitsOf(limits),
    ...(killGracePeriodSeconds === undefined ? {} : { kill_policy: killPolicyOf(killGracePeriodSeconds) }),
    ...labelsOf(launch.labels),
    discovery: discoveryOf(launch),
    ...(healthCheck === undefined ? {} : { health_check: healthCheckInfoOf(healthCheck) }),
    ...(check === undefined ? {} : { check: checkInfoOf(check) }),
  };
}
