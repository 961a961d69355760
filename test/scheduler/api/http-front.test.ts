import { gunzipSync } from 'node:zlib';
import type { LightMyRequestResponse } from 'fastify';
import t from 'tap';
import { listen } from '../../../src/http/server.js';
import type { HttpReply, HttpServer } from '../../../src/http/server.js';
import { openAccess } from '../../../src/scheduler/api/access.js';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import { addResource } from '../../../src/scheduler/api/resource.js';
import { sendJson } from '../../../src/scheduler/api/send.js';
import { createFakeFront } from '../../support/fake-front.js';
import { rawConnection } from '../../support/raw-http.js';
import { waitFor } from '../../support/wait.js';

const headersOfAll = {
  'x-marathon-leader': 'http://leader.example:8080',
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
  'cache-control': 'no-cache, no-store, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
};

/** Routes to try the front with. */
function sampleRoutes(server: HttpServer): void {
  addResource(server, '/things', {
    GET: (_request, reply) => sendJson(reply, JSON.stringify({ things: 'x'.repeat(3000) })),
    POST: (request, reply) => sendJson(reply.code(201), JSON.stringify({ length: String(request.body).length })),
  });
  addResource(server, '/things/*', {
    GET: (request, reply) => sendJson(reply, JSON.stringify(request.params)),
  });
  addResource(server, '/broken', {
    GET: () => {
      throw new Error('inside');
    },
  });
}

