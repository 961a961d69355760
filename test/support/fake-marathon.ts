import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Test } from 'tap';
import { listenOnFreePort } from './listen.js';

/** What a fake Marathon answers to one request. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A Marathon that serves `/v2/apps`, `/v2/events`, `/v2/eventSubscriptions` and `/v2/tasks`, and nothing of Ekiden's own. */
export interface FakeMarathon {
  readonly url: string;
  /** `METHOD /path?query` of every request, in order. */
  readonly requests: string[];
  /** What `Authorization` came with each. */
  readonly authorizations: (string | undefined)[];
  /** The body of `/v2/apps`. */
  apps: readonly object[];
  tasksText: string;
  /** Answers these paths in another way; the first part of the path that fits counts. */
  readonly faults: Map<string, Answer>;
  /** Of those who have asked to be called back. */
  readonly callbacks: Set<string>;
  /** How many event streams are open. */
  readonly streams: number;
  /** Sends an event to all open streams. */
  emit(eventType: string, fields?: object): void;
  /** Ends all open streams. */
  cut(): void;
}

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(code, headers).end();

/** Starts one; it ends with the test. `tls`: key and certificate as PEM. */
export async function startFakeMarathon(
  t: Test,
  { tls, credentials }: { tls?: { key: string; cert: string }; credentials?: string } = {},
): Promise<FakeMarathon> {
  const streams = new Set<ServerResponse>();
  const marathon: Omit<FakeMarathon, 'url' | 'streams'> = {
    requests: [],
    authorizations: [],
    apps: [],
    tasksText: '',
    faults: new Map(),
    callbacks: new Set(),
    emit(eventType, fields = {}) {
      const data = JSON.stringify({ ...fields, eventType, timestamp: '2020-06-01T09:00:00.000Z' });
      for (const stream of streams) stream.write(`event: ${eventType}\r\ndata: ${data}\r\n\r\n`);
    },
    cut() {
      for (const stream of streams) stream.destroy();
    },
  };
  const serve: RequestListener = (request, response) => {
    const url = new URL(request.url ?? '', 'http://fake');
    marathon.requests.push(`${request.method} ${url.pathname}${url.search}`);
    marathon.authorizations.push(request.headers.authorization);
    for (const [path, answer] of marathon.faults) if (url.pathname.startsWith(path)) return answer(request, response);
    if (credentials !== undefined) {
      const expected = `Basic ${Buffer.from(credentials).toString('base64')}`;
      if (request.headers.authorization !== expected) return status(401)(request, response);
    }
    switch (url.pathname) {
      case '/v2/apps':
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify({ apps: marathon.apps }));
        return;
      case '/v2/tasks':
        response.writeHead(200, { 'Content-Type': 'text/plain' });
        response.end(marathon.tasksText);
        return;
      case '/v2/events':
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.flushHeaders();
        streams.add(response);
        response.on('close', () => streams.delete(response));
        return;
      case '/v2/eventSubscriptions': {
        const callback = url.searchParams.get('callbackUrl') ?? '';
        if (request.method === 'POST') marathon.callbacks.add(callback);
        else marathon.callbacks.delete(callback);
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
        return;
      }
      default:
        response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>Not Found</h1>');
    }
  };
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  const port = await listenOnFreePort(t, server);
  return Object.defineProperties(marathon, {
    url: { value: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}` },
    streams: { get: () => streams.size },
  }) as FakeMarathon;
}

/** An app as Marathon 1.11 shows it, with as many running tasks as `ports` has ports. */
export function marathonApp(id: string, servicePort: number, ports: readonly number[], more: object = {}): object {
  const version = '2020-06-01T09:00:00.000Z';
  return {
    id,
    version,
    instances: ports.length,
    labels: {},
    env: {},
    networks: [{ mode: 'host' }],
    portDefinitions: [{ port: servicePort, protocol: 'tcp', name: 'http', labels: {} }],
    healthChecks: [],
    deployments: [],
    tasksRunning: ports.length,
    versionInfo: { lastScalingAt: version, lastConfigChangeAt: version },
    tasks: ports.map((port) => marathonTask(id, `${id.slice(1).replaceAll('/', '_')}.${port}`, port)),
    ...more,
  };
}

export function marathonTask(appId: string, id: string, port: number, more: object = {}): object {
  return {
    id,
    appId,
    host: '127.0.0.1',
    ports: [port],
    ipAddresses: [{ ipAddress: '127.0.0.1', protocol: 'IPv4' }],
    slaveId: 'S0',
    state: 'TASK_RUNNING',
    stagedAt: '2020-06-01T09:00:02.113Z',
    startedAt: '2020-06-01T09:00:05.802Z',
    version: '2020-06-01T09:00:00.000Z',
    ...more,
  };
}
