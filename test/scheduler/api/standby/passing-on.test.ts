import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { Socket } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import t from 'tap';
import type { Test } from 'tap';
import { listenOnFreePort } from '../../../support/listen.js';
import { rawConnection } from '../../../support/raw-http.js';
import { fakeLeader, serveStandby } from '../../../support/standby.js';
import { waitFor } from '../../../support/wait.js';

/** A leader that answers every request with what it has got. */
async function echoingLeader(t: Test): Promise<string> {
  return fakeLeader(t, (incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method, url, rawHeaders } = incoming;
      const body = Buffer.concat(chunks).toString('latin1');
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ method, url, rawHeaders, body }));
    });
  });
}

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** Sends one request as it is written, on a connection of its own, and returns the whole answer. */
async function send(t: Test, port: number, lines: readonly string[], body = ''): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  let received = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk));
  socket.on('error', () => undefined);
  socket.write(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n${body}`, 'latin1');
  await once(socket, 'close');
  return received;
}

function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf('\r\n\r\n') + 4);
}

function echoOf(answer: string): Echo {
  return JSON.parse(Buffer.from(bodyOf(answer), 'latin1').toString('utf8')) as Echo;
}

/** The values of a header, in order. */
function valuesOf(rawHeaders: readonly string[], name: string): readonly string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

t.test('method, path, query and body arrive as they were sent', async (t) => {
  const standby = await serveStandby(t, await echoingLeader(t), { mountPrefix: '/service/marathon' });
  const urls = [
    '/',
    '/ping',
    '/metrics',
    '/ui/',
    '/v2/info',
    '/v2/apps//a/b?force=true&x=%2F&x=a+b&empty=&=#f',
    '/v2/apps/%2Fa%2fb/',
    '/v2/apps/%zz?%',
    '/service/marathon/v2/apps//a',
    '//evil.example/x',
    '/a/../b/./c',
    `/long/${'x'.repeat(20_000)}`,
  ];
  for (const url of urls) {
    const echo = echoOf(await send(t, standby.port, [`GET ${url} HTTP/1.1`, 'Host: standby']));
    t.equal(echo.url, url);
  }
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'SEARCH']) {
    const body = '{"id":"/a"}\u00e4';
    const head = [`${method} /v2/apps HTTP/1.1`, 'Host: standby', 'Content-Type: application/json'];
    const whole = echoOf(await send(t, standby.port, [...head, `Content-Length: ${body.length}`], body));
    t.same([whole.method, whole.body], [method, body]);
    t.same(valuesOf(whole.rawHeaders, 'content-length'), [String(body.length)]);
    const chunks = `3\r\n{"i\r\n${(body.length - 3).toString(16)};ext=1\r\n${body.slice(3)}\r\n0\r\nTrailer: x\r\n\r\n`;
    const chunked = echoOf(await send(t, standby.port, [...head, 'Transfer-Encoding: chunked'], chunks));
    t.same([chunked.method, chunked.body], [method, body]);
    t.same(valuesOf(chunked.rawHeaders, 'transfer-encoding'), ['chunked']);
    t.same(valuesOf(chunked.rawHeaders, 'content-length'), []);
    const none = echoOf(await send(t, standby.port, head));
    t.same([none.method, none.body], [method, '']);
    t.same(valuesOf(none.rawHeaders, 'transfer-encoding'), [], 'no body becomes no body');
  }
});

t.test('what proxies send: a whole URL means its path, and goes nowhere else', async (t) => {
  const standby = await serveStandby(t, await echoingLeader(t));
  for (const [url, path] of [
    ['http://evil.example:1/v2/apps?x=1', '/v2/apps?x=1'],
    ['http://user:pass@evil.example', '/'],
    ['https://evil.example?x', '/?x'],
  ] as const) {
    const echo = echoOf(await send(t, standby.port, [`GET ${url} HTTP/1.1`, 'Host: evil.example']));
    t.equal(echo.url, path);
    t.not(valuesOf(echo.rawHeaders, 'host')[0], 'evil.example');
  }
  const echo = echoOf(await send(t, standby.port, ['OPTIONS * HTTP/1.1', 'Host: x']));
  t.equal(echo.url, '*');
});

