import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Test } from 'tap';
import { isRunning } from '../../../src/common/process-identity.js';
import type { ProcessIdentity } from '../../../src/common/process-identity.js';
import { sleep } from '../../../src/common/time.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import type { DigAnswer } from './dig.js';
import { dig } from './dig.js';
import type { Access, Answer } from './http.js';
import { ask } from './http.js';
import type { Leftover } from './leftovers.js';
import { processesOf } from './leftovers.js';
import { freePortRange } from './port-range.js';
import { killProcess } from '../../support/kill.js';

export const roles = ['cluster', 'scheduler', 'dns', 'lb'] as const;
export type Role = (typeof roles)[number];

/** A task as `GET /v2/apps/{id}/tasks` shows it, as far as the tests read it. */
export interface ApiTask {
  readonly id: string;
  readonly appId: string;
  readonly host: string;
  readonly ports: readonly number[];
  readonly state: string;
  readonly slaveId: string;
  /** Of the app's definition that it runs. */
  readonly version: string;
  readonly stagedAt: string;
  readonly startedAt: string | null;
  readonly healthCheckResults?: readonly { readonly alive: boolean }[];
}

export interface BundlePorts {
  readonly http: number;
  readonly https: number;
  readonly cluster: number;
  readonly agent: number;
  readonly dns: number;
  readonly dnsHttp: number;
  readonly lb: number;
  readonly haproxyHttp: number;
  readonly haproxyHttps: number;
  readonly haproxyStats: number;
  /** `--local_port_min` and `--local_port_max`. */
  readonly serviceMin: number;
  readonly serviceMax: number;
}

