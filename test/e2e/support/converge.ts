import { waitFor } from '../../support/wait.js';
import type { ApiTask, Bundle } from './bundle.js';
import { addressesOf, endpointsOf } from './dig.js';
import { readEcho } from './echo-app.js';
import { ask } from './http.js';

/** An echo app (`echo-app.ts`) that is to be the same thing in Marathon's API, in DNS and behind HAProxy. */
export interface RoutedApp {
  /** Without the leading slash. */
  readonly id: string;
  readonly instances: number;
  readonly servicePort: number;
  /** It has health checks, and only healthy tasks count. */
  readonly healthChecked?: boolean;
}

/** One running task: its id, its process, and where it listens. */
export interface LiveTask {
  readonly taskId: string;
  readonly pid: number;
  readonly endpoint: string;
}

const sorted = (list: Iterable<string>): string => [...new Set(list)].sort().join(' ');

function expectEqual(what: string, found: string, wanted: string): void {
  if (found !== wanted) throw new Error(`${what}: found [${found}], wanted [${wanted}]`);
}

function isUp(task: ApiTask, healthChecked: boolean): boolean {
  const results = task.healthCheckResults ?? [];
  return task.state === 'TASK_RUNNING' && (!healthChecked || (results.length > 0 && results.every((r) => r.alive)));
}

/** The task ids that answer at HAProxy's service port; enough requests that a balanced server cannot be missed. */
async function routedTaskIds(bundle: Bundle, { servicePort, instances }: RoutedApp): Promise<Set<string>> {
  const seen = new Set<string>();
  for (let n = 0; n < 3 * instances + 3; n++) {
    const { status, text } = await bundle.route('/', { port: servicePort });
    if (status !== 200) throw new Error(`service port ${servicePort}: ${status} ${text}`);
    seen.add(readEcho(text).taskId);
  }
  return seen;
}

async function look(bundle: Bundle, app: RoutedApp): Promise<LiveTask[]> {
  const all = await bundle.tasks(app.id);
  const up = all.filter((task) => isUp(task, app.healthChecked === true));
  if (all.length !== app.instances || up.length !== app.instances) {
    throw new Error(`${up.length} of ${all.length} tasks are up, wanted ${app.instances}`);
  }
  const live = await Promise.all(
    up.map(async ({ id, host, ports: [port = 0] }): Promise<LiveTask> => {
      const { taskId, pid } = readEcho((await ask(port, '/')).text);
      expectEqual(`who answers at ${host}:${port}`, taskId, id);
      return { taskId, pid, endpoint: `${host}:${port}` };
    }),
  );

  const address = await bundle.dig(`${app.id}.marathon.mesos`, 'A');
  expectEqual('A records', sorted(addressesOf(address.answer)), sorted(up.map(({ host }) => host)));
  const service = await bundle.dig(`_${app.id}._tcp.marathon.mesos`, 'SRV');
  expectEqual('SRV records', sorted(endpointsOf(service)), sorted(live.map(({ endpoint }) => endpoint)));
  expectEqual(
    'tasks behind HAProxy',
    sorted(await routedTaskIds(bundle, app)),
    sorted(live.map(({ taskId }) => taskId)),
  );
  return live;
}

/** Waits until all three views show exactly `instances` tasks that answer, and returns those. */
export async function converged(bundle: Bundle, app: RoutedApp): Promise<LiveTask[]> {
  return waitFor(`${app.instances} × ${app.id} in API, DNS and HAProxy alike`, () => look(bundle, app), {
    withinMs: 60_000,
    everyMs: 200,
  });
}