t.test('headers: all but those of the connection, and where it came by', async (t) => {
  const leader = await echoingLeader(t);
  const standby = await serveStandby(t, leader);
  const { rawHeaders } = echoOf(
    await send(t, standby.port, [
      'POST /v2/apps HTTP/1.1',
      'Host: marathon.example',
      'AUTHORIZATION: Basic abc',
      'X-Many: 1',
      'X-Named: of the connection',
      'x-many: 2',
      'Cookie: a=1',
      'Cookie: b=2',
      'Connection: X-Named, Upgrade',
      'Keep-Alive: timeout=5',
      'Proxy-Connection: keep-alive',
      'TE: trailers',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABk',
      'Expect: 100-continue',
      'X-Forwarded-For: 10.1.1.1',
      'X-Forwarded-For: 10.1.1.2',
      'X-Marathon-Via: 1.1 other:8080',
      'X-Latin: \u00e4',
      'Content-Length: 0',
    ]).then((answer) => answer.replace(/^HTTP\/1.1 100 Continue\r\n\r\n/, '')),
  );
  t.same(rawHeaders, [
    'Host',
    leader,
    'AUTHORIZATION',
    'Basic abc',
    'X-Many',
    '1',
    'x-many',
    '2',
    'Cookie',
    'a=1',
    'Cookie',
    'b=2',
    'HTTP2-Settings',
    'AAMAAABk',
    'X-Marathon-Via',
    '1.1 other:8080',
    'X-Latin',
    '\u00e4',
    'Content-Length',
    '0',
    'X-Forwarded-For',
    '10.1.1.1, 10.1.1.2, 127.0.0.1',
    'X-Marathon-Via',
    `1.1 ${standby.address}`,
    'Connection',
    'keep-alive',
  ]);
});

t.test('the answer comes back as it is', async (t) => {
  const packed = gzipSync('x'.repeat(5000));
  const leader = await fakeLeader(t, (incoming, response) => {
    switch (incoming.url) {
      case '/gzip':
        response.writeHead(200, 'Fine, thank you', [
          ...['X-Marathon-Leader', 'http://leader:8080', 'Set-Cookie', 'a=1', 'set-cookie', 'b=2'],
          ...['Content-Encoding', 'gzip', 'Content-Length', String(packed.length), 'X-Marathon-Via', '1.1 before:1'],
          ...['Connection', 'X-Hop', 'X-Hop', '1', 'Keep-Alive', 'timeout=9', 'Date', 'Thu, 01 Jan 1970 00:00:00 GMT'],
        ]);
        response.end(packed);
        return;
      case '/moved':
        response.writeHead(302, { Location: 'http://somewhere.example/else', 'WWW-Authenticate': 'Basic realm="x"' });
        response.end();
        return;
      case '/none':
        response.writeHead(204);
        response.end();
        return;
      case '/unmodified':
        response.writeHead(304, { 'Content-Length': '17', ETag: '"x"' });
        response.end();
        return;
      case '/broken':
        response.writeHead(500, { 'Content-Type': 'application/json' });
        response.end('{"message":"of the leader"}');
        return;
      default:
        response.setHeader('Content-Length', '4');
        response.end('pong');
    }
  });
  const standby = await serveStandby(t, leader);
  const get = (path: string, method = 'GET'): Promise<string> =>
    send(t, standby.port, [`${method} ${path} HTTP/1.1`, 'Host: x']);

  const gzip = await get('/gzip');
  t.match(gzip, /^HTTP\/1\.1 200 Fine, thank you\r\n/);
  t.match(gzip, /\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\n/);
  t.match(gzip, /\r\nX-Marathon-Leader: http:\/\/leader:8080\r\n/);
  t.match(
    gzip,
    new RegExp(`\r\nX-Marathon-Via: 1.1 before:1\r\n(?:.*\r\n)*X-Marathon-Via: 1.1 ${standby.address}\r\n`),
  );
  t.match(gzip, /\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n/);
  t.notMatch(gzip, /X-Hop|timeout=9|Transfer-Encoding|X-Frame-Options/);
  t.equal(gunzipSync(Buffer.from(bodyOf(gzip), 'latin1')).length, 5000);

  t.match(await get('/moved'), /^HTTP\/1\.1 302 [^]*\r\nLocation: http:\/\/somewhere\.example\/else\r\n/);
  t.match(await get('/moved'), /\r\nWWW-Authenticate: Basic realm="x"\r\n/);
  t.match(
    await get('/none'),
    /^HTTP\/1\.1 204 No Content\r\n(?![^]*(?:Transfer-Encoding|Content-Length))[^]*\r\n\r\n$/,
  );
  t.match(await get('/unmodified'), /^HTTP\/1\.1 304 [^]*\r\nContent-Length: 17\r\n[^]*\r\n\r\n$/);
  t.match(await get('/broken'), /^HTTP\/1\.1 500 [^]*\r\n\r\n1b\r\n\{"message":"of the leader"\}\r\n0\r\n\r\n$/);
  const head = await get('/ping', 'HEAD');
  t.match(head, /^HTTP\/1\.1 200 OK\r\nContent-Length: 4\r\n/);
  t.equal(bodyOf(head), '');
  const old = await send(t, standby.port, ['GET /broken HTTP/1.0']);
  t.equal(bodyOf(old), '{"message":"of the leader"}', 'HTTP/1.0 knows no chunks');
});