/** All of Ekiden as `ekiden up` runs it, as real processes on ports of their own. */
export interface Bundle {
  readonly workDir: string;
  readonly ports: BundlePorts;
  /** Starts `ekiden up` (again) and waits until every role serves. */
  up(): Promise<void>;
  /** Resolves when every role serves, and the scheduler is connected to the cluster. */
  ready(): Promise<void>;
  /** Ends `ekiden up` as Ctrl-C does; resolves with its exit status. */
  stop(): Promise<number | null>;
  /** `kill -9` of the supervisor (`up`) or of one role; resolves when exactly that process is gone. */
  kill(what: 'up' | Role): Promise<void>;
  /** The processes of the roles, as the supervisor recorded them. */
  rolePids(): Partial<Record<Role, ProcessIdentity>>;
  /** The HAProxy that lb has started or adopted. */
  haproxyPid(): number | undefined;
  /** A request to Marathon's API; `body` is sent as JSON. `credentials` are of another user than the bundle's. */
  api(method: string, path: string, body?: unknown, credentials?: string): Promise<ApiAnswer>;
  /** Posts an app; throws unless it is 201. */
  postApp(app: object): Promise<void>;
  /** Resolves when no deployment is under way. */
  waitForDeployments(): Promise<void>;
  tasks(appId: string): Promise<ApiTask[]>;
  dig(name: string, type: 'A' | 'SRV' | 'SOA'): Promise<DigAnswer>;
  /** A request to HAProxy's port for rules, or to a service port. */
  route(path: string, options?: { port?: number; host?: string }): Promise<Answer>;
  /** A request to the rules API. */
  rules(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Processes that belong to this bundle, whatever they are. */
  leftovers(): Leftover[];
  /** The last lines of what `ekiden up` printed. */
  log(lines?: number): string;
}

/** What Marathon's API answered; `body` is undefined unless it is JSON. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly text: string;
}

/** What a bundle is besides its flags. */
export interface BundleSurroundings {
  /** How the tests reach Marathon's API, as the flags demand it. */
  readonly access?: Access;
  /** More variables of `ekiden up`. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** How many ports the agent has to offer, and the scheduler to give to services. */
const agentPorts = 60;
const servicePorts = 20;
/** What still runs so long after the test has asked it to stop is killed. */
const stopLimitMs = 40_000;

async function choosePorts(): Promise<BundlePorts & { readonly agentMin: number }> {
  const first = await freePortRange(agentPorts + servicePorts);
  return {
    http: await freePort(),
    https: await freePort(),
    cluster: await freePort(),
    agent: await freePort(),
    dns: await freePort(),
    dnsHttp: await freePort(),
    lb: await freePort(),
    haproxyHttp: await freePort(),
    haproxyHttps: await freePort(),
    haproxyStats: await freePort(),
    serviceMin: first,
    serviceMax: first + servicePorts - 1,
    agentMin: first + servicePorts,
  };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Starts the built program with a work_dir of its own and waits until everything serves. When the test ends, whatever is left
 * of it is killed, and on failure the end of its log is shown.
 */
export async function startBundle(
  t: Test,
  flags: readonly string[] = [],
  { access = {}, environment = {} }: BundleSurroundings = {},
): Promise<Bundle> {
  const program = resolve('bin/ekiden');
  if (!existsSync(resolve('dist/main.js'))) throw new Error('not built: run `npm run build` first');
  const ports = await choosePorts();
  const apiPort = access.tls === true ? ports.https : ports.http;
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'ekiden-e2e-')));
  const workDir = join(base, 'work');
  const logPath = join(base, 'up.log');
  const args = [
    'up',
    `--work_dir=${workDir}`,
    `--http_port=${ports.http}`,
    `--https_port=${ports.https}`,
    `--cluster_port=${ports.cluster}`,
    `--agent_port=${ports.agent}`,
    `--dns_port=${ports.dns}`,
    `--dns_http_port=${ports.dnsHttp}`,
    `--lb_port=${ports.lb}`,
    `--haproxy_http_port=${ports.haproxyHttp}`,
    `--haproxy_https_port=${ports.haproxyHttps}`,
    `--haproxy_stats_port=${ports.haproxyStats}`,
    `--local_port_min=${ports.serviceMin}`,
    `--local_port_max=${ports.serviceMax}`,
    `--resources=cpus:8;mem:8192;disk:10000;ports:[${ports.agentMin}-${ports.agentMin + agentPorts - 1}]`,
    '--log_format=json',
    // one beside the name server itself is enough: machines that run the tests are small
    ...(flags.some((flag) => flag.startsWith('--dns_workers=')) ? [] : ['--dns_workers=1']),
    ...flags,
  ];
  let child: ChildProcess | undefined;

  function log(lines = 60): string {
    return existsSync(logPath) ? readFileSync(logPath, 'utf8').split('\n').slice(-lines).join('\n') : '';
  }

  async function isReady(): Promise<boolean> {
    const [ping, status, leader, frameworks] = await Promise.all([
      ask(apiPort, '/ping', access),
      ask(ports.lb, '/status'),
      dig(ports.dns, 'leader.mesos', 'A'),
      ask(ports.cluster, '/frameworks'),
    ]);
    if (ping.status !== 200) throw new Error(`scheduler: ${ping.status} ${ping.text}`);
    if (status.status !== 200) throw new Error(`lb: ${status.status} ${status.text}`);
    if (leader.status !== 'NOERROR') throw new Error(`dns: ${leader.status}`);
    const { frameworks: known = [] } = JSON.parse(frameworks.text) as { frameworks?: { connected: boolean }[] };
    if (!known.some(({ connected }) => connected)) throw new Error(`no framework is connected: ${frameworks.text}`);
    return true;
  }

  async function ended(process: ChildProcess): Promise<void> {
    if (process.exitCode === null && process.signalCode === null) await once(process, 'exit');
  }

