import t from 'tap';
import type { Test } from 'tap';
import { createCrossOrigin } from '../../src/http/cross-origin.js';
import { createHttpServer } from '../../src/http/server.js';
import type { HttpServer } from '../../src/http/server.js';

const names = ['access-control-allow-origin', 'access-control-allow-methods', 'access-control-max-age', 'vary'];

function start(t: Test, allowed: readonly string[]): HttpServer {
  const crossOrigin = createCrossOrigin(allowed);
  const server = createHttpServer();
  server.all('/', (request, reply) => {
    crossOrigin.allow(request, reply);
    return reply.send({ preflight: crossOrigin.isPreflight(request), refusal: crossOrigin.refusal(request) ?? null });
  });
  t.teardown(() => server.close());
  return server;
}

async function ask(
  server: HttpServer,
  method: 'GET' | 'POST' | 'OPTIONS',
  headers: Record<string, string>,
): Promise<{ headers: unknown[]; preflight: boolean; refusal: string | null; echoed: unknown }> {
  const response = await server.inject({ method, url: '/', headers: { host: 'api.example:8080', ...headers } });
  const { preflight, refusal } = response.json<{ preflight: boolean; refusal: string | null }>();
  const echoed = response.headers['access-control-allow-headers'];
  return { headers: names.map((name) => response.headers[name]), preflight, refusal, echoed };
}

const reading = 'GET, HEAD, OPTIONS';
const all = 'GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE';
const preflight = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'X-A, Content-Type' };

t.test('without the option', async (t) => {
  const server = start(t, []);
  t.same((await ask(server, 'GET', { origin: 'http://ui.example' })).headers, [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  t.match(
    (await ask(server, 'POST', { origin: 'http://ui.example' })).refusal,
    /pages of http:\/\/ui\.example are not/,
  );
  t.match((await ask(server, 'POST', { origin: 'null' })).refusal, /the origin "null"/);
  t.equal((await ask(server, 'POST', { origin: 'http://api.example:8080' })).refusal, null, 'our own page');
  t.equal((await ask(server, 'POST', {})).refusal, null, 'a program');
  t.equal((await ask(server, 'OPTIONS', { origin: 'http://ui.example', ...preflight })).preflight, false);
});

t.test('origins in the list may do everything', async (t) => {
  const server = start(t, ['http://ui.example', 'https://Other.example:443']);
  for (const origin of ['http://ui.example', 'https://other.example']) {
    const answer = await ask(server, 'POST', { origin, ...preflight });
    t.same(answer.headers, [origin, all, '86400', 'Origin']);
    t.equal(answer.echoed, 'X-A, Content-Type');
    t.equal(answer.refusal, null);
    t.equal((await ask(server, 'OPTIONS', { origin, ...preflight })).preflight, true);
  }
  t.equal((await ask(server, 'OPTIONS', { origin: 'http://ui.example' })).preflight, false, 'OPTIONS of a program');
  for (const origin of ['https://ui.example', 'http://ui.example:81', 'http://ui.example.evil', 'null']) {
    const answer = await ask(server, 'POST', { origin });
    t.same(answer.headers, [undefined, undefined, undefined, 'Origin'], origin);
    t.type(answer.refusal, 'string');
    t.equal((await ask(server, 'OPTIONS', { origin, ...preflight })).preflight, false);
  }
  t.same((await ask(server, 'GET', {})).headers, [undefined, undefined, undefined, 'Origin']);
});

t.test('* opens for reading', async (t) => {
  const server = start(t, ['*']);
  const read = await ask(server, 'GET', { origin: 'http://any.example' });
  t.same(read.headers, ['*', reading, '86400', undefined]);
  t.same((await ask(server, 'GET', {})).headers, ['*', reading, '86400', undefined]);
  t.type((await ask(server, 'POST', { origin: 'http://any.example' })).refusal, 'string');
  t.equal((await ask(server, 'OPTIONS', { origin: 'http://any.example', ...preflight })).preflight, true);
});

t.test('* and a list', async (t) => {
  const server = start(t, ['*', 'http://ui.example']);
  t.same((await ask(server, 'POST', { origin: 'http://ui.example' })).headers, [
    'http://ui.example',
    all,
    '86400',
    'Origin',
  ]);
  t.same((await ask(server, 'GET', { origin: 'http://any.example' })).headers, ['*', reading, '86400', 'Origin']);
});
