import type { CommandInfo, EnvironmentVariable } from '../../mesos/types.js';
import type { Secrets } from './containers/secrets.js';

/** What a task's environment is made of, besides its own variables. */
export interface EnvironmentFacts {
  readonly agentId: string;
  /** `slave(1)@ip:port` */
  readonly agentPid: string;
  readonly agentIp: string;
  readonly agentPort: number;
  readonly frameworkId: string;
  readonly executorId: string;
  readonly sandbox: string;
  readonly role: string;
  readonly checkpoint: boolean;
  /** The task belongs to a group: it is told less. */
  readonly isInGroup: boolean;
  /** What its variables may refer to. */
  readonly secrets: Secrets;
}

/** The search path of every task; the agent's own environment is not passed on, PATH included (Mesos). */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function mesosVariables(facts: EnvironmentFacts): Map<string, string> {
  if (facts.isInGroup) {
    return new Map([
      ['MESOS_ALLOCATION_ROLE', facts.role],
      ['MESOS_CONTAINER_IP', facts.agentIp],
      ['MESOS_SANDBOX', facts.sandbox],
    ]);
  }
  const variables = new Map<string, string>([
    ['LIBPROCESS_IP', facts.agentIp],
    ['LIBPROCESS_PORT', '0'],
    ['MESOS_AGENT_ENDPOINT', `${facts.agentIp}:${facts.agentPort}`],
    ['MESOS_ALLOCATION_ROLE', facts.role],
    ['MESOS_CHECKPOINT', facts.checkpoint ? '1' : '0'],
    ['MESOS_DIRECTORY', facts.sandbox],
    ['MESOS_EXECUTOR_ID', facts.executorId],
    ['MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD', '5secs'],
    ['MESOS_FRAMEWORK_ID', facts.frameworkId],
    ['MESOS_HTTP_COMMAND_EXECUTOR', '0'],
    ['MESOS_SANDBOX', facts.sandbox],
    ['MESOS_SLAVE_ID', facts.agentId],
    ['MESOS_SLAVE_PID', facts.agentPid],
  ]);
  if (facts.checkpoint) {
    variables.set('MESOS_RECOVERY_TIMEOUT', '15mins');
    variables.set('MESOS_SUBSCRIPTION_BACKOFF_MAX', '2secs');
  }
  return variables;
}

const ownVariables = (command: CommandInfo): readonly EnvironmentVariable[] => command.environment?.variables ?? [];

/** The variables that a command brings itself, the last of a name first. Throws LaunchError for a secret that cannot be had. */
export function commandVariables(command: CommandInfo, secrets: Secrets): ReadonlyMap<string, string> {
  return new Map(ownVariables(command).map((variable) => [variable.name, secrets.valueOf(variable)]));
}

/**
 * The environment of a task that is a process, as Mesos' agent and its executors give it; the task's own variables win, the
 * last first. Throws LaunchError for a secret that cannot be had.
 */
export function taskEnvironment(facts: EnvironmentFacts, command: CommandInfo): ReadonlyMap<string, string> {
  const own = commandVariables(command, facts.secrets);
  return new Map([...mesosVariables(facts), ['PATH', defaultPath] as const, ...own]);
}

/** The same for a container: the search path is its image's, and the sandbox where it finds it. */
export function containerEnvironment(
  facts: EnvironmentFacts,
  type: 'DOCKER' | 'MESOS',
  container: { readonly name: string; readonly sandbox: string; readonly isInHostNetwork: boolean },
  command: CommandInfo,
): ReadonlyMap<string, string> {
  const variables =
    type === 'MESOS'
      ? mesosVariables({ ...facts, sandbox: container.sandbox })
      : new Map([
          ['MESOS_SANDBOX', container.sandbox],
          ['MESOS_CONTAINER_NAME', container.name],
        ]);
  // An address of its own is known only when it runs.
  if (!container.isInHostNetwork) variables.delete('MESOS_CONTAINER_IP');
  return new Map([...variables, ...commandVariables(command, facts.secrets)]);
}
