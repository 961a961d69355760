import { Agent, request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Test } from 'tap';
import { listen } from '../../../src/http/server.js';
import type { ApiParts } from '../../../src/scheduler/api/api.js';
import type { SchedulerOptions } from '../../../src/scheduler/options.js';
import { startFakeScheduler } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';

/** An answer as it came over the socket, its compression undone. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body read as JSON. Throws when it is none. */
  readonly json: () => unknown;
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A client: what it asks for is sent with its headers, the path exactly as it writes it. */
export interface WireClient {
  /** An object as body is sent as JSON, a text as it is. */
  send(method: Method, path: string, body?: string | object): Promise<WireAnswer>;
}

/** A stream of server-sent events as its client reads it. */
export interface WireStream {
  readonly headers: IncomingHttpHeaders;
  /** The bytes of the body so far. */
  readonly text: () => string;
}

/** The scheduler of a test behind a real socket. */
export interface ServedScheduler extends FakeScheduler {
  readonly port: number;
  client(headers: Readonly<Record<string, string>>): WireClient;
  /** Opens a stream; it ends with the test. */
  stream(path: string, headers: Readonly<Record<string, string>>): Promise<WireStream>;
}

/** What Go's net/http adds to every request by itself. */
export const goHeaders = { 'User-Agent': 'Go-http-client/1.1', 'Accept-Encoding': 'gzip' };

/** The headers of Go clients that say what they send and want. */
export const goJsonHeaders = { ...goHeaders, 'Content-Type': 'application/json', Accept: 'application/json' };

/** What Python's requests adds to every request by itself. */
export const pythonHeaders = {
  'User-Agent': 'python-requests/2.24.0',
  'Accept-Encoding': 'gzip, deflate',
  Accept: '*/*',
};

/** The headers of Python clients that say what they send and want. */
export const pythonJsonHeaders = { ...pythonHeaders, 'Content-Type': 'application/json', Accept: 'application/json' };

/** Collects the body of an answer. */
async function read(response: IncomingMessage): Promise<WireAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  // The answer to HEAD only says that it would be compressed
  const isPacked = response.headers['content-encoding'] === 'gzip' && body.length > 0;
  const text = (isPacked ? gunzipSync(body) : body).toString('utf8');
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    json: () => JSON.parse(text) as unknown,
  };
}

/** Sends one request and returns its answer when it has begun. */
type Open = (
  method: Method,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
) => Promise<IncomingMessage>;

/** Keeps connections to a port of 127.0.0.1 until the test ends. */
function opener(t: Test, port: number): Open {
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  return async (method, path, headers, body) => {
    const length = body === undefined && (method === 'GET' || method === 'HEAD') ? {} : lengthOf(body ?? '');
    return await new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, method, path, agent, headers: { ...headers, ...length } });
      sent.on('response', resolve).on('error', reject).end(body);
    });
  };
}

function clientOf(open: Open): ServedScheduler['client'] {
  return (headers) => ({
    send: async (method, path, body) =>
      await read(await open(method, path, headers, typeof body === 'object' ? JSON.stringify(body) : body)),
  });
}

/** Makes clients of whatever listens on a port of 127.0.0.1. */
export function wireClient(t: Test, port: number): ServedScheduler['client'] {
  return clientOf(opener(t, port));
}

/** Starts a scheduler with a fake cluster and lets it listen on a free port; both end with the test. */
export async function serveScheduler(
  t: Test,
  changes: Partial<SchedulerOptions> = {},
  parts: ApiParts = {},
): Promise<ServedScheduler> {
  const scheduler = await startFakeScheduler(t, changes, parts);
  const port = await listen(scheduler.api, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  const open = opener(t, port);
  return {
    ...scheduler,
    port,
    client: clientOf(open),
    async stream(path, headers) {
      const response = await open('GET', path, headers, undefined);
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', () => undefined);
      t.teardown(() => response.destroy());
      return { headers: response.headers, text: () => text };
    },
  };
}

function lengthOf(body: string): { 'Content-Length': string } {
  return { 'Content-Length': String(Buffer.byteLength(body)) };
}
