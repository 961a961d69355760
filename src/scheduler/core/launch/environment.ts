import type { AppDefinition } from '../../model/app-definition.js';
import type { Instance } from '../../model/instance.js';
import { assignedPorts } from '../wanted-ports.js';

/** Longer label keys and values are not put into the environment (marathon.md §9.4). */
const maxLabelKeyLength = 493;
const maxLabelValueLength = 512;

/** A text as part of a variable's name. */
export function upperName(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9_]/g, '_');
}

/**
 * `PORT…` variables. None when the app asks for no ports. A port's value is its host port, else its port in the container; `PORTS`
 * has those that were picked by the scheduler or belong to the host, so a fixed port of the container alone is not in it.
 */
function portVariables(app: AppDefinition, task: Pick<Instance, 'ports' | 'containerPorts'>): Record<string, string> {
  const assigned = assignedPorts(app, task);
  if (assigned.length === 0) return {};
  const variables: Record<string, string> = {};
  const pickedInside: number[] = [];
  for (const [i, { wanted, hostPort, containerPort }] of assigned.entries()) {
    const effective = hostPort ?? containerPort;
    if (effective === undefined) continue;
    if (hostPort === undefined && wanted.number === 0) pickedInside.push(effective);
    const value = String(effective);
    variables[`PORT${i}`] = value;
    // The number that the definition asked for names the variable; a port that was left open is named by what it became.
    variables[`PORT_${wanted.number === 0 ? effective : wanted.number}`] = value;
    if (wanted.name !== undefined) variables[`PORT_${wanted.name.toUpperCase()}`] = value;
  }
  const listed = [...task.ports, ...pickedInside];
  if (listed[0] !== undefined) variables['PORT'] = String(listed[0]);
  variables['PORTS'] = listed.join(',');
  return variables;
}

/** `MARATHON_APP_LABELS` and `MARATHON_APP_LABEL_<NAME>`. */
export function labelVariables(labels: Readonly<Record<string, string>>): Record<string, string> {
  const shown = Object.entries(labels).filter(
    ([key, value]) => key.length < maxLabelKeyLength && value.length < maxLabelValueLength,
  );
  return {
    MARATHON_APP_LABELS: shown.map(([key]) => upperName(key)).join(' '),
    ...Object.fromEntries(shown.map(([key, value]) => [`MARATHON_APP_LABEL_${upperName(key)}`, value])),
  };
}

/** What the environment depends on besides the app and its task. */
export interface EnvironmentRules {
  /** `--env_vars_prefix`: what the names of `HOST` and `PORT…` begin with; empty for none. */
  readonly prefix: string;
  /** Whether the app's top-level group enforces its role. */
  readonly enforcesRole: boolean;
}

function withPrefix(variables: Readonly<Record<string, string>>, prefix: string): Readonly<Record<string, string>> {
  if (prefix === '') return variables;
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [`${prefix}${name}`, value]));
}

/** The environment of a task, as Marathon gives it; the app's own variables win. */
export function taskEnvironment(
  app: AppDefinition,
  task: Pick<Instance, 'taskId' | 'host' | 'ports' | 'containerPorts'>,
  { prefix, enforcesRole }: EnvironmentRules = { prefix: '', enforcesRole: false },
): Record<string, string> {
  return {
    MARATHON_APP_ID: app.id,
    MARATHON_APP_VERSION: app.version,
    ...(app.container?.docker === undefined ? {} : { MARATHON_APP_DOCKER_IMAGE: app.container.docker.image }),
    MARATHON_APP_RESOURCE_CPUS: decimal(app.cpus),
    MARATHON_APP_RESOURCE_MEM: decimal(app.memMib),
    MARATHON_APP_RESOURCE_DISK: decimal(app.diskMib),
    MARATHON_APP_RESOURCE_GPUS: String(app.gpus),
    MARATHON_APP_ENFORCE_GROUP_ROLE: enforcesRole ? 'TRUE' : 'FALSE',
    ...labelVariables(app.labels),
    MESOS_TASK_ID: task.taskId,
    ...withPrefix({ HOST: task.host, ...portVariables(app, task) }, prefix),
    ...app.env,
  };
}

/** As the JVM prints a double: `1.0`, `0.25`. */
export function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
