// Several schedulers, an embedded cluster and ZooKeeper, as real processes: what the tests of high availability break.
//
//   const fleet = await startFleet(t);               three schedulers, one ZooKeeper server, one cluster, one that leads
//   const leader = await fleet.leader();             the one that leads; waits for it
//   await leader.kill();                             kill -9; it is started again at once, as systemd would
//   leader.freeze(); leader.resume();                SIGSTOP, SIGCONT
//   await leader.stop();                             SIGTERM, and it stays away until start()
//   await fleet.api('PUT', '/v2/apps/a', app);       asks whoever answers; throws when nobody does
//   await leader.api('GET', '/v2/leader');           asks exactly this one
//   await fleet.acknowledged('PUT', path, body);     repeats until a scheduler has said yes, however many are killed meanwhile
//   await fleet.waitForDeployments();
//   fleet.zooKeeper.servers[0].kill()                see test/support/zookeeper.ts; { zooKeepers: 3 } for three of them
//   fleet.cluster.kill(); fleet.cluster.start()      the embedded master and agent
//
// `zooKeeperOf` of the options puts something between a scheduler and ZooKeeper (test/support/tcp-proxy.ts). A scheduler that ends with
// a status other than 103 or 105 stays away, and whatever waits for something throws. All ends with the test; when that fails, the last
// lines of every log are shown.
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Test } from 'tap';
import { workshop } from './workshop.js';
import { messageOf } from '../../../../src/common/errors.js';
import { freePort } from '../../../support/ports.js';
import { waitFor } from '../../../support/wait.js';
import type { ZooKeeperEnsemble } from '../../../support/zookeeper.js';
import { startZooKeeper } from '../../../support/zookeeper.js';
import type { ApiAnswer, ApiTask } from '../../support/bundle.js';
import { ask } from '../../support/http.js';
import type { Answer } from '../../support/http.js';
import { freePortRange } from '../../support/port-range.js';
import { supervise } from './supervise.js';
import type { Supervised } from './supervise.js';

export interface FleetOptions {
  /** 3 when not given. */
  readonly schedulers?: number;
  /** Servers of ZooKeeper; 1 when not given. */
  readonly zooKeepers?: 1 | 3;
  /** `--zk_session_timeout` of every scheduler, in milliseconds; 2000 when not given. */
  readonly sessionTimeoutMs?: number;
  /** More flags of every scheduler. */
  readonly flags?: readonly string[];
  /** More flags of scheduler `n` (0, 1, …). */
  readonly flagsOf?: (n: number) => readonly string[];
  /** `[user:password@]host:port,…` by which scheduler `n` reaches ZooKeeper; all its servers when not given. */
  readonly zooKeeperOf?: (n: number, zooKeeper: ZooKeeperEnsemble) => string | Promise<string>;
  /** By which scheduler `n` is reached by the others (`--hostname`); 127.0.0.1 when not given. */
  readonly hostnameOf?: (n: number) => string;
  /** Below which everything is in ZooKeeper; '' when not given. */
  readonly chroot?: string;
  /** More flags of the cluster. */
  readonly clusterFlags?: readonly string[];
  /** `--master` of the schedulers; no cluster is started then, and `cluster` must not be used. */
  readonly master?: string;
  /** `--master` of scheduler `n`, for what stands between it and the cluster's master on 127.0.0.1; `master`, or ZooKeeper, when not given. */
  readonly masterOf?: (n: number, masterPort: number) => Promise<string>;
  /** The schedulers that are started now (0, 1, …); all when not given. */
  readonly startOnly?: readonly number[];
  /** Resolve before any scheduler leads: the test waits itself. */
  readonly doNotWait?: boolean;
}

/** One scheduler, over all the processes that it is one after the other. */
export interface FleetScheduler extends Supervised {
  /** 0, 1, … */
  readonly n: number;
  readonly port: number;
  /** `host:port` as in `/v2/leader`. */
  readonly address: string;
  /** A request to exactly this one; throws when it does not answer. `body` is sent as JSON. */
  api(method: string, path: string, body?: unknown): Promise<ApiAnswer & Pick<Answer, 'headers'>>;
  /** Whether it says that it leads, at `/ekiden/v1/leading`; false when it does not answer. */
  isLeading(): Promise<boolean>;
}

