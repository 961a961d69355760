import { METHODS, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import fc from 'fast-check';
import t from 'tap';
import { listen } from '../../../src/http/server.js';
import { startFakeScheduler } from '../../support/fake-service.js';

interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a request whose path is not looked at by the client. */
function send(port: number, method: string, path: string, headers: Record<string, string>): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end();
  });
}

const words = [
  ...[
    'v2',
    'v1',
    'apps',
    'groups',
    'tasks',
    'queue',
    'info',
    'events',
    'deployments',
    'ping',
    'ui',
    'config',
    'logging',
  ],
  ...['help', 'api-console', 'versions', 'restart', 'delay', '*', 'a', '..', '.', '%2F', '%2e%2e', '%', '%zz', '%00'],
  ...['%E0%A4%A', 'é', 'A_B', '__proto__', 'x'.repeat(300), ' ', '#', ':', '\\', 'service', 'marathon'],
];

t.test('whatever is asked is answered with the headers of Marathon, and errors in its form', async (t) => {
  const { api } = await startFakeScheduler(t, { mountPrefix: '/service/marathon' });
  const port = await listen(api, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  const path = fc
    .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...words) }, fc.webSegment()), { maxLength: 6 })
    .chain((segments) => fc.constantFrom(`/${segments.join('/')}`, `/${segments.join('//')}/`));
  const query = fc.constantFrom(
    '',
    '?',
    '?embed=apps.tasks&embed=',
    '?force=maybe',
    '?a[b]=c&__proto__=1',
    '?%zz',
    '??',
  );
  const accept = fc.constantFrom(
    undefined,
    '*/*',
    'application/json',
    'text/plain',
    'text/event-stream;q=0',
    'x',
    ',;,',
  );
  const method = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS') },
    fc.constantFrom(...METHODS.filter((name) => name !== 'CONNECT')),
  );
  await fc.assert(
    fc.asyncProperty(method, path, query, accept, async (method, path, query, accept) => {
      // A client can only send what may stand in a request line
      const url = encodeURI(path + query).replace(/%25/g, '%');
      if (accept?.startsWith('text/event-stream') === true && url.includes('events')) return;
      const headers = accept === undefined ? {} : { accept };
      const { status, headers: got, body } = await send(port, method, url, headers);
      const shown = `${method} ${url} (${accept}): ${status} ${body.slice(0, 200)}`;
      if (status >= 500) throw new Error(shown);
      if (got['x-marathon-leader'] === undefined || got['x-frame-options'] !== 'DENY')
        throw new Error(`headers: ${shown}`);
      if (status >= 400 && got['content-type'] !== 'application/json') throw new Error(`type: ${shown}`);
      if (status >= 400 && method !== 'HEAD') {
        const { message } = JSON.parse(body) as { message?: unknown };
        if (typeof message !== 'string' || message === '') throw new Error(`message: ${shown}`);
      }
      if (status === 405 && got.allow === undefined) throw new Error(`Allow: ${shown}`);
    }),
    { numRuns: 400 },
  );
});

t.test('HEAD says what GET says, without a body', async (t) => {
  const { api } = await startFakeScheduler(t);
  const port = await listen(api, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  for (const path of [
    '/ping',
    '/v2/apps',
    '/v2/tasks',
    '/v2/queue',
    '/v2/deployments',
    '/v2/info',
    '/config',
    '/ui/',
  ]) {
    const get = await send(port, 'GET', path, {});
    const head = await send(port, 'HEAD', path, {});
    t.equal(head.status, get.status, path);
    t.equal(head.headers['content-type'], get.headers['content-type'], path);
    t.equal(head.headers['content-length'], get.headers['content-length'], path);
    t.equal(head.body, '', path);
  }
});