t.test('one connection of a client, many requests', async (t) => {
  const sockets = new Set<Socket>();
  const leader = await fakeLeader(t, (incoming, response) => {
    sockets.add(incoming.socket);
    incoming.resume();
    response.end(incoming.url);
  });
  const standby = await serveStandby(t, leader);
  const paths = Array.from({ length: 20 }, (_, index) => `/${index}`);
  const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  const connection = rawConnection(t, standby.port, requests.join(''));
  await waitFor('all answers', () => connection.received().endsWith('/19'));
  t.same(
    [...connection.received().matchAll(/\r\n\r\n(\/\d+)/g)].map(([, path]) => path),
    paths,
    'in order',
  );
  const afterReads = sockets.size;
  for (let count = 0; count < 3; count++) await send(t, standby.port, ['GET /v2/apps HTTP/1.1', 'Host: x']);
  t.equal(sockets.size, afterReads, 'connections to the leader are used again');
  for (let count = 0; count < 3; count++) {
    await send(t, standby.port, ['POST /v2/apps HTTP/1.1', 'Host: x', 'Content-Length: 2'], '{}');
  }
  t.equal(sockets.size, afterReads + 3, 'but not for what must not be sent twice');
});

t.test('large bodies flow in both directions', async (t) => {
  const size = 64 << 20;
  const block = Buffer.alloc(1 << 16, 'ekiden ');
  let most = 0;
  const leader = await fakeLeader(t, (incoming, response) => {
    const hash = createHash('sha256');
    let length = 0;
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length;
      hash.update(chunk);
    });
    incoming.on('end', () => {
      response.setHeader('X-Length', String(length));
      response.setHeader('X-Hash', hash.digest('hex'));
      let left = size;
      const write = (): void => {
        while (left > 0) {
          left -= block.length;
          if (!response.write(block)) {
            response.once('drain', write);
            return;
          }
        }
        response.end();
      };
      write();
    });
  });
  const standby = await serveStandby(t, leader, { maxRequestBytes: 1000 });
  const sent = request({ port: standby.port, host: '127.0.0.1', method: 'PUT', path: '/v2/artifacts/big' });
  const hash = createHash('sha256');
  for (let left = size; left > 0; left -= block.length) {
    hash.update(block);
    if (!sent.write(block)) await once(sent, 'drain');
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  }
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  t.equal(response.headers['x-length'], String(size));
  t.equal(response.headers['x-hash'], hash.digest('hex'));
  let length = 0;
  for await (const chunk of response) {
    length += (chunk as Buffer).length;
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  }
  t.equal(length, size);
  t.ok(most < size, `${most} bytes were the most that all three had in memory`);
});

