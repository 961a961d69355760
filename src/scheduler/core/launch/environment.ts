import type { AppDefinition } from '../../model/app-definition.js';

/** Longer label keys and values are not put into the environment (marathon.md §9.4). */
const maxLabelKeyLength = 493;
const maxLabelValueLength = 512;

function upperName(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9_]/g, '_');
}

/** `PORT…` variables of an app with host networking. None when the app asks for no ports. */
function portVariables(app: AppDefinition, ports: readonly number[]): Record<string, string> {
  if (app.portDefinitions.length === 0) return {};
  const variables: Record<string, string> = {};
  app.portDefinitions.forEach((definition, i) => {
    const effective = ports[i];
    if (effective === undefined) return;
    const value = String(effective);
    variables[`PORT${i}`] = value;
    // The number that the definition asked for names the variable; a port that was left open is named by what it became.
    variables[`PORT_${definition.port === 0 ? effective : definition.port}`] = value;
    if (definition.name !== undefined) variables[`PORT_${definition.name.toUpperCase()}`] = value;
  });
  const first = ports[0];
  if (first !== undefined) variables['PORT'] = String(first);
  variables['PORTS'] = ports.join(',');
  return variables;
}

/** The environment of a task, as Marathon gives it; the app's own variables win. */
export function taskEnvironment(
  app: AppDefinition,
  task: { readonly taskId: string; readonly host: string; readonly ports: readonly number[] },
): Record<string, string> {
  const labels = Object.entries(app.labels).filter(
    ([key, value]) => key.length < maxLabelKeyLength && value.length < maxLabelValueLength,
  );
  return {
    MARATHON_APP_ID: app.id,
    MARATHON_APP_VERSION: app.version,
    MARATHON_APP_RESOURCE_CPUS: decimal(app.cpus),
    MARATHON_APP_RESOURCE_MEM: decimal(app.memMib),
    MARATHON_APP_RESOURCE_DISK: decimal(app.diskMib),
    MARATHON_APP_RESOURCE_GPUS: String(app.gpus),
    MARATHON_APP_ENFORCE_GROUP_ROLE: 'FALSE',
    MARATHON_APP_LABELS: labels.map(([key]) => upperName(key)).join(' '),
    ...Object.fromEntries(labels.map(([key, value]) => [`MARATHON_APP_LABEL_${upperName(key)}`, value])),
    MESOS_TASK_ID: task.taskId,
    HOST: task.host,
    ...portVariables(app, task.ports),
    ...app.env,
  };
}

/** As the JVM prints a double: `1.0`, `0.25`. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