function basic(credentials: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

t.test('every answer has the headers of Marathon, and errors its form', async (t) => {
  const api = createFakeFront(t, {}, {}, sampleRoutes);
  const cases: [method: 'GET' | 'POST' | 'DELETE' | 'HEAD', url: string, status: number, body: unknown][] = [
    ['GET', '/things/a', 200, { '*': 'a' }],
    ['GET', '/none?x=1', 404, { message: 'URI not found: /none' }],
    ['DELETE', '/things', 405, { message: 'Method Not Allowed' }],
    ['GET', '/things/%zz', 400, { message: "'/things/%zz' is not a valid url component" }],
    ['GET', '/broken', 500, { message: 'inside' }],
    ['HEAD', '/none', 404, undefined],
    ['HEAD', '/things', 200, undefined],
  ];
  for (const [method, url, status, body] of cases) {
    const answer = await api.inject({ method, url });
    t.equal(answer.statusCode, status, `${method} ${url}`);
    t.match(answer.headers, { ...headersOfAll, 'content-type': 'application/json' }, `${method} ${url}`);
    if (body === undefined) t.equal(answer.body, '');
    else t.same(answer.json(), body, `${method} ${url}`);
    for (const telling of ['server', 'x-powered-by']) t.notOk(answer.headers[telling]);
  }
  t.equal((await api.inject({ method: 'DELETE', url: '/things' })).headers['allow'], 'GET, POST, HEAD, OPTIONS');
  const head = await api.inject({ method: 'HEAD', url: '/things' });
  const get = await api.inject('/things');
  t.equal(head.headers['content-length'], get.headers['content-length']);
});

t.test('methods that nothing knows', async (t) => {
  const port = await listen(createFakeFront(t), { host: '127.0.0.1', port: 0, flag: 'http_port' });
  const answer = await rawConnection(t, port, 'PROPFIND /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n').ended;
  t.match(answer, /^HTTP\/1\.1 405 /);
  t.match(answer, /\r\nallow: GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS\r\n/i);
});

t.test('without HTTP the leader is named with HTTPS', async (t) => {
  const api = createFakeFront(t, { httpDisabled: true });
  t.equal((await api.inject('/ping')).headers['x-marathon-leader'], 'https://leader.example:8443');
});

t.test('a body that is too large is told the limit and the flag', async (t) => {
  const api = createFakeFront(t, { maxRequestBytes: 100 }, {}, sampleRoutes);
  t.equal((await api.inject({ method: 'POST', url: '/things', payload: 'x'.repeat(100) })).statusCode, 201);
  const answer = await api.inject({ method: 'POST', url: '/things', payload: 'x'.repeat(101) });
  t.equal(answer.statusCode, 413);
  t.match(answer.headers, { ...headersOfAll, 'content-type': 'application/json' });
  t.same(answer.json(), {
    message: 'The body is larger than 100 bytes, which is what is accepted here (--http_max_request_bytes)',
  });
});

t.test('credentials protect every path', async (t) => {
  const credentials = { user: 'cptPicard', password: 'topSecretPa$$word' };
  const api = createFakeFront(t, { credentials, realm: 'Bridge', allowedOrigins: ['*'] }, {}, sampleRoutes);
  for (const url of ['/ping', '/things', '/none', '/ui/', '/', '/config', '/broken']) {
    for (const headers of [{}, basic('cptPicard:wrong')]) {
      const answer = await api.inject({ url, headers });
      t.equal(answer.statusCode, 401, url);
      t.match(answer.headers, {
        ...headersOfAll,
        'www-authenticate': 'Basic realm="Bridge"',
        'content-type': 'application/json',
        'access-control-allow-origin': '*',
      });
      t.type(answer.json<{ message: string }>().message, 'string');
    }
  }
  const right = basic('cptPicard:topSecretPa$$word');
  t.equal((await api.inject({ url: '/ping', headers: right })).body, 'pong');
  t.equal((await api.inject({ url: '/none', headers: right })).statusCode, 404);
  const preflight = await api.inject({
    method: 'OPTIONS',
    url: '/things',
    headers: { origin: 'http://a.example', 'access-control-request-method': 'GET' },
  });
  t.equal(preflight.statusCode, 200, 'browsers ask without credentials');
  t.equal(preflight.body, '');
  t.equal((await api.inject({ method: 'OPTIONS', url: '/things' })).statusCode, 401);
});

t.test('who asks is found out after the credentials and before the route', async (t) => {
  const asked: string[] = [];
  const access = {
    ...openAccess,
    authenticate: async (request: { url: string }, reply: HttpReply) => {
      asked.push(request.url);
      if (request.url === '/things/stranger') throw new ApiError(401, 'who are you?');
      if (request.url === '/things/plugin') await reply.code(302).header('Location', '/login').send();
    },
  };
  const api = createFakeFront(t, { credentials: { user: 'a', password: 'b' } }, { access }, sampleRoutes);
  t.equal((await api.inject('/things/x')).statusCode, 401);
  t.same(asked, []);
  const headers = basic('a:b');
  t.equal((await api.inject({ url: '/things/x', headers })).statusCode, 200);
  t.same((await api.inject({ url: '/things/stranger', headers })).json(), { message: 'who are you?' });
  const answered = await api.inject({ url: '/things/plugin', headers });
  t.equal(answered.statusCode, 302);
  t.equal(answered.headers['location'], '/login');
  t.same(asked, ['/things/x', '/things/stranger', '/things/plugin']);
});

t.test('pages of other origins', async (t) => {
  const api = createFakeFront(t, { allowedOrigins: ['http://ui.example'] }, {}, sampleRoutes);
  const post = async (origin: string): Promise<number> =>
    (await api.inject({ method: 'POST', url: '/things', headers: { origin }, payload: 'x' })).statusCode;
  t.equal(await post('http://ui.example'), 201);
  t.equal(await post('http://evil.example'), 403);
  const { headers } = await api.inject({ url: '/none', headers: { origin: 'http://ui.example' } });
  t.equal(headers['access-control-allow-origin'], 'http://ui.example', 'errors can be read, too');
  t.equal((await api.inject('/things')).headers['access-control-allow-origin'], undefined);
});

t.test('compression, unless it is switched off', async (t) => {
  const headers = { 'accept-encoding': 'gzip' };
  const api = createFakeFront(t, {}, {}, sampleRoutes);
  const answer = await api.inject({ url: '/things', headers });
  t.match(answer.headers, { 'content-encoding': 'gzip', vary: 'Accept-Encoding', 'content-type': 'application/json' });
  t.equal(gunzipSync(answer.rawPayload).length, 3013);
  const off = createFakeFront(t, { compression: false }, {}, sampleRoutes);
  t.equal((await off.inject({ url: '/things', headers })).headers['content-encoding'], undefined);
});

t.test('too many concurrent requests', async (t) => {
  const waiting: HttpReply[] = [];
  const api = createFakeFront(t, { maxConcurrentRequests: 1 }, {}, (server) => {
    sampleRoutes(server);
    for (const url of ['/wait', '/v2/events', '/ekiden/v1/catalog/stream']) {
      addResource(server, url, {
        GET: (_request, reply) => {
          waiting.push(reply);
          return new Promise(() => undefined);
        },
      });
    }
  });
  const port = await listen(api, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  const open = (path: string): ReturnType<typeof rawConnection> =>
    rawConnection(t, port, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  open('/v2/events');
  open('/v2/events/');
  open('/ekiden/v1/catalog/stream');
  await waitFor('the streams', () => waiting.length === 3);
  const busy = open('/wait');
  await waitFor('the request', () => waiting.length === 4);

  const refused = await fetch(`http://127.0.0.1:${port}/things`);
  t.equal(refused.status, 503);
  t.same(await refused.json(), { message: 'Too many concurrent requests! Allowed: 1.' });
  t.equal(refused.headers.get('x-frame-options'), 'DENY');
  t.equal((await fetch(`http://127.0.0.1:${port}/ping`)).status, 200, 'whether this process lives can be asked');
  const body = await fetch(`http://127.0.0.1:${port}/ping`, { method: 'POST', body: 'x'.repeat(100_000) });
  t.equal(body.status, 503, 'but no body can be brought past the limit');
  open('/v2/events');
  await waitFor('one more stream', () => waiting.length === 5);

  busy.socket.destroy();
  await waitFor('room', async () => (await fetch(`http://127.0.0.1:${port}/things`)).status === 200);
});

t.test('below a prefix as well as at the root', async (t) => {
  const api = createFakeFront(
    t,
    { mountPrefix: '/service/marathon/', credentials: { user: 'a', password: 'b' } },
    {},
    sampleRoutes,
  );
  const headers = basic('a:b');
  const get = async (url: string): Promise<LightMyRequestResponse> => api.inject({ url, headers });
  for (const prefix of ['', '/service/marathon']) {
    t.equal((await get(`${prefix}/ping`)).body, 'pong');
    t.same((await get(`${prefix}/things//a/b`)).json(), { '*': '/a/b' });
    t.same((await get(`${prefix}/things/%2Fa%2Fb`)).json(), { '*': '/a/b' });
    t.same((await get(`${prefix}/none`)).json(), { message: 'URI not found: /none' });
    t.equal((await get(`${prefix}/`)).headers['location'], `${prefix}/ui/`);
    t.equal((await get(`${prefix}/ui?x=//evil.example`)).headers['location'], `${prefix}/ui/`);
    t.equal((await get(`${prefix}/help`)).headers['location'], `${prefix}/help/`);
    t.equal((await get(`${prefix}/help/`)).headers['location'], `${prefix}/api-docs`);
    t.equal((await get(`${prefix}/api-console`)).headers['location'], `${prefix}/api-docs`);
    t.equal((await get(`${prefix}/api-console/index.html`)).headers['location'], `${prefix}/api-docs`);
    t.equal((await api.inject(`${prefix}/ping`)).statusCode, 401);
  }
  t.equal((await get('/service/marathon')).headers['location'], '/service/marathon/ui/');
  t.equal((await get('/service/marathonish/ping')).statusCode, 404);
});

t.test('no URL of ours leads to another server', async (t) => {
  const api = createFakeFront(t, { mountPrefix: '/service/marathon' });
  const port = await listen(api, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  for (const prefix of ['', '/service/marathon']) {
    for (const path of [
      '//evil.example',
      '//evil.example/',
      '/\\evil.example',
      '//evil.example/ui',
      '/%2fevil.example/ui/',
    ]) {
      const request = `GET ${prefix}${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
      const answer = await rawConnection(t, port, request).ended;
      t.match(answer, /^HTTP\/1\.1 404 /, request);
      t.notMatch(answer, /^location:/im, request);
    }
  }
});