  const bundle: Bundle = {
    workDir,
    ports,
    log,
    async up() {
      if (child !== undefined && child.exitCode === null && child.signalCode === null) throw new Error('it is up');
      const output = openSync(logPath, 'a');
      // through env(1), as tap adds its loaders to the NODE_OPTIONS of whatever a test starts: users do not have those
      child = spawn('/usr/bin/env', ['-u', 'NODE_OPTIONS', process.execPath, program, ...args], {
        // a directory of its own, so that nothing that it starts has its own in the project
        cwd: base,
        env: { PATH: process.env['PATH'] ?? '', HOME: base, E2E_DIRECTORY: base, ...environment },
        stdio: ['ignore', output, output],
      });
      closeSync(output);
      await bundle.ready();
    },
    async ready() {
      const process = child;
      if (process === undefined) throw new Error('it is not up');
      await Promise.race([
        waitFor('every role to serve', isReady, { withinMs: 60_000, everyMs: 200 }),
        ended(process).then(() => {
          throw new Error(`ekiden up ended with ${process.exitCode ?? process.signalCode}:\n${log()}`);
        }),
      ]);
    },
    async stop() {
      if (child === undefined) return null;
      child.kill('SIGTERM');
      await ended(child);
      return child.exitCode;
    },
    async kill(what) {
      if (what === 'up') {
        if (child === undefined) throw new Error('it is not up');
        child.kill('SIGKILL');
        await ended(child);
        return;
      }
      const identity = bundle.rolePids()[what];
      if (identity === undefined || !isRunning(identity)) throw new Error(`${what} does not run`);
      killProcess(identity.pid);
      await waitFor(`${what} to be gone`, () => !isRunning(identity), { everyMs: 10 });
    },
    rolePids: () => readJson(join(workDir, 'roles.json')) ?? {},
    haproxyPid: () => (readJson(join(workDir, 'lb', 'haproxy.json')) as { current?: { pid?: number } })?.current?.pid,
    async api(method, path, body, credentials = access.credentials) {
      const answer = await ask(apiPort, path, {
        ...access,
        method,
        ...(body === undefined ? {} : { body }),
        ...(credentials === undefined ? {} : { credentials }),
      });
      let parsed: unknown;
      try {
        parsed = answer.text === '' ? undefined : JSON.parse(answer.text);
      } catch {
        parsed = undefined;
      }
      return { status: answer.status, body: parsed, text: answer.text };
    },
    async postApp(app) {
      const { status, text } = await bundle.api('POST', '/v2/apps', app);
      if (status !== 201) throw new Error(`POST /v2/apps: ${status} ${text}`);
    },
    async waitForDeployments() {
      await waitFor(
        'the end of all deployments',
        async () => {
          const { status, body, text } = await bundle.api('GET', '/v2/deployments');
          if (status !== 200 || !Array.isArray(body)) throw new Error(`GET /v2/deployments: ${status} ${text}`);
          if (body.length > 0) throw new Error(`still under way: ${text.slice(0, 2000)}`);
          return true;
        },
        { withinMs: 60_000, everyMs: 100 },
      );
    },
    async tasks(appId) {
      const { status, body, text } = await bundle.api('GET', `/v2/apps/${appId}/tasks`);
      if (status !== 200) throw new Error(`tasks of ${appId}: ${status} ${text}`);
      return [...(body as { tasks: ApiTask[] }).tasks];
    },
    dig: (name, type) => dig(ports.dns, name, type),
    route: (path, { port = ports.haproxyHttp, host } = {}) => ask(port, path, host === undefined ? {} : { host }),
    rules: (method, path, body) => ask(ports.lb, path, { method, ...(body === undefined ? {} : { body }) }),
    leftovers: () => processesOf(base),
  };

  t.teardown(async () => {
    if (!t.passing()) t.comment(`the end of the log:\n${log(120)}`);
    const limit = new AbortController();
    await Promise.race([bundle.stop(), sleep(stopLimitMs, limit.signal)]);
    limit.abort();
    for (const { pid } of bundle.leftovers()) {
      try {
        killProcess(pid);
      } catch {
        // it has just ended by itself
      }
    }
    await waitFor('the last processes to end', () => bundle.leftovers().length === 0).catch(() => undefined);
    rmSync(base, { recursive: true, force: true });
  });
  await bundle.up();
  return bundle;
}
