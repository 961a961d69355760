import type { AppDefinition } from '../../model/app-definition.js';
import type { Instance } from '../../model/instance.js';
import { assignedPorts } from '../wanted-ports.js';

/** Longer label keys and values are not put into the environment (marathon.md §9.4). */
const maxLabelKeyLength = 493;
const maxLabelValueLength = 512;

function upperName(text: string): string {
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

/** The environment of a task, as Marathon gives it; the app's own variables win. */
export function taskEnvironment(
  app: AppDefinition,
  task: Pick<Instance, 'taskId' | 'host' | 'ports' | 'containerPorts'>,
): Record<string, string> {
  const labels = Object.entries(app.labels).filter(
    ([key, value]) => key.length < maxLabelKeyLength && value.length < maxLabelValueLength,
  );
  return {
    MARATHON_APP_ID: app.id,
    MARATHON_APP_VERSION: app.version,
    ...(app.container?.docker === undefined ? {} : { MARATHON_APP_DOCKER_IMAGE: app.container.docker.image }),
    MARATHON_APP_RESOURCE_CPUS: decimal(app.cpus),
    MARATHON_APP_RESOURCE_MEM: decimal(app.memMib),
    MARATHON_APP_RESOURCE_DISK: decimal(app.diskMib),
    MARATHON_APP_RESOURCE_GPUS: String(app.gpus),
    MARATHON_APP_ENFORCE_GROUP_ROLE: 'FALSE',
    MARATHON_APP_LABELS: labels.map(([key]) => upperName(key)).join(' '),
    ...Object.fromEntries(labels.map(([key, value]) => [`MARATHON_APP_LABEL_${upperName(key)}`, value])),
    MESOS_TASK_ID: task.taskId,
    HOST: task.host,
    ...portVariables(app, task),
    ...app.env,
  };
}

/** As the JVM prints a double: `1.0`, `0.25`. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
