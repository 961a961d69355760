import { Pool } from 'undici';
import type { Child } from '../support/child.js';
import { askJson, load, send } from '../support/load.js';
import type { LoadRequest } from '../support/load.js';
import { table } from '../support/report.js';
import type { SchedulerChild } from '../support/scheduler-child.js';
import { percentile } from '../support/statistics.js';
import { appBody, putJson } from './fleet.js';
import type { Fleet } from './fleet.js';

const warmUpMs = 1000;
const loadMs = 3000;
const rounds = 20;
const peerBody: LoadRequest = { method: 'GET', path: '/body' };

interface Read {
  readonly path: string;
  readonly clients: number;
  readonly gzip?: boolean;
}

async function bodyOf(url: string, path: string): Promise<Buffer> {
  const pool = new Pool(url, { connections: 1 });
  const { body } = await send(pool, { method: 'GET', path }, true);
  await pool.close();
  return body;
}

const lists: readonly Read[] = [
  { path: '/v2/apps', clients: 4 },
  { path: '/v2/apps?embed=apps.tasks', clients: 4 },
  { path: '/v2/apps?embed=apps.tasks', clients: 4, gzip: true },
  { path: '/v2/groups', clients: 4 },
  { path: '/v2/tasks', clients: 4 },
];

function nameOf({ path, gzip = false }: Read): string {
  return gzip ? `${path}, gzip` : path;
}

/** What is asked for again and again, each next to a server that sends the same bytes and does nothing else. */
async function measureUnchanged(scheduler: SchedulerChild, peer: Child, fleet: Fleet): Promise<void> {
  const row = table('GET, closed loop, nothing changes', [
    ['clients', 9],
    ['bytes', 10],
    ['req/s', 9],
    ['p50 ms', 9],
    ['p99 ms', 9],
    ['bare/s', 9],
    ['ratio', 8],
  ]);
  const one: Read = { path: '/v2/apps/{id}', clients: 10 };
  for (const read of [one, ...lists]) {
    const { path, clients, gzip = false } = read;
    const pathOf = (i: number): string =>
      read === one ? `/v2/apps${fleet.appId(i % 100, i % fleet.appsPerGroup)}` : path;
    const headers = gzip ? { 'accept-encoding': 'gzip' } : {};
    await askJson(peer.url, { method: 'PUT', path: '/body', body: await bodyOf(scheduler.url, pathOf(0)) });
    const requestOf = (i: number): LoadRequest => ({ method: 'GET', path: pathOf(i), headers });
    await load(scheduler.url, clients, { ms: warmUpMs }, requestOf);
    const own = await load(scheduler.url, clients, { ms: loadMs }, requestOf);
    const bare = await load(peer.url, clients, { ms: loadMs }, () => ({ ...peerBody, headers }));
    row(
      nameOf(read),
      clients,
      own.bytes,
      own.perSecond,
      own.p50Ms,
      own.p99Ms,
      bare.perSecond,
      own.perSecond / bare.perSecond,
    );
  }
}

/** Milliseconds until `clients` that ask together all have their answer. */
async function together(url: string, clients: number, request: LoadRequest): Promise<number> {
  const pool = new Pool(url, { connections: clients, pipelining: 1 });
  const startMs = performance.now();
  await Promise.all(Array.from({ length: clients }, () => send(pool, request)));
  const tookMs = performance.now() - startMs;
  await pool.close();
  return tookMs;
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return percentile(values, 0.5);
}

/** What follows every event: something has changed, and all load balancers ask for the list at once. */
async function measureAfterChange(scheduler: SchedulerChild, peer: Child): Promise<void> {
  const row = table('GET right after a change, until all have their answer', [
    ['clients', 9],
    ['p50 ms', 9],
    ['bare ms', 9],
    ['ratio', 8],
  ]);
  const change = (round: number): Promise<unknown> =>
    askJson(
      scheduler.url,
      putJson('/v2/apps/changing', appBody('/changing', { instances: 0, labels: { round: `${round}` } })),
    );
  for (const read of lists) {
    const headers = read.gzip === true ? { 'accept-encoding': 'gzip' } : {};
    await askJson(peer.url, { method: 'PUT', path: '/body', body: await bodyOf(scheduler.url, read.path) });
    for (const clients of [1, 10]) {
      const own: number[] = [];
      const bare: number[] = [];
      for (let round = 0; round < rounds; round++) {
        await change(round);
        own.push(await together(scheduler.url, clients, { method: 'GET', path: read.path, headers }));
        bare.push(await together(peer.url, clients, { ...peerBody, headers }));
      }
      const [ownMs, bareMs] = [median(own), median(bare)];
      row(nameOf(read), clients, ownMs, bareMs, ownMs / bareMs);
    }
  }
  await askJson(scheduler.url, { method: 'DELETE', path: '/v2/apps/changing' });
  await scheduler.quiet();
}

export async function measureReads(scheduler: SchedulerChild, peer: Child, fleet: Fleet): Promise<void> {
  await measureUnchanged(scheduler, peer, fleet);
  await measureAfterChange(scheduler, peer);
}