export interface Fleet {
  readonly zooKeeper: ZooKeeperEnsemble;
  readonly schedulers: readonly FleetScheduler[];
  readonly cluster: Supervised & { readonly masterPort: number; readonly agentPort: number };
  /** A directory of this fleet's own, in which tasks may write. */
  readonly directory: string;
  readonly sessionTimeoutMs: number;
  /** The scheduler that leads, once exactly one says so. `except`: another one than this. Throws after `withinMs`, two minutes if not given. */
  leader(options?: { readonly except?: FleetScheduler; readonly withinMs?: number }): Promise<FleetScheduler>;
  /** All that say so now. */
  leading(): Promise<FleetScheduler[]>;
  /** The first answer below 500 that a scheduler gives, beginning with any; throws when none does. */
  api(method: string, path: string, body?: unknown): Promise<ApiAnswer & Pick<Answer, 'headers'>>;
  /**
   * Repeats a request until it is answered with 2xx. 409 (a deployment is under way, perhaps because of the attempt before) is waited for,
   * too; what a repeated DELETE does not find any more counts as deleted. For requests that change nothing when they are repeated. Throws
   * for any other answer below 500, and after two minutes.
   */
  acknowledged(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  /** Resolves when no deployment is under way. */
  waitForDeployments(): Promise<void>;
  /** Of one app, from whoever answers. */
  tasks(appId: string): Promise<ApiTask[]>;
  /** Requests that a scheduler took and never answered: what was asked and of whom. */
  readonly unanswered: readonly string[];
  /** Throws when a process has ended in a way that none should. */
  check(): void;
}

const agentPorts = 60;
/** A safety net; see `waitFor`. */
const patience = { withinMs: 120_000, everyMs: 100 };

function parsed(answer: Answer): ApiAnswer & Pick<Answer, 'headers'> {
  const { status, headers, text } = answer;
  let body: unknown;
  try {
    body = text === '' ? undefined : JSON.parse(text);
  } catch {
    body = undefined;
  }
  return { status, headers, text, body };
}

/** Starts all of it and waits until a scheduler leads (see the head of this file). */
export async function startFleet(t: Test, options: FleetOptions = {}): Promise<Fleet> {
  if (!existsSync(resolve('dist/main.js'))) throw new Error('not built: run `npm run build` first');
  const { schedulers: count = 3, zooKeepers = 1, sessionTimeoutMs = 2_000, chroot = '', flags = [] } = options;
  const zooKeeper = await startZooKeeper(t, zooKeepers);
  const all: Supervised[] = [];
  const base = workshop(t, all);
  const directory = join(base, 'tasks');
  mkdirSync(directory);
  const unanswered: string[] = [];

  const first = await freePortRange(agentPorts);
  const masterPort = await freePort();
  const agentPort = await freePort();
  const cluster = supervise({
    name: 'cluster',
    base,
    args: [
      'cluster',
      '--host=127.0.0.1',
      `--cluster_port=${masterPort}`,
      `--agent_port=${agentPort}`,
      `--cluster_zk=zk://${zooKeeper.hosts}${chroot}/mesos`,
      `--work_dir=${join(base, 'cluster')}`,
      `--resources=cpus:8;mem:8192;disk:10000;ports:[${first}-${first + agentPorts - 1}]`,
      '--log_format=json',
      ...(options.clusterFlags ?? []),
    ],
  });
  if (options.master === undefined) {
    all.push(cluster);
    cluster.start();
  }

  async function newScheduler(n: number): Promise<FleetScheduler> {
    const port = await freePort();
    const hostname = options.hostnameOf?.(n) ?? '127.0.0.1';
    const hosts = (await options.zooKeeperOf?.(n, zooKeeper)) ?? zooKeeper.hosts;
    const master = (await options.masterOf?.(n, masterPort)) ?? options.master ?? `zk://${hosts}${chroot}/mesos`;
    const process = supervise({
      name: `scheduler ${n}`,
      base,
      args: [
        'scheduler',
        '--host=127.0.0.1',
        `--hostname=${hostname}`,
        `--http_port=${port}`,
        `--master=${master}`,
        `--zk=zk://${hosts}${chroot}/marathon`,
        `--zk_session_timeout=${sessionTimeoutMs}`,
        `--work_dir=${join(base, `scheduler-${n}`)}`,
        '--log_format=json',
        ...flags,
        ...(options.flagsOf?.(n) ?? []),
      ],
    });
    const scheduler: FleetScheduler = {
      ...process,
      n,
      port,
      address: `${hostname}:${port}`,
      get pid() {
        return process.pid;
      },
      get unexpected() {
        return process.unexpected;
      },
      async api(method, path, body) {
        try {
          return parsed(await ask(port, path, { method, ...(body === undefined ? {} : { body }) }));
        } catch (error) {
          if (messageOf(error).startsWith('no answer')) unanswered.push(`${scheduler.name}: ${method} ${path}`);
          throw error;
        }
      },
      isLeading: async () => {
        try {
          return (await ask(port, '/ekiden/v1/leading')).status === 200;
        } catch {
          return false;
        }
      },
    };
    all.push(scheduler);
    return scheduler;
  }
  const schedulers: FleetScheduler[] = [];
  for (let n = 0; n < count; n++) schedulers.push(await newScheduler(n));

  const fleet: Fleet = {
    zooKeeper,
    schedulers,
    directory,
    sessionTimeoutMs,
    unanswered,
    cluster: {
      ...cluster,
      masterPort,
      agentPort,
      get pid() {
        return cluster.pid;
      },
      get unexpected() {
        return cluster.unexpected;
      },
    },
    check() {
      for (const { unexpected } of all) if (unexpected !== undefined) throw new Error(unexpected);
    },
    async leading() {
      const answers = await Promise.all(schedulers.map((scheduler) => scheduler.isLeading()));
      return schedulers.filter((_, n) => answers[n] === true);
    },
    async leader({ except, withinMs = patience.withinMs } = {}) {
      let trouble: string | undefined;
      const leader = await waitFor(
        except === undefined ? 'a scheduler to lead' : 'another scheduler to lead',
        async () => {
          trouble = all.find(({ unexpected }) => unexpected !== undefined)?.unexpected;
          if (trouble !== undefined) return 'trouble';
          const [one, ...others] = await fleet.leading();
          return others.length === 0 && one !== except && one;
        },
        { withinMs, everyMs: 25 },
      );
      if (leader === 'trouble') throw new Error(trouble);
      return leader;
    },
    async api(method, path, body) {
      const from = Math.floor(Math.random() * schedulers.length);
      const refusals: string[] = [];
      for (let k = 0; k < schedulers.length; k++) {
        const scheduler = schedulers[(from + k) % schedulers.length] as FleetScheduler;
        try {
          const answer = await scheduler.api(method, path, body);
          if (answer.status < 500) return answer;
          refusals.push(`${scheduler.name}: ${answer.status} ${answer.text}`);
        } catch (error) {
          refusals.push(`${scheduler.name}: ${messageOf(error)}`);
        }
      }
      throw new Error(`${method} ${path}: ${refusals.join('; ')}`);
    },
    async acknowledged(method, path, body) {
      let attempts = 0;
      const answer = await waitFor(
        `an answer to ${method} ${path}`,
        async () => {
          fleet.check();
          attempts++;
          const answer = await fleet.api(method, path, body);
          if (answer.status === 409) throw new Error(answer.text);
          return answer;
        },
        patience,
      );
      if (method === 'DELETE' && attempts > 1 && answer.status === 404) return answer;
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      return answer;
    },
    async waitForDeployments() {
      await waitFor(
        'the end of all deployments',
        async () => {
          fleet.check();
          const { status, body, text } = await fleet.api('GET', '/v2/deployments');
          if (status !== 200 || !Array.isArray(body)) throw new Error(`GET /v2/deployments: ${status} ${text}`);
          if (body.length > 0) throw new Error(`still under way: ${text.slice(0, 2000)}`);
          return true;
        },
        patience,
      );
    },
    async tasks(appId) {
      const { status, body, text } = await fleet.api('GET', `/v2/apps/${appId}/tasks`);
      if (status !== 200) throw new Error(`tasks of ${appId}: ${status} ${text}`);
      return [...(body as { tasks: ApiTask[] }).tasks];
    },
  };
  for (const n of options.startOnly ?? schedulers.keys()) schedulers[n]?.start();
  if (options.doNotWait !== true) await fleet.leader();
  return fleet;
}
