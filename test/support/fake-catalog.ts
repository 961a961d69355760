import { CatalogFeed } from '../../src/catalog/feed.js';
import type { CatalogApp, CatalogChange, CatalogInstance, CatalogPosition } from '../../src/catalog/types.js';
import { createHttpServer, listen } from '../../src/http/server.js';
import { startSse } from '../../src/http/sse.js';
import type { SseClient } from '../../src/http/sse.js';

/** A scheduler that serves nothing but `GET /ekiden/v1/catalog/stream`. */
export interface FakeCatalog {
  readonly url: string;
  /** The `Last-Event-ID` of each request, in order. */
  readonly requests: (string | undefined)[];
  /** Publishes what is given; what is left out did not change. */
  publish(change: Partial<CatalogChange>): void;
  /** Begins a new leadership with an empty catalog; open streams are ended. */
  newEpoch(epoch: string): void;
  /** Answers each new request like this instead; undefined = serve again. */
  answerWith(answer: { status: number; location?: string } | undefined): void;
  /** Ends all open streams. */
  disconnect(): void;
  /** Sends raw text to all open streams as an event. */
  sendRaw(event: string, data: string): void;
  close(): Promise<void>;
}

function positionOf(id: string | undefined): CatalogPosition | undefined {
  const match = /^(.*):(\d+)$/.exec(id ?? '');
  return match === null ? undefined : { epoch: match[1] ?? '', seq: Number(match[2]) };
}

/** Starts it on a free port of 127.0.0.1, or on `port`. */
export async function startFakeCatalog({
  epoch = 'e1',
  port = 0,
  keepAliveMs = 10_000,
}: { epoch?: string; port?: number; keepAliveMs?: number } = {}): Promise<FakeCatalog> {
  let feed = new CatalogFeed(epoch);
  let answer: { status: number; location?: string } | undefined;
  const requests: (string | undefined)[] = [];
  const clients = new Set<SseClient>();
  const server = createHttpServer();
  server.get('/ekiden/v1/catalog/stream', (request, reply) => {
    const lastEventId = request.headers['last-event-id'] as string | undefined;
    requests.push(lastEventId);
    if (answer !== undefined) {
      if (answer.location !== undefined) void reply.header('Location', answer.location);
      void reply.code(answer.status).send('');
      return;
    }
    const client = startSse(reply, { keepAliveMs });
    clients.add(client);
    const unsubscribe = feed.subscribe(positionOf(lastEventId), (message) => {
      client.send(message.type, JSON.stringify(message), `${message.epoch}:${message.seq}`);
    });
    client.onClose(() => {
      clients.delete(client);
      unsubscribe();
    });
  });
  const bound = await listen(server, { host: '127.0.0.1', port, flag: 'test' });
  const disconnect = (): void => {
    for (const client of clients) client.close();
  };
  return {
    url: `http://127.0.0.1:${bound}`,
    requests,
    publish: (change) => feed.publish({ apps: [], removedApps: [], instances: [], removedInstances: [], ...change }),
    newEpoch(next) {
      feed = new CatalogFeed(next);
      disconnect();
    },
    answerWith(next) {
      answer = next;
    },
    disconnect,
    sendRaw(event, data) {
      for (const client of clients) client.send(event, data);
    },
    close: () => server.close(),
  };
}

/** An app with one TCP port. */
export function catalogApp(id: string, servicePort: number, more: Partial<CatalogApp> = {}): CatalogApp {
  return {
    id,
    version: '2026-01-01T00:00:00.000Z',
    instances: 1,
    labels: {},
    env: {},
    ports: [{ servicePort, protocol: 'tcp', labels: {} }],
    healthChecks: [],
    ...more,
  };
}

/** An instance that listens on 127.0.0.1. */
export function catalogInstance(
  appId: string,
  taskId: string,
  ports: readonly number[],
  more: Partial<CatalogInstance> = {},
): CatalogInstance {
  return {
    taskId,
    appId,
    version: '2026-01-01T00:00:00.000Z',
    agentId: 'agent',
    host: '127.0.0.1',
    ipAddresses: [],
    ports,
    healthy: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}
