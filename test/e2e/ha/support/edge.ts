// The nodes at the edge of a fleet: load balancers and name servers that follow whichever scheduler leads.
import { join } from 'node:path';
import type { Test } from 'tap';
import { workshop } from './workshop.js';
import { freePort } from '../../../support/ports.js';
import { waitFor } from '../../../support/wait.js';
import type { LbStatus } from '../../../../src/lb/api/routes.js';
import type { ApiTask } from '../../support/bundle.js';
import type { DigAnswer } from '../../support/dig.js';
import { dig, endpointsOf } from '../../support/dig.js';
import { readEcho } from '../../support/echo-app.js';
import { ask } from '../../support/http.js';
import type { Answer } from '../../support/http.js';
import type { Fleet } from './fleet.js';
import { supervise } from './supervise.js';
import type { Supervised } from './supervise.js';

export interface EdgePorts {
  readonly lb: number;
  readonly dns: number;
  readonly dnsHttp: number;
  readonly haproxyHttp: number;
  readonly haproxyHttps: number;
  readonly haproxyStats: number;
}

/** What tests see of a node with a load balancer and a name server, whatever processes serve them. */
export interface Edge {
  readonly ports: EdgePorts;
  status(): Promise<LbStatus>;
  dig(name: string, type: 'A' | 'SRV'): Promise<DigAnswer>;
  /** A request to a service port of HAProxy. */
  route(port: number): Promise<Answer>;
}

export async function edgePorts(): Promise<EdgePorts> {
  return {
    lb: await freePort(),
    dns: await freePort(),
    dnsHttp: await freePort(),
    haproxyHttp: await freePort(),
    haproxyHttps: await freePort(),
    haproxyStats: await freePort(),
  };
}

/** The options that say so to lb, and to a dns on the same node. */
export function portFlags(ports: EdgePorts): { readonly lb: readonly string[]; readonly dns: readonly string[] } {
  return {
    lb: [
      `--lb_port=${ports.lb}`,
      `--haproxy_http_port=${ports.haproxyHttp}`,
      `--haproxy_https_port=${ports.haproxyHttps}`,
      `--haproxy_stats_port=${ports.haproxyStats}`,
    ],
    dns: [`--dns_port=${ports.dns}`, `--dns_http_port=${ports.dnsHttp}`],
  };
}

export function edgeAt(ports: EdgePorts): Edge {
  return {
    ports,
    status: async () => JSON.parse((await ask(ports.lb, '/ekiden/v1/status')).text) as LbStatus,
    dig: (name, type) => dig(ports.dns, name, type),
    route: (port) => ask(port, '/'),
  };
}

/** Starts an edge-only lb, which knows all schedulers, and a dns-only name server, which knows ZooKeeper. */
export async function startEdge(
  t: Test,
  fleet: Fleet,
): Promise<Edge & { readonly lb: Supervised; readonly dns: Supervised }> {
  const processes: Supervised[] = [];
  const base = workshop(t, processes);
  const ports = await edgePorts();
  const flags = portFlags(ports);
  const common = ['--host=127.0.0.1', '--log_format=json'];
  const schedulers = fleet.schedulers.map(({ port }) => `http://127.0.0.1:${port}`).join(',');
  const lb = supervise({
    name: 'lb',
    base,
    args: [
      'lb',
      '--keep_haproxy',
      ...common,
      ...flags.lb,
      `--marathon=${schedulers}`,
      `--work_dir=${join(base, 'lb')}`,
    ],
  });
  const dns = supervise({
    name: 'dns',
    base,
    args: ['dns', ...common, ...flags.dns, `--master=zk://${fleet.zooKeeper.hosts}/mesos`],
  });
  processes.push(lb, dns);
  lb.start();
  dns.start();
  return { ...edgeAt(ports), lb, dns };
}

const sorted = (list: Iterable<string>): string => [...new Set(list)].sort().join(' ');

/** Waits until API, names and routes tell the same of an echo app: the tasks, all of which answer. */
export function sameEverywhere(
  fleet: Fleet,
  edge: Edge,
  app: { readonly id: string; readonly instances: number; readonly servicePort: number },
): Promise<ApiTask[]> {
  return waitFor(
    `${app.instances} × ${app.id} in API, DNS and HAProxy alike`,
    async () => {
      const tasks = await fleet.tasks(app.id);
      const up = tasks.filter(({ state }) => state === 'TASK_RUNNING');
      if (tasks.length !== app.instances || up.length !== app.instances) {
        throw new Error(`${up.length} of ${tasks.length} tasks run`);
      }
      const endpoints = endpointsOf(await edge.dig(`_${app.id}._tcp.marathon.mesos`, 'SRV'));
      if (sorted(endpoints) !== sorted(up.map(({ host, ports: [port = 0] }) => `${host}:${port}`))) {
        throw new Error(`the name server knows ${sorted(endpoints)}`);
      }
      const seen = new Set<string>();
      for (let n = 0; n < 3 * app.instances + 3; n++)
        seen.add(readEcho((await edge.route(app.servicePort)).text).taskId);
      if (sorted(seen) !== sorted(up.map(({ id }) => id))) throw new Error(`HAProxy leads to ${sorted(seen)}`);
      return up;
    },
    { withinMs: 60_000, everyMs: 100 },
  );
}

/** Asks for a name and a route again and again; `end` tells how often that went well, and what went wrong. */
export function askAllTheTime(
  edge: Edge,
  name: string,
  port: number,
): { end(): Promise<{ well: number; badly: string[] }> } {
  let ending = false;
  let well = 0;
  const badly: string[] = [];
  const attempt = async (what: string, look: () => Promise<string | undefined>): Promise<void> => {
    const trouble = await look().catch((error: unknown) => String(error));
    if (trouble === undefined) well += 1;
    else badly.push(`${what}: ${trouble}`);
  };
  const asking = (async () => {
    while (!ending) {
      await attempt('route', async () => {
        const { status } = await edge.route(port);
        return status === 200 ? undefined : String(status);
      });
      await attempt('name', async () => {
        const { status, answer } = await edge.dig(name, 'A');
        return status === 'NOERROR' && answer.length > 0 ? undefined : status;
      });
    }
  })();
  return {
    async end() {
      ending = true;
      await asking;
      return { well, badly };
    },
  };
}
