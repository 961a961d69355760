// Embedded masters, one scheduler with its own store, and a ZooKeeper that tells them of each other, as real processes: what the tests
// of failing masters break.
//
//   const stand = await startMasterStand(t, { masters: 2 });
//   await stand.startMaster(0);
//   const app = await stand.run('/web', 4);          four instances, with the processes that they are
//   await stand.masters[0].kill();                   and so on
//   const leader = await stand.leading();            the master that serves
//   await app.intact(leader);                        the same tasks, in the same processes, known to all; reconciled with this master
//   await app.scale(5);
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Test } from 'tap';
import { workshop } from './workshop.js';
import { identifyProcess } from '../../../../src/common/process-identity.js';
import { freePort } from '../../../support/ports.js';
import { waitFor } from '../../../support/wait.js';
import type { ZooKeeperEnsemble } from '../../../support/zookeeper.js';
import { startZooKeeper } from '../../../support/zookeeper.js';
import type { ApiTask } from '../../support/bundle.js';
import { ask } from '../../support/http.js';
import { freePortRange } from '../../support/port-range.js';
import type { Supervised } from './supervise.js';
import { supervise } from './supervise.js';

export interface MasterStandOptions {
  /** Masters on one work directory, which are started one by one. */
  readonly masters: number;
  /** `--cluster_zk_session_timeout`, in milliseconds; without it masters do not announce themselves. */
  readonly sessionTimeoutMs?: number;
  /** More flags of the scheduler. */
  readonly flags?: readonly string[];
}

/** A process with the port of its API. */
export interface StandProcess extends Supervised {
  readonly port: number;
}

/** What the tests read of a master's `/state`. */
export interface MasterPicture {
  readonly id: string;
  readonly slaves: readonly { readonly id: string }[];
  readonly frameworks: readonly {
    readonly id: string;
    readonly connected: boolean;
    readonly recovered: boolean;
    readonly tasks: readonly { readonly id: string; readonly state: string }[];
  }[];
  readonly completed_frameworks: readonly unknown[];
}

/** An app whose instances are followed. */
export interface StandApp {
  /** By task id, the process that each instance is: pid and start. */
  readonly processes: ReadonlyMap<string, string>;
  /**
   * Resolves when the scheduler is subscribed at `master` under its id and has reconciled, and master, agent and scheduler name the
   * instances that ran before, and no other. Throws when a process is not the one that it was, or one was started besides.
   */
  intact(master: StandProcess): Promise<void>;
  /** Changes how many there are, and waits for the end of that; those that stay are the same ones. */
  scale(instances: number): Promise<void>;
  /** Asks for so many, and does not wait. */
  wish(instances: number): Promise<void>;
  /** Resolves when exactly as many run as were wished for last, and nothing is under way. */
  settled(): Promise<void>;
}

export interface MasterStand {
  readonly zooKeeper: ZooKeeperEnsemble;
  readonly masters: readonly StandProcess[];
  readonly scheduler: StandProcess;
  readonly agentPort: number;
  /** Starts one and waits until it answers, be it as the one that leads or not. */
  startMaster(n: number): Promise<StandProcess>;
  /** The one that leads and whose agent has recovered. */
  leading(): Promise<StandProcess>;
  /** What a master says of all; undefined while it does not lead, or not yet, or does not answer. */
  picture(master: StandProcess): Promise<MasterPicture | undefined>;
  /** `/metrics/snapshot`, without `master/`. */
  metric(master: StandProcess, name: string): Promise<number>;
  /** The scheduler's framework id. */
  frameworkId(): Promise<string>;
  run(id: string, instances: number): Promise<StandApp>;
}

/** A safety net; see `waitFor`. */
const patience = { withinMs: 90_000, everyMs: 50 };
const agentPorts = 60;

function withPort(process: Supervised, port: number): StandProcess {
  return {
    ...process,
    port,
    get pid() {
      return process.pid;
    },
    get unexpected() {
      return process.unexpected;
    },
  };
}

/** Whether this process is that task. */
function isTask(pid: number, taskId: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`MESOS_TASK_ID=${taskId}`);
  } catch {
    return false;
  }
}

