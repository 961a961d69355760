import type { CatalogApp, CatalogHealthCheck, CatalogInstance } from '../../types.js';
import { appPorts } from './app-ports.js';
import type { AppPorts } from './app-ports.js';
import { amountOf, countOf, fieldsOf, objectsOf, portOf, textOf, textsOf } from './json-fields.js';
import type { Fields } from './json-fields.js';

/** An app of an answer that is left out, or an instance of it, and why. */
export interface AppProblem {
  readonly id: string;
  readonly reason: string;
}

/** What an answer to `GET /v2/apps` says. */
export interface ReadApps {
  readonly apps: readonly CatalogApp[];
  readonly instances: readonly CatalogInstance[];
  /** The first of what is left out, at most `maxProblems`. */
  readonly problems: readonly AppProblem[];
}

/** What decides besides the answer. */
export interface ReadingContext {
  /** Unix time. */
  readonly nowMs: number;
  /** The instance as it was known before: health that a new leader does not know yet, and ports that an older version has, are taken from it. */
  readonly previous: (taskId: string) => CatalogInstance | undefined;
}

/** An answer that is not what it should be as a whole: nothing of it is taken over. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

const maxProblems = 100;
/** What may be an id at all; whether it is one that Marathon itself would take is for those to judge who use it. */
const pathId = /^(?:\/[\w.-]+)+$/;
const shownIdLength = 200;
/** Marathon's own, where a check or a readiness check does not say. */
const defaults = { intervalSeconds: 60, timeoutSeconds: 20, maxConsecutiveFailures: 3, readinessTimeoutSeconds: 10 };
/** How much longer than the timeout of a readiness check a task without a result has to run to count as one of before the deployment. */
const readinessMarginMs = 5_000;

const unreachableStates: ReadonlySet<string> = new Set(['TASK_UNREACHABLE', 'TASK_LOST']);

/** What of an app is the same for all its tasks. */
interface App {
  readonly fields: Fields;
  readonly app: CatalogApp;
  readonly layout: AppPorts;
  /** Since when its configuration is as it is: a task of an earlier version may have other ports and checks. */
  readonly configuredAt: string;
  /** What readiness checks say, by task; undefined when nobody waits for them. */
  readonly readiness: { readonly results: ReadonlyMap<string, boolean>; readonly graceMs: number } | undefined;
}

/**
 * Reads the body of `GET /v2/apps?embed=apps.tasks&embed=apps.deployments&embed=apps.readiness` of any Marathon since 0.8, Ekiden's included
 * (lb.md §C.3, §D.5). An app or task that cannot be read is left out and told of in `problems`. Throws AnswerError when the answer is no
 * list of apps with their tasks.
 */
export function appsToCatalog(body: unknown, context: ReadingContext): ReadApps {
  const list = fieldsOf(body)?.['apps'];
  if (!Array.isArray(list)) throw new AnswerError('the answer holds no "apps"');
  const apps = new Map<string, CatalogApp>();
  const instances = new Map<string, CatalogInstance>();
  const problems: AppProblem[] = [];
  const report = (id: string, reason: string): void => {
    if (problems.length < maxProblems) problems.push({ id: id.slice(0, shownIdLength), reason });
  };
  for (const element of list as readonly unknown[]) {
    const fields = fieldsOf(element);
    const id = textOf(fields?.['id']);
    if (fields === undefined || id === undefined) {
      report('', 'an app without an id');
    } else if (!pathId.test(id)) {
      report(id, 'not a valid id');
    } else if (apps.has(id)) {
      report(id, 'a second app of this id');
    } else {
      const read = readApp(id, fields);
      apps.set(id, read.app);
      for (const task of tasksOf(id, fields)) readTask(read, task, { context, instances, report });
    }
  }
  return { apps: [...apps.values()], instances: [...instances.values()], problems };
}

function tasksOf(id: string, app: Fields): readonly unknown[] {
  const { tasks } = app;
  if (Array.isArray(tasks)) return tasks as readonly unknown[];
  if (app['tasksRunning'] === 0 || app['instances'] === 0) return [];
  throw new AnswerError(`the answer holds no "tasks" of ${id}`);
}

function readApp(id: string, fields: Fields): App {
  const layout = appPorts(fields);
  const version = textOf(fields['version']) ?? '';
  const info = fieldsOf(fields['versionInfo']);
  const lastScalingAt = textOf(info?.['lastScalingAt']);
  return {
    fields,
    layout,
    configuredAt: textOf(info?.['lastConfigChangeAt']) ?? version,
    readiness: readinessOf(fields),
    app: {
      id,
      version,
      instances: countOf(fields['instances']) ?? 0,
      labels: textsOf(fields['labels']),
      env: textsOf(fields['env']),
      ports: layout.ports.map(({ port }) => port),
      healthChecks: objectsOf(fields['healthChecks']).map(readCheck),
      ...(lastScalingAt === undefined ? {} : { lastScalingAt }),
    },
  };
}

function readCheck(check: Fields): CatalogHealthCheck {
  const path = textOf(check['path']);
  const portIndex = countOf(check['portIndex']);
  const port = portOf(check['port']);
  return {
    protocol: textOf(check['protocol']) ?? 'HTTP',
    ...(path === undefined ? {} : { path }),
    ...(portIndex === undefined ? {} : { portIndex }),
    ...(port === 0 ? {} : { port }),
    intervalSeconds: amountOf(check['intervalSeconds']) ?? defaults.intervalSeconds,
    timeoutSeconds: amountOf(check['timeoutSeconds']) ?? defaults.timeoutSeconds,
    maxConsecutiveFailures: countOf(check['maxConsecutiveFailures']) ?? defaults.maxConsecutiveFailures,
  };
}

