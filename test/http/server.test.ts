import { request as httpRequest } from 'node:http';
import t from 'tap';
import type { Test } from 'tap';
import { createHttpServer, listen } from '../../src/http/server.js';
import type { HttpServer, HttpServerOptions } from '../../src/http/server.js';
import { rawConnection } from '../support/raw-http.js';
import { waitFor } from '../support/wait.js';

async function start(
  t: Test,
  options: HttpServerOptions = {},
  routes: (server: HttpServer) => void = () => undefined,
): Promise<number> {
  const server = createHttpServer(options);
  server.get('/', (_request, reply) => reply.send('root'));
  server.post('/', (request, reply) => reply.send(request.body));
  routes(server);
  t.teardown(() => server.close());
  return listen(server, { host: '127.0.0.1', port: 0, flag: 'http_port' });
}

const fast = { headersMs: 200, requestMs: 400, keepAliveMs: 200, checkEveryMs: 50 };

t.test('a client that sends nothing, or not enough, is cut', async (t) => {
  const port = await start(t, { timeouts: fast });
  const silent = rawConnection(t, port);
  const slowHeaders = rawConnection(t, port, 'GET / HTTP/1.1\r\nHost: x\r\n');
  const slowBody = rawConnection(t, port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345');
  const idle = rawConnection(t, port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  for (const connection of [silent, slowHeaders, slowBody]) {
    t.match(await connection.ended, /^HTTP\/1\.1 408 [^]*\{"message":"The request did not arrive in time"\}$/);
  }
  t.match(await idle.ended, /^HTTP\/1\.1 200 [^]*root$/);
});

t.test('a client that does not read its answer is cut', async (t) => {
  let closed = false;
  const port = await start(t, { timeouts: { idleMs: 200 } }, (server) => {
    server.get('/large', (_request, reply) => {
      reply.raw.on('close', () => (closed = true));
      return reply.send(Buffer.alloc(64 << 20));
    });
  });
  const { socket } = rawConnection(t, port);
  socket.pause();
  socket.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
  await waitFor('the end of its connection', () => closed);
  t.ok(closed);
});

t.test('what is no HTTP is answered in the form of every other error, and with the same headers', async (t) => {
  const port = await start(t, { headers: { 'X-Mine': 'yes' } });
  const garbage = await rawConnection(t, port, 'Hello\r\n\r\n').ended;
  t.match(garbage, /^HTTP\/1\.1 400 Bad Request\r\n/);
  t.match(garbage, /\r\nX-Mine: yes\r\nContent-Type: application\/json\r\n/);
  t.match(garbage, /\r\n\r\n\{"message":"This is not an HTTP request"\}$/);
  const long = await rawConnection(t, port, `GET /${'x'.repeat(70_000)} HTTP/1.1\r\nHost: x\r\n\r\n`).ended;
  t.match(long, /^HTTP\/1\.1 431 [^]*longer than 65536 bytes/);
  const response = await fetch(`http://127.0.0.1:${port}/%zz`);
  t.equal(response.status, 400);
  t.equal(response.headers.get('content-type'), 'application/json');
  t.equal(response.headers.get('x-mine'), 'yes');
  t.match(await response.json(), { message: /%zz/ });
  const other = await fetch(`http://127.0.0.1:${port}/none`);
  t.equal(other.headers.get('x-mine'), 'yes');
});

t.test('an answer that is half sent is not mixed with an error', async (t) => {
  const port = await start(t, {}, (server) => {
    server.get('/stream', (_request, reply) => {
      reply.hijack();
      reply.raw.write('one');
    });
  });
  const connection = rawConnection(t, port, 'GET /stream HTTP/1.1\r\nHost: x\r\n\r\n');
  await waitFor('the first part', () => connection.received().includes('one'));
  connection.socket.write('garbage\r\n\r\n');
  t.notMatch(await connection.ended, /400/);
});

t.test('a whole URL in the request line means its path', async (t) => {
  const port = await start(t);
  const answer = rawConnection(
    t,
    port,
    'GET http://api.example:8080/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  );
  t.match(await answer.ended, /^HTTP\/1\.1 200 [^]*root$/);
  const options = rawConnection(t, port, 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  t.match(await options.ended, /^HTTP\/1\.1 404 /);
});

t.test('any content type is taken, or answered with an error that is no fault of the server', async (t) => {
  const port = await start(t);
  for (const type of ['application/json', 'text/plain', 'x', ';;;', 'a/b; c="', undefined]) {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = type === undefined ? {} : { 'content-type': type };
      const request = httpRequest({ port, host: '127.0.0.1', method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      request.end('{}');
    });
    t.ok(status !== undefined && status < 500, `${type}: ${status}`);
  }
});

t.test('a request that arrives while the server closes is answered by its route', async (t) => {
  const server = createHttpServer();
  let answered: string | undefined;
  let port = 0;
  server.get('/', (_request, reply) => reply.send('by its route'));
  server.addHook('preClose', async () => {
    answered = await (await fetch(`http://127.0.0.1:${port}/`)).text();
  });
  port = await listen(server, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  await server.close();
  t.equal(answered, 'by its route');
});