t.test('nobody is faster than who reads', async (t) => {
  let written = 0;
  const block = Buffer.alloc(1 << 16);
  const leader = await fakeLeader(t, (_incoming, response) => {
    const write = (): void => {
      do written += block.length;
      while (response.write(block));
      response.once('drain', write);
    };
    write();
  });
  const standby = await serveStandby(t, leader);
  const client = connect(standby.port, '127.0.0.1');
  t.teardown(() => client.destroy());
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  client.pause();
  let before = -1;
  await waitFor(
    'the leader to wait for the client',
    () => {
      const stands = written === before && written > 0;
      before = written;
      return stands;
    },
    { everyMs: 300 },
  );
  client.resume();
  const stopped = before;
  await waitFor('more', () => written > stopped);
});

t.test('who goes away takes his request along', async (t) => {
  const closed: string[] = [];
  let begun = 0;
  const leader = await fakeLeader(t, (incoming, response) => {
    begun++;
    const { url = '' } = incoming;
    incoming.on('error', () => undefined);
    response.on('close', () => closed.push(`${url} ${incoming.complete}`));
    if (url === '/answering') response.write('x');
    incoming.resume();
  });
  const standby = await serveStandby(t, leader);
  const waiting = rawConnection(t, standby.port, 'GET /waiting HTTP/1.1\r\nHost: x\r\n\r\n');
  const answering = rawConnection(t, standby.port, 'GET /answering HTTP/1.1\r\nHost: x\r\n\r\n');
  const sending = rawConnection(t, standby.port, 'POST /sending HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n123');
  await waitFor('all of them', () => begun === 3 && answering.received().includes('200'));
  for (const { socket } of [waiting, answering, sending]) socket.destroy();
  await waitFor('the leader to hear of it', () => closed.length === 3);
  t.same(closed.sort(), ['/answering true', '/sending false', '/waiting true']);
});

