import { readFileSync } from 'node:fs';
import type { Server as HttpServer, RequestListener } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { Test } from 'tap';
import t from 'tap';
import { runCommand } from '../../../../src/common/run-command.js';
import type { HttpProbe } from '../../../../src/scheduler/adapters/checks/http-probe.js';
import { probeHttp } from '../../../../src/scheduler/adapters/checks/http-probe.js';
import type { ProbeResult } from '../../../../src/scheduler/adapters/checks/probe.js';
import { causeOf } from '../../../../src/scheduler/adapters/checks/probe.js';
import { probeTcp } from '../../../../src/scheduler/adapters/checks/tcp-probe.js';
import { listenOnFreePort } from '../../../support/listen.js';
import { freePort } from '../../../support/ports.js';

const never = new AbortController().signal;

async function probe(
  t: Test,
  server: HttpServer | RequestListener,
  parts: Partial<HttpProbe> = {},
  signal = never,
): Promise<ProbeResult> {
  const port = await listenOnFreePort(t, typeof server === 'function' ? createServer(server) : server);
  const full: HttpProbe = {
    host: '127.0.0.1',
    port,
    ipProtocol: 'IPv4',
    secure: false,
    path: '/',
    ignoreHttp1xx: false,
    ...parts,
  };
  return probeHttp(full, signal);
}

const healthy = { result: 'healthy' };

t.test('200 to 399 is healthy, the rest is not, and the cause is the status', async (t) => {
  for (const status of [200, 204, 301, 399]) {
    t.same(await probe(t, (_, r) => r.writeHead(status, { location: '/x' }).end('text')), healthy, String(status));
  }
  for (const [status, cause] of [
    [400, '400 Bad Request'],
    [404, '404 Not Found'],
    [503, '503 Service Unavailable'],
    [599, '599'],
  ] as const) {
    t.same(await probe(t, (_, r) => r.writeHead(status).end()), { result: 'unhealthy', cause });
  }
});

t.test('an answer whose body never ends is healthy', async (t) => {
  t.same(
    await probe(t, (_, response) => {
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write('x');
    }),
    healthy,
  );
});

t.test('paths are sent as they can be: leading slash, encoded blanks and letters', async (t) => {
  for (const [path, sent] of [
    ['health', '/health'],
    ['/a b/ü?q=1&r=%20', '/a%20b/%C3%BC?q=1&r=%20'],
    ['', '/'],
    ['/x\r\nhost: evil', '/x%0D%0Ahost:%20evil'],
  ] as const) {
    let seen: string | undefined;
    const result = await probe(
      t,
      (request, response) => {
        seen = request.url;
        response.end();
      },
      { path },
    );
    t.same([result, seen], [healthy, sent]);
  }
  t.match(await probe(t, (_, r) => r.end(), { path: '/\ud800' }), { result: 'unhealthy', cause: /malformed/i });
});

function rawServer(answer: string, end: boolean): HttpServer {
  return createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(answer);
      if (end) socket.end();
    });
  }) as unknown as HttpServer;
}

t.test('1xx: ignored when that is wanted, a failure when not, and no answer in itself', async (t) => {
  for (const [status, answer] of [
    ['100 Continue', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['103 Early Hints', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'],
    ['101 Switching Protocols', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
  ] as const) {
    t.same(await probe(t, rawServer(answer, true), { ignoreHttp1xx: true }), { result: 'ignored' }, status);
    t.same(await probe(t, rawServer(answer, true)), { result: 'unhealthy', cause: status });
  }
  const then = (final: string): HttpServer =>
    rawServer(`HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 ${final}\r\ncontent-length: 0\r\n\r\n`, false);
  t.same(await probe(t, then('200 OK')), healthy);
  t.same(await probe(t, then('500 Oh')), { result: 'unhealthy', cause: '500 Internal Server Error' });
});

t.test('what is not HTTP, and nobody there', async (t) => {
  t.match(await probe(t, rawServer('SSH-2.0-OpenSSH\r\n', false)), { result: 'unhealthy', cause: /Parse Error/ });
  t.match(await probe(t, rawServer('', true)), { result: 'unhealthy', cause: /socket hang up/ });
  const port = await freePort();
  t.match(await probe(t, (_, r) => r.end(), { port }), { result: 'unhealthy', cause: /ECONNREFUSED 127\.0\.0\.1/ });
  t.match(await probe(t, (_, r) => r.end(), { port, host: 'localhost' }), {
    result: 'unhealthy',
    cause: /ECONNREFUSED/,
  });
});

t.test('an aborted check ends at once', async (t) => {
  const abort = new AbortController();
  const result = probe(t, () => abort.abort(), {}, abort.signal);
  t.match(await result, { result: 'unhealthy' });
  const silent = await listenOnFreePort(t, createTcpServer());
  const target = { host: '127.0.0.1', port: silent, ipProtocol: 'IPv4' as const };
  t.match(await probeTcp(target, AbortSignal.abort()), { result: 'unhealthy' });
});

t.test('TCP: a connection is all that is asked for', async (t) => {
  const port = await listenOnFreePort(t, createTcpServer());
  t.same(await probeTcp({ host: '127.0.0.1', port, ipProtocol: 'IPv4' }, never), healthy);
  t.same(await probeTcp({ host: 'localhost', port, ipProtocol: 'IPv4' }, never), healthy);
  t.match(await probeTcp({ host: '127.0.0.1', port: await freePort(), ipProtocol: 'IPv4' }, never), {
    result: 'unhealthy',
    cause: /ECONNREFUSED/,
  });
  t.match(
    await probeTcp({ host: 'localhost', port, ipProtocol: 'IPv6' }, never),
    { result: 'unhealthy' },
    'the server listens on IPv4 only',
  );
});

t.test('HTTPS: any certificate will do', async (t) => {
  const directory = t.testdir();
  const made = await runCommand(
    'openssl',
    // prettier-ignore
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
     '-subj', '/CN=somebody-else.example', '-keyout', `${directory}/key.pem`, '-out', `${directory}/cert.pem`],
    { timeoutMs: 30_000 },
  );
  if (made.exitCode !== 0) return void t.pass('needs a certificate', { skip: 'openssl is not here' });
  const server = createHttpsServer(
    { key: readFileSync(`${directory}/key.pem`), cert: readFileSync(`${directory}/cert.pem`) },
    (request, response) => response.writeHead(request.url === '/ok' ? 200 : 500).end(),
  );
  const port = await listenOnFreePort(t, server);
  const target: HttpProbe = {
    host: '127.0.0.1',
    port,
    ipProtocol: 'IPv4',
    secure: true,
    path: '/ok',
    ignoreHttp1xx: false,
  };
  t.same(await probeHttp(target, never), healthy);
  t.same(await probeHttp({ ...target, host: 'localhost', path: '/other' }, never), {
    result: 'unhealthy',
    cause: '500 Internal Server Error',
  });
});

t.test('the cause of a host with several addresses is that of the first', async (t) => {
  t.equal(
    causeOf(new AggregateError([new Error('connect ECONNREFUSED ::1:80'), new Error('other')])),
    'connect ECONNREFUSED ::1:80',
  );
  t.equal(causeOf(new AggregateError([], 'nothing')), 'nothing');
});
