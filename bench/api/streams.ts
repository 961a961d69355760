import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { waitFor } from '../../test/support/wait.js';
import type { Child } from '../support/child.js';
import { askJson } from '../support/load.js';
import { table } from '../support/report.js';
import type { SchedulerChild } from '../support/scheduler-child.js';
import { percentile } from '../support/statistics.js';
import { appBody } from './fleet.js';

const changes = 100;
const marker = Buffer.from('\ndata: ');

/** Clients of an event stream that only count: how many events each has seen. */
class Listeners {
  readonly #sockets: Socket[] = [];
  readonly counts: number[] = [];
  #waiting: { readonly count: number; readonly resolve: () => void } | undefined;

  static async open(url: string, path: string, clients: number): Promise<Listeners> {
    const listeners = new Listeners();
    const { hostname, port } = new URL(url);
    await Promise.all(Array.from({ length: clients }, (_, i) => listeners.#connect(hostname, Number(port), path, i)));
    return listeners;
  }

  #connect(hostname: string, port: number, path: string, index: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, hostname);
      this.#sockets.push(socket);
      this.counts[index] = 0;
      let rest: Buffer = Buffer.alloc(0);
      socket.on('error', reject);
      socket.on('connect', () =>
        socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n`),
      );
      socket.once('data', () => resolve());
      socket.on('data', (chunk: Buffer) => {
        const text = Buffer.concat([rest, chunk]);
        let seen = 0;
        for (let at = text.indexOf(marker); at >= 0; at = text.indexOf(marker, at + marker.length)) seen++;
        rest = text.subarray(Math.max(0, text.length - marker.length + 1));
        if (seen > 0) this.#count(index, seen);
      });
    });
  }

  #count(index: number, seen: number): void {
    this.counts[index] = (this.counts[index] ?? 0) + seen;
    const waiting = this.#waiting;
    if (waiting !== undefined && this.counts.every((count) => count >= waiting.count)) {
      this.#waiting = undefined;
      waiting.resolve();
    }
  }

  reset(): void {
    this.counts.fill(0);
  }

  /** Resolves when every client has seen so many events. */
  have(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.counts.every((seen) => seen >= count)) resolve();
      else this.#waiting = { count, resolve };
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** How long each of the changes takes until the last client has heard of it, and the deliveries in a second of all together. */
async function timed(
  clients: number,
  eventsEach: number,
  listeners: Listeners,
  change: (i: number) => Promise<unknown>,
): Promise<{ readonly p50Ms: number; readonly p99Ms: number; readonly perSecond: number }> {
  const taken: number[] = [];
  for (let i = 0; i < changes; i++) {
    listeners.reset();
    const startMs = performance.now();
    await Promise.all([listeners.have(eventsEach), change(i)]);
    taken.push(performance.now() - startMs);
  }
  const totalMs = taken.reduce((sum, ms) => sum + ms, 0);
  taken.sort((a, b) => a - b);
  return {
    p50Ms: percentile(taken, 0.5),
    p99Ms: percentile(taken, 0.99),
    perSecond: (changes * clients * eventsEach * 1000) / totalMs,
  };
}

/** One change after the other, heard by one client and by many; next to a server that writes as many bytes to as many sockets. */
export async function measureStreams(scheduler: SchedulerChild, peer: Child): Promise<void> {
  const row = table('POST /v2/apps → the last client of /v2/events has heard of it', [
    ['clients', 9],
    ['events', 8],
    ['p50 ms', 9],
    ['p99 ms', 9],
    ['events/s', 10],
    ['bare/s', 10],
    ['ratio', 8],
  ]);
  let round = 0;
  for (const clients of [1, 200]) {
    round++;
    const post = (i: number): Promise<unknown> =>
      askJson(scheduler.url, {
        method: 'POST',
        path: '/v2/apps',
        body: JSON.stringify(appBody(`/heard/${round}/app-${i}`, { instances: 0 })),
      });
    const before = await scheduler.usage();
    await post(changes);
    const eventsEach = (await scheduler.usage()).events - before.events;
    const listeners = await Listeners.open(scheduler.url, '/v2/events', clients);
    // Each stream that opens is an event for those that are open: the first has heard of all, the last of itself.
    await waitFor('the streams to be open', () => {
      const heard = listeners.counts.reduce((sum, count) => sum + count, 0);
      return heard >= (clients * (clients + 1)) / 2;
    });
    const own = await timed(clients, eventsEach, listeners, post);
    listeners.close();

    const bareListeners = await Listeners.open(peer.url, '/stream', clients);
    const event = `event: bench\r\ndata: ${'x'.repeat(600)}\r\n\r\n`;
    const bare = await timed(clients, eventsEach, bareListeners, () =>
      askJson(peer.url, { method: 'POST', path: '/stream', body: event.repeat(eventsEach) }),
    );
    bareListeners.close();
    row(
      clients === 1 ? 'one client' : 'many clients',
      clients,
      eventsEach,
      own.p50Ms,
      own.p99Ms,
      own.perSecond,
      bare.perSecond,
      own.perSecond / bare.perSecond,
    );
  }
  await askJson(scheduler.url, { method: 'DELETE', path: '/v2/groups/heard?force=true' });
  await scheduler.quiet();
}
