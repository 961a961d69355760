import type { CommandInfo } from '../../mesos/types.js';

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
}

/** The search path of every task; the agent's own environment is not passed on, PATH included (Mesos). */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The environment of a command task as Mesos' agent and command executor give it; the task's own variables win, the last first. */
export function taskEnvironment(facts: EnvironmentFacts, command: CommandInfo): ReadonlyMap<string, string> {
  const environment = new Map<string, string>([
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
    ['PATH', defaultPath],
  ]);
  if (facts.checkpoint) {
    environment.set('MESOS_RECOVERY_TIMEOUT', '15mins');
    environment.set('MESOS_SUBSCRIPTION_BACKOFF_MAX', '2secs');
  }
  for (const { name, value } of command.environment?.variables ?? []) environment.set(name, value ?? '');
  return environment;
}
