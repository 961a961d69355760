// A scheduler, as a process, on a Mesos cluster: a real one that MESOS_MASTER names, else the embedded one.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Test } from 'tap';
import { workshop } from '../../ha/support/workshop.js';
import { freePort } from '../../../support/ports.js';
import { waitFor } from '../../../support/wait.js';
import { supervise } from '../../ha/support/supervise.js';
import type { Supervised } from '../../ha/support/supervise.js';
import type { ApiTask } from '../../support/bundle.js';
import { ask } from '../../support/http.js';
import type { Answer } from '../../support/http.js';
import { freePortRange } from '../../support/port-range.js';

export interface Site {
  /** For messages. */
  readonly master: string;
  /** What servers of tasks bind, so that health checks and the test reach them. */
  readonly address: string;
  readonly scheduler: Supervised;
  /** A request to the API; `body` is sent as JSON. */
  api(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The body of an answer of the API; throws for every status but 200 and 201. */
  json<T>(method: string, path: string, body?: unknown): Promise<T>;
  tasks(appId: string): Promise<ApiTask[]>;
  /** Waits for exactly so many tasks, all of which run and none of which is among `not`. */
  running(appId: string, count: number, not?: readonly ApiTask[]): Promise<ApiTask[]>;
  /** A file of a task with a server, as text; undefined when it answers with anything but 200, throws when it does not answer. */
  file(task: Pick<ApiTask, 'host' | 'ports'>, path: string): Promise<string | undefined>;
  waitForDeployments(): Promise<void>;
}

/** A safety net; a real cluster may have to fetch and to wait for offers. */
const patience = { withinMs: 120_000, everyMs: 200 };
const agentPorts = 60;

/** Options of the scheduler come from the environment as well: credentials, TLS, the role that the cluster has for it. */
function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      /^(?:EKIDEN|MARATHON)_[A-Z]/.test(name) && !name.startsWith('EKIDEN_TEST_') && value !== undefined
        ? [[name, value]]
        : [],
    ),
  );
}

/** Starts it and waits until the master has taken it on. It ends with the test; the framework and what it runs, soon after. */
export async function startSite(t: Test): Promise<Site> {
  if (!existsSync(resolve('dist/main.js'))) throw new Error('not built: run `npm run build` first');
  const given = process.env['MESOS_MASTER'];
  const processes: Supervised[] = [];
  const base = workshop(t, processes);

  const first = await freePortRange(agentPorts + 20);
  const [masterPort, agentPort, httpPort] = [await freePort(), await freePort(), await freePort()];
  const master = given ?? `127.0.0.1:${masterPort}`;
  if (given === undefined) {
    const cluster = supervise({
      name: 'cluster',
      base,
      args: [
        ...['cluster', '--host=127.0.0.1', '--log_format=json', `--work_dir=${join(base, 'cluster')}`],
        ...[`--cluster_port=${masterPort}`, `--agent_port=${agentPort}`],
        `--resources=cpus:8;mem:8192;disk:10000;ports:[${first + 20}-${first + 20 + agentPorts - 1}]`,
      ],
    });
    processes.push(cluster);
    cluster.start();
  }
  const environment = given === undefined ? {} : ownEnvironment();
  const scheduler = supervise({
    name: 'scheduler',
    base,
    args: [
      ...['scheduler', '--host=127.0.0.1', '--log_format=json', `--work_dir=${join(base, 'scheduler')}`],
      ...[`--http_port=${httpPort}`, `--master=${master}`, `--framework_name=ekiden-test-${process.pid}`],
      ...[`--local_port_min=${first}`, `--local_port_max=${first + 19}`],
      // What a test that was broken off leaves behind, the master removes
      ...['--failover_timeout=120', '--min_revive_offers_interval=500'],
      ...('EKIDEN_MESOS_ROLE' in environment ? [] : ['--mesos_role=ekiden-test']),
    ],
    environment,
  });
  processes.push(scheduler);

  const site: Site = {
    master: given === undefined ? 'the embedded cluster' : 'the master of MESOS_MASTER',
    // The checks of a real agent go to its loopback address, and this test to its name
    address: given === undefined ? '127.0.0.1' : '0.0.0.0',
    scheduler,
    api: (method, path, body) => ask(httpPort, path, { method, ...(body === undefined ? {} : { body }) }),
    async json<T>(method: string, path: string, body?: unknown) {
      const { status, text } = await site.api(method, path, body);
      if (status !== 200 && status !== 201) throw new Error(`${method} ${path}: ${status} ${text}`);
      return JSON.parse(text) as T;
    },
    tasks: async (appId) => (await site.json<{ tasks: ApiTask[] }>('GET', `/v2/apps/${appId}/tasks`)).tasks,
    running: (appId, count, not = []) =>
      waitFor(
        `${count} × ${appId}`,
        async () => {
          const tasks = await site.tasks(appId);
          const meant = tasks.filter(
            ({ id, state }) => state === 'TASK_RUNNING' && !not.some((other) => other.id === id),
          );
          if (tasks.length === count && meant.length === count) return meant;
          throw new Error(tasks.map(({ id, state }) => `${id}: ${state}`).join(', '));
        },
        patience,
      ),
    async file({ host, ports: [port = 0] }, path) {
      const response = await fetch(`http://${host}:${port}/${path}`, {
        signal: AbortSignal.timeout(10_000),
        headers: { connection: 'close' },
      });
      const text = await response.text();
      return response.ok ? text : undefined;
    },
    async waitForDeployments() {
      await waitFor(
        'the end of all deployments',
        async () => {
          const deployments = await site.json<unknown[]>('GET', '/v2/deployments');
          if (deployments.length > 0) throw new Error(JSON.stringify(deployments).slice(0, 2000));
          return true;
        },
        patience,
      );
    },
  };
  scheduler.start();
  await waitFor(
    'the master to take the scheduler on',
    async () => {
      if (scheduler.unexpected !== undefined) return 'ended';
      return (await site.json<{ frameworkId?: string | null }>('GET', '/v2/info')).frameworkId ?? undefined;
    },
    patience,
  );
  if (scheduler.unexpected !== undefined) throw new Error(scheduler.unexpected);
  return site;
}