t.test('an answer that breaks off breaks off for the client, too', async (t) => {
  const leader = await fakeLeader(t, (incoming, response) => {
    if (incoming.url === '/length') response.setHeader('Content-Length', '100');
    response.write('begun', () => setImmediate(() => incoming.socket.destroy()));
  });
  const standby = await serveStandby(t, leader);
  for (const path of ['/chunked', '/length']) {
    const sent = request({ port: standby.port, host: '127.0.0.1', path }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    sent.on('error', () => undefined);
    await t.rejects(response.resume().toArray(), { code: 'ECONNRESET' }, path);
    t.equal(response.complete, false);
  }
  const socket = connect(standby.port, '127.0.0.1').resume();
  socket.write('GET /chunked HTTP/1.0\r\n\r\n');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  t.equal(error.code, 'ECONNRESET', 'HTTP/1.0 knows no other sign');
});

t.test('a body that the leader refuses is answered with its refusal', async (t) => {
  const leader = await fakeLeader(t, (_incoming, response) => {
    response.writeHead(413, { Connection: 'close', 'Content-Type': 'application/json' });
    response.end('{"message":"too large"}');
  });
  const standby = await serveStandby(t, leader);
  for (let count = 0; count < 20; count++) {
    const answer = await fetch(`http://${standby.address}/v2/apps`, { method: 'POST', body: 'x'.repeat(2 << 20) });
    t.equal(answer.status, 413);
    t.same(await answer.json(), { message: 'too large' });
  }
});

t.test('an early answer does not end the request', async (t) => {
  let received = 0;
  const leader = await fakeLeader(t, (incoming, response) => {
    response.write('early ');
    incoming.on('data', (chunk: Buffer) => (received += chunk.length));
    incoming.on('end', () => response.end('late'));
  });
  const standby = await serveStandby(t, leader);
  const connection = rawConnection(
    t,
    standby.port,
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nConnection: close\r\n\r\n123',
  );
  await waitFor('the early part', () => connection.received().includes('early'));
  t.equal(received, 3);
  connection.socket.write('456');
  t.match(await connection.ended, /early[^]*late/);
  t.equal(received, 6);
});

t.test('a connection that was closed while it waited', async (t) => {
  let asked = 0;
  const sockets: Socket[] = [];
  const server = createServer((incoming: IncomingMessage, response: ServerResponse) => {
    // Closes every second connection without a word, at its second request
    if (sockets.includes(incoming.socket)) {
      incoming.socket.destroy();
      return;
    }
    sockets.push(incoming.socket);
    asked++;
    response.end('ok');
  });
  const leader = `127.0.0.1:${await listenOnFreePort(t, server)}`;
  const standby = await serveStandby(t, leader);
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  for (let count = 0; count < 4; count++) {
    const sent = request({ port: standby.port, host: '127.0.0.1', path: '/', agent }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    t.equal(response.statusCode, 200, 'what changes nothing is asked again, on a new connection');
    await response.resume().toArray();
  }
  t.equal(asked, 4);
});

t.test('what is no request for the leader', async (t) => {
  let connections = 0;
  const tcp = createTcpServer(() => connections++);
  const standby = await serveStandby(t, `127.0.0.1:${await listenOnFreePort(t, tcp)}`);
  const first = async (lines: readonly string[], body = ''): Promise<string> => {
    const answer = await send(t, standby.port, lines, body);
    t.match(answer, /\r\nContent-Type: application\/json\r\n/i);
    t.type((JSON.parse(bodyOf(answer)) as { message: string }).message, 'string');
    return answer;
  };
  t.match(await first(['CONNECT evil.example:443 HTTP/1.1', 'Host: x']), /^HTTP\/1\.1 405 [^]*\r\nAllow: GET, /);
  t.match(await first(['TRACE / HTTP/1.1', 'Host: x', 'Cookie: a=b']), /^HTTP\/1\.1 405 [^]*\r\nallow: GET, /i);
  const smuggling = ['POST / HTTP/1.1', 'Host: x', 'Content-Length: 3', 'Transfer-Encoding: chunked'];
  t.match(await first(smuggling, '0\r\n\r\n'), /^HTTP\/1\.1 400 /);
  t.match(await first(['POST / HTTP/1.1', 'Host: x', 'Transfer-Encoding: gzip, chunked']), /^HTTP\/1\.1 501 /);
  t.match(await first(['GET /a b HTTP/1.1', 'Host: x']), /^HTTP\/1\.1 400 /);
  t.match(await first(['GET / HTTP/1.1', 'Host: x', 'X-Y: a\rInjected: 1']), /^HTTP\/1\.1 400 /);
  t.match(await first(['GET / HTTP/1.1', 'Host: x', 'X-Y: a\u0001b']), /^HTTP\/1\.1 400 /);
  t.match(await first(['hello']), /^HTTP\/1\.1 400 /);
  t.equal(connections, 0);
});

t.test('an upgrade is not made; the request is answered as any other', async (t) => {
  const standby = await serveStandby(t, await echoingLeader(t));
  for (const protocol of ['websocket', 'h2c']) {
    const answer = await send(t, standby.port, [
      'GET /ping HTTP/1.1',
      'Host: x',
      `Upgrade: ${protocol}`,
      'Connection: Upgrade',
    ]);
    t.match(answer, /^HTTP\/1\.1 200 /);
    t.same(valuesOf(echoOf(answer).rawHeaders, 'upgrade'), []);
  }
});