/** Starts ZooKeeper and the scheduler; nobody waits for a master before one is started. */
export async function startMasterStand(t: Test, options: MasterStandOptions): Promise<MasterStand> {
  if (!existsSync(resolve('dist/main.js'))) throw new Error('not built: run `npm run build` first');
  const { masters: count, sessionTimeoutMs, flags = [] } = options;
  const zooKeeper = await startZooKeeper(t);
  const all: Supervised[] = [];
  const base = workshop(t, all);
  const started = join(base, 'started');

  const firstPort = await freePortRange(agentPorts);
  const agentPort = await freePort();
  const masters: StandProcess[] = [];
  for (let n = 0; n < count; n++) {
    const port = await freePort();
    const process = supervise({
      name: `master ${n}`,
      base,
      args: [
        'cluster',
        '--host=127.0.0.1',
        `--cluster_port=${port}`,
        `--agent_port=${agentPort}`,
        `--work_dir=${join(base, 'cluster')}`,
        `--resources=cpus:8;mem:8192;disk:10000;ports:[${firstPort}-${firstPort + agentPorts - 1}]`,
        ...(sessionTimeoutMs === undefined
          ? []
          : [`--cluster_zk=zk://${zooKeeper.hosts}/mesos`, `--cluster_zk_session_timeout=${sessionTimeoutMs}`]),
        '--log_format=json',
      ],
      // That of a master which does not lead any more.
      restartStatuses: [1],
    });
    masters.push(withPort(process, port));
    all.push(process);
  }
  const port = await freePort();
  const scheduler = supervise({
    name: 'scheduler',
    base,
    args: [
      'scheduler',
      '--host=127.0.0.1',
      '--hostname=127.0.0.1',
      `--http_port=${port}`,
      `--master=zk://${zooKeeper.hosts}/mesos`,
      `--work_dir=${join(base, 'scheduler')}`,
      '--min_revive_offers_interval=500',
      '--log_format=json',
      ...flags,
    ],
  });
  all.push(scheduler);

  async function api(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await ask(port, path, { method, ...(body === undefined ? {} : { body }) });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.text === '' ? undefined : (JSON.parse(answer.text) as unknown);
  }

  /** Task ids with the pid of each, as the processes noted them when they started. */
  function starts(appId: string): [taskId: string, pid: number][] {
    const text = existsSync(started) ? readFileSync(started, 'utf8') : '';
    return text.split('\n').flatMap((line): [string, number][] => {
      const [id = '', taskId = '', pid = ''] = line.split(' ');
      return id === appId ? [[taskId, Number(pid)]] : [];
    });
  }

  function identityOf(pid: number): string {
    const identity = identifyProcess(pid);
    return identity === undefined ? 'gone' : `${identity.pid} since ${identity.startTime}`;
  }

  async function tasksOf(appId: string): Promise<ApiTask[]> {
    return [...((await api('GET', `/v2/apps${appId}/tasks`)) as { tasks: ApiTask[] }).tasks];
  }

  async function agentTasks(): Promise<string[]> {
    const { frameworks } = JSON.parse((await ask(agentPort, '/state')).text) as {
      frameworks: { executors: { tasks: { id: string }[] }[] }[];
    };
    return frameworks.flatMap(({ executors }) => executors.flatMap(({ tasks }) => tasks.map(({ id }) => id)));
  }

  const stand: MasterStand = {
    zooKeeper,
    masters,
    agentPort,
    scheduler: withPort(scheduler, port),
    async startMaster(n) {
      const master = masters[n];
      if (master === undefined) throw new Error(`there is no master ${n}`);
      master.start();
      await waitFor(
        `master ${n} to answer`,
        async () => {
          if (master.unexpected !== undefined) throw new Error(master.unexpected);
          return (await ask(master.port, '/health')).status === 200;
        },
        patience,
      );
      return master;
    },
    async picture(master) {
      if (master.pid === undefined) return undefined;
      try {
        const { status, text } = await ask(master.port, '/state');
        return status === 200 ? (JSON.parse(text) as MasterPicture) : undefined;
      } catch {
        return undefined;
      }
    },
    leading: () =>
      waitFor(
        'a master to lead',
        async () => {
          for (const master of masters) if ((await stand.picture(master)) !== undefined) return master;
          return undefined;
        },
        patience,
      ),
    async metric(master, name) {
      const metrics = JSON.parse((await ask(master.port, '/metrics/snapshot')).text) as Record<string, number>;
      return metrics[`master/${name}`] ?? 0;
    },
    async frameworkId() {
      return ((await api('GET', '/v2/info')) as { frameworkId: string }).frameworkId;
    },
    async run(id, first) {
      await waitFor('the API', async () => (await ask(port, '/ping')).status === 200, patience);
      let instances = first;
      await api('PUT', `/v2/apps${id}`, {
        id,
        instances,
        cpus: 0.05,
        mem: 16,
        portDefinitions: [],
        cmd: `echo "$MARATHON_APP_ID $MESOS_TASK_ID $$" >> '${started}'; exec sleep 100000`,
      });
      const processes = new Map<string, string>();
      let launched = 0;

      async function settled(): Promise<void> {
        await waitFor(
          `${instances} instances of ${id}`,
          async () => {
            if (scheduler.unexpected !== undefined) throw new Error(scheduler.unexpected);
            const under = (await api('GET', '/v2/deployments')) as unknown[];
            if (under.length > 0) throw new Error(`under way: ${JSON.stringify(under).slice(0, 600)}`);
            const tasks = await tasksOf(id);
            const running = tasks.filter(({ state }) => state === 'TASK_RUNNING');
            return tasks.length === instances && running.length === instances;
          },
          patience,
        );
        const now = new Set((await tasksOf(id)).map((task) => task.id));
        await waitFor('all processes to have noted their start', () => {
          const noted = new Set(starts(id).map(([taskId]) => taskId));
          return [...now].every((taskId) => noted.has(taskId));
        });
        await waitFor('what is no instance any more to be gone', () =>
          starts(id).every(([taskId, pid]) => now.has(taskId) || !isTask(pid, taskId)),
        );
        for (const taskId of [...processes.keys()]) if (!now.has(taskId)) processes.delete(taskId);
        for (const [taskId, pid] of starts(id)) {
          if (now.has(taskId) && !processes.has(taskId)) processes.set(taskId, identityOf(pid));
        }
        launched = starts(id).length;
      }

      const app: StandApp = {
        processes,
        settled,
        async wish(wanted) {
          instances = wanted;
          await api('PUT', `/v2/apps${id}?force=true`, { instances });
        },
        async scale(wanted) {
          const before = new Map(processes);
          await app.wish(wanted);
          await settled();
          const lost = [...before].filter(([taskId]) => !processes.has(taskId)).map(([taskId]) => taskId);
          if (lost.length > Math.max(0, before.size - wanted)) throw new Error(`needlessly ended: ${lost.join(', ')}`);
        },
        async intact(master) {
          const frameworkId = await stand.frameworkId();
          const ids = [...processes.keys()].sort();
          const same = (what: string, found: readonly string[]): void => {
            const text = [...found].sort().join(' ');
            if (text !== ids.join(' ')) throw new Error(`${what}: ${text} instead of ${ids.join(' ')}`);
          };
          await waitFor(
            `the scheduler to have reconciled with ${master.name}`,
            async () => {
              const picture = await stand.picture(master);
              const [framework, ...others] = picture?.frameworks ?? [];
              if (picture === undefined || framework === undefined) throw new Error('it does not serve');
              if (others.length > 0 || picture.completed_frameworks.length > 0) throw new Error('other frameworks');
              if (framework.id !== frameworkId) throw new Error(`${framework.id} instead of ${frameworkId}`);
              if (!framework.connected || framework.recovered) throw new Error('it is not subscribed');
              if ((await stand.metric(master, 'messages_reconcile_tasks')) === 0) throw new Error('not reconciled');
              same('the master', [...framework.tasks.filter(({ state }) => state === 'TASK_RUNNING').map((x) => x.id)]);
              same('the agent', await agentTasks());
              const tasks = await tasksOf(id);
              same('the scheduler', [...tasks.filter(({ state }) => state === 'TASK_RUNNING').map((x) => x.id)]);
              return tasks.length === ids.length;
            },
            patience,
          );
          for (const [taskId, pid] of starts(id)) {
            const was = processes.get(taskId);
            if (was !== undefined && was !== identityOf(pid))
              throw new Error(`${taskId}: ${identityOf(pid)}, not ${was}`);
          }
          if (starts(id).length !== launched) throw new Error(`${starts(id).length} starts instead of ${launched}`);
        },
      };
      await settled();
      return app;
    },
  };
  scheduler.start();
  return stand;
}