/** Readiness counts while there is a deployment, and only then (lb.md §D.5). */
function readinessOf(app: Fields): App['readiness'] {
  const [check] = objectsOf(app['readinessChecks']);
  if (check === undefined || objectsOf(app['deployments']).length === 0) return undefined;
  const results = new Map<string, boolean>();
  for (const { taskId, ready } of objectsOf(app['readinessCheckResults'])) {
    if (typeof taskId === 'string') results.set(taskId, ready === true && results.get(taskId) !== false);
  }
  const timeout = amountOf(check['timeoutSeconds']) ?? 0;
  const graceMs = (timeout > 0 ? timeout : defaults.readinessTimeoutSeconds) * 1_000 + readinessMarginMs;
  return { results, graceMs };
}

function readTask(
  read: App,
  element: unknown,
  {
    context,
    instances,
    report,
  }: {
    context: ReadingContext;
    instances: Map<string, CatalogInstance>;
    report: (id: string, reason: string) => void;
  },
): void {
  const { app } = read;
  const task = fieldsOf(element);
  const taskId = textOf(task?.['id']);
  if (task === undefined || taskId === undefined) return report(app.id, 'a task without an id');
  const state = textOf(task['state']);
  const startedAt = textOf(task['startedAt']);
  const unreachable = unreachableStates.has(state ?? '');
  // Marathon before 1.0 shows no states; what has been started runs.
  if (!unreachable && (state === undefined ? startedAt === undefined : state !== 'TASK_RUNNING')) return;
  const host = textOf(task['host']);
  const ipAddresses = addressesOf(task);
  if (host === undefined && ipAddresses.length === 0)
    return report(app.id, `task ${taskId} has neither host nor address`);
  if (instances.has(taskId)) return report(app.id, `a second task ${taskId}`);

  const version = textOf(task['version']) ?? app.version;
  const isCurrent = version === app.version || version >= read.configuredAt;
  const previous = context.previous(taskId);
  const known = previous?.version === version && previous.appId === app.id ? previous : undefined;
  const { ports, containerPorts } = isCurrent || known === undefined ? portsOfTask(read.layout, task) : known;
  instances.set(taskId, {
    taskId,
    appId: app.id,
    version,
    agentId: textOf(task['slaveId']) ?? textOf(task['agentId']) ?? '',
    host: host ?? '',
    ipAddresses,
    ports,
    ...(containerPorts === undefined ? {} : { containerPorts }),
    ...healthOf(task, isCurrent ? app.healthChecks.length : undefined, known),
    ...(isReady(read, taskId, startedAt, context.nowMs) ? {} : { ready: false }),
    ...(unreachable ? { unreachable } : {}),
    startedAt: startedAt ?? textOf(task['stagedAt']) ?? '',
  });
}

function addressesOf(task: Fields): readonly string[] {
  const list: readonly unknown[] = Array.isArray(task['ipAddresses']) ? task['ipAddresses'] : [];
  return list.flatMap((element) => textOf(fieldsOf(element)?.['ipAddress']) ?? textOf(element) ?? []);
}

/** What a task has for each port of its app. Its host ports are listed without gaps: a port without one contributes nothing. */
function portsOfTask({ mode, ports }: AppPorts, task: Fields): Pick<CatalogInstance, 'ports' | 'containerPorts'> {
  const given = (Array.isArray(task['ports']) ? task['ports'] : []).map(portOf);
  let next = 0;
  const onHost = ports.map((port) => (port.onHost === undefined ? 0 : (given[next++] ?? port.onHost.fixed ?? 0)));
  if (mode === 'host') return { ports: onHost };
  const containerPorts = ports.map(({ port }, i) => {
    const number = port.containerPort ?? 0;
    // 0 in a container stands for the number outside of it.
    return number > 0 ? number : (onHost[i] ?? 0);
  });
  return { ports: onHost, containerPorts };
}

/**
 * `checks`: how many the version that the task runs has; undefined when that is not known. A leader that has just been elected has no
 * results yet: what was known counts on.
 */
function healthOf(
  task: Fields,
  checks: number | undefined,
  known: CatalogInstance | undefined,
): Pick<CatalogInstance, 'healthy' | 'anyHealthy' | 'isChecked'> {
  const results = objectsOf(task['healthCheckResults']).map(({ alive }) => alive === true);
  const isChecked = checks === undefined ? results.length > 0 || known?.isChecked === true : checks > 0;
  if (!isChecked) return { healthy: null, isChecked };
  if (results.length === 0) {
    return { healthy: known?.healthy ?? null, ...(known?.anyHealthy === true ? { anyHealthy: true } : {}), isChecked };
  }
  const alive = results.filter((one) => one).length;
  const healthy = alive < results.length ? false : results.length >= (checks ?? 0) ? true : null;
  return { healthy, ...(healthy !== true && alive > 0 ? { anyHealthy: true } : {}), isChecked };
}

function isReady({ readiness }: App, taskId: string, startedAt: string | undefined, nowMs: number): boolean {
  if (readiness === undefined) return true;
  const result = readiness.results.get(taskId);
  if (result !== undefined) return result;
  const startedMs = Date.parse(startedAt ?? '');
  return Number.isFinite(startedMs) && nowMs - startedMs > readiness.graceMs;
}
