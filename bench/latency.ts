import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import dnsPacket from 'dns-packet';
import { EventSource } from 'eventsource';
import { startBenchBundle } from './support/bundle.js';
import type { BenchBundle } from './support/bundle.js';
import { summaryHead, summaryLine } from './support/statistics.js';

interface StatusUpdate {
  readonly taskStatus: string;
  readonly taskId: string;
  readonly ports: readonly number[];
  /** Taken right after the commit that stored it. */
  readonly timestamp: string;
}

const appId = 'latency';
const probeEveryMs = 2;
const giveUpMs = 20_000;

/** Whether the name has addresses now, as a resolver sees it. */
function resolves(port: number, name: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = createSocket('udp4');
    const finish = (answer: boolean): void => {
      clearTimeout(timer);
      socket.close();
      done(answer);
    };
    const timer = setTimeout(() => finish(false), 200);
    socket.on('message', (message) => finish((dnsPacket.decode(message).answers ?? []).length > 0));
    socket.on('error', () => finish(false));
    const id = Math.floor(Math.random() * 65_536);
    socket.send(dnsPacket.encode({ type: 'query', id, questions: [{ type: 'A', name }] }), port, '127.0.0.1');
  });
}

/** Whether an HTTP request to the service port is answered by the app now. */
function routes(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    const finish = (): void => {
      socket.destroy();
      done(answer.startsWith('HTTP/1.1 200'));
    };
    socket.setTimeout(200, finish);
    socket.on('connect', () => socket.write('GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n'));
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('error', finish);
    socket.on('end', finish);
  });
}

/** Milliseconds from `sinceMs` until `probe` says `wanted`. */
async function until(sinceMs: number, wanted: boolean, probe: () => Promise<boolean>): Promise<number> {
  for (;;) {
    // A probe that was under way when the change came may still have seen the old state: what counts is when it was sent.
    if ((await probe()) === wanted) return Math.max(0, Date.now() - sinceMs);
    if (Date.now() - sinceMs > giveUpMs) throw new Error(`nothing changed within ${giveUpMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, probeEveryMs));
  }
}

async function call(bundle: BenchBundle, method: string, path: string, body: object): Promise<void> {
  const response = await fetch(`${bundle.api}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}

/**
 * One app goes from 0 to 1 instance and back, again and again. The clock starts at the status update's own time (it is taken when
 * the update was stored) and ends when a resolver, and a client of the service port, see the change. The task itself only
 * sleeps: this process listens on its port from the moment the update is heard, so that no start-up time of an app is measured.
 */
export async function measureLatency(args: readonly string[]): Promise<void> {
  const changes = Number(args[0] ?? 200);
  const pauseMs = Number(args[1] ?? 1500);
  const bundle = await startBenchBundle(['--min_revive_offers_interval=100']);
  const server = createServer((_request, response) => response.end('ok'));
  const events = new EventSource(`${bundle.api}/v2/events?event_type=status_update_event`);
  try {
    const waiting = new Map<string, (update: StatusUpdate) => void>();
    events.addEventListener('status_update_event', (message) => {
      const update = JSON.parse(message.data as string) as StatusUpdate;
      waiting.get(update.taskStatus)?.(update);
    });
    await new Promise<void>((resolve, reject) => {
      events.onopen = () => resolve();
      events.onerror = () => reject(new Error('no event stream'));
    });
    const next = (state: string): Promise<StatusUpdate> =>
      new Promise((resolve) =>
        waiting.set(state, (update) => {
          waiting.delete(state);
          resolve(update);
        }),
      );
    const port = bundle.servicePortMin + 7;
    const name = `${appId}.marathon.mesos`;
    await call(bundle, 'POST', '/v2/apps', {
      id: appId,
      cmd: 'exec sleep 100000',
      cpus: 0.01,
      mem: 16,
      instances: 0,
      portDefinitions: [{ port }],
    });

    const measured: Record<'dnsUp' | 'dnsDown' | 'routeUp' | 'routeDown', number[]> = {
      dnsUp: [],
      dnsDown: [],
      routeUp: [],
      routeDown: [],
    };
    for (let i = 0; i < changes; i++) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      const up = i % 2 === 0;
      const updated = next(up ? 'TASK_RUNNING' : 'TASK_KILLED');
      await call(bundle, 'PUT', `/v2/apps/${appId}`, { instances: up ? 1 : 0 });
      const update = await updated;
      if (up) await new Promise<void>((resolve) => server.listen(update.ports[0], '127.0.0.1', resolve));
      const sinceMs = Date.parse(update.timestamp);
      const [dns, route] = await Promise.all([
        until(sinceMs, up, () => resolves(bundle.dnsPort, name)),
        until(sinceMs, up, () => routes(port)),
      ]);
      measured[up ? 'dnsUp' : 'dnsDown'].push(dns);
      measured[up ? 'routeUp' : 'routeDown'].push(route);
      if (!up) await new Promise((resolve) => server.close(resolve));
      if (process.stderr.isTTY) process.stderr.write(`\r${i + 1}/${changes}`);
    }
    const { dnsUp, dnsDown, routeUp, routeDown } = measured;
    console.log(`\n${changes} changes, ${pauseMs} ms apart`);
    console.log(summaryHead);
    console.log(summaryLine('status update persisted → DNS answers', [...dnsUp, ...dnsDown]));
    console.log(summaryLine('status update persisted → HAProxy routes', routeUp));
    console.log(summaryLine('task ended, persisted → HAProxy refuses', routeDown));
  } finally {
    events.close();
    server.closeAllConnections();
    server.close();
    await bundle.stop();
  }
}
