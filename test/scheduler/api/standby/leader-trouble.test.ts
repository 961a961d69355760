import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import { listenOnFreePort } from '../../../support/listen.js';
import { memoryLogger } from '../../../support/memory-logger.js';
import { freePort } from '../../../support/ports.js';
import { rawConnection } from '../../../support/raw-http.js';
import { fakeLeader, serveStandby } from '../../../support/standby.js';
import { startTcpProxy } from '../../../support/tcp-proxy.js';
import { waitFor } from '../../../support/wait.js';
import { createFakeFront } from '../../../support/fake-front.js';

const proxy = { connectTimeoutMs: 5_000, readTimeoutMs: 10_000, ignoreHostname: false, maxOpenConnections: 64 };

const commonHeaders = {
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
  'cache-control': 'no-cache, no-store, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  'content-type': 'application/json',
};

interface Refusal {
  readonly message: string;
  readonly details?: string;
}

/** Asks, expects a refusal in Marathon's form, and returns it. */
async function refusal(t: Test, url: string, status: number, init: RequestInit = {}): Promise<Refusal> {
  const answer = await fetch(url, init);
  t.equal(answer.status, status);
  t.match(Object.fromEntries(answer.headers), commonHeaders);
  return (await answer.json()) as Refusal;
}

/** A TCP server that does with each connection what the test says. */
async function tcpServer(t: Test, onConnection: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  return `127.0.0.1:${await listenOnFreePort(t, server)}`;
}

t.test('no leader: it is waited for, then there is an answer', async (t) => {
  const reasons = new Map<string | undefined, string>([
    [undefined, 'ZooKeeper names no leader: an election is under way, or ZooKeeper cannot be reached'],
    ['self', 'this scheduler was elected and is not ready to lead yet'],
    ['nonsense\r\nX: y', 'the address of the leader in ZooKeeper is not host:port: "nonsense\\r\\nX: y"'],
  ]);
  await Promise.all(
    [...reasons].map(async ([leader, details]) => {
      const standby = await serveStandby(t, leader);
      if (leader === 'self') standby.elect(standby.address);
      const answer = await refusal(t, `http://${standby.address}/v2/apps`, 502);
      t.same(answer, { message: 'Could not determine the current leader', details });
    }),
  );
});

t.test('a leader that is elected meanwhile gets what waits', async (t) => {
  const leader = await fakeLeader(t, (incoming, response) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    incoming.on('end', () => response.end(`leader: ${body}`));
  });
  let asked = 0;
  const standby = await serveStandby(t, undefined, {}, { leader: () => (++asked > 3 ? leader : undefined) });
  const answers = Array.from({ length: 20 }, () =>
    fetch(`http://${standby.address}/v2/apps`, { method: 'POST', body: 'hello' }).then((answer) => answer.text()),
  );
  t.same(new Set(await Promise.all(answers)), new Set(['leader: hello']));
});

t.test('this scheduler itself answers what waits when it has taken over', async (t) => {
  const credentials = { user: 'a', password: 'b' };
  const options = { mountPrefix: '/service/marathon', hostname: 'self', credentials };
  const api = createFakeFront(t, options, {}, (server) => {
    server.post('/things/*', (request, reply) =>
      reply.send(`${request.originalUrl} ${JSON.stringify(request.params)} ${String(request.body)}`),
    );
  });
  let leads = false;
  const standby = await serveStandby(t, undefined, {}, { ownApi: () => (leads ? api : undefined) });
  standby.elect(standby.address);
  const url = `http://${standby.address}/service/marathon/things/%2Fa?x=1`;
  const headers = { Authorization: `Basic ${btoa('a:b')}` };
  const waiting = fetch(url, { method: 'POST', body: 'text', headers });
  const stranger = fetch(url, { method: 'POST', body: 'text' });
  setImmediate(() => (leads = true));
  t.equal((await stranger).status, 401, 'nobody gets past the credentials, however early he comes');
  const answer = await waiting;
  t.equal(await answer.text(), '/service/marathon/things/%2Fa?x=1 {"*":"/a"} text');
  t.equal(answer.headers.get('x-marathon-leader'), 'http://self:8080');
  t.equal(answer.headers.get('x-marathon-via'), null);
});

t.test('a client that leaves while there is no leader', async (t) => {
  const standby = await serveStandby(t, undefined);
  const { socket } = rawConnection(t, standby.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'connect');
  const closed = once(socket, 'close');
  socket.destroy();
  await closed;
  t.equal((await fetch(`http://${standby.address}/ekiden/v1/leading`)).status, 503);
});

t.test('a request that comes back is not sent round again', async (t) => {
  const a = await serveStandby(t, undefined);
  const b = await serveStandby(t, a.address);
  a.elect(b.address);
  for (const { address } of [a, b]) {
    const answer = await fetch(`http://${address}/v2/apps`, { method: 'POST', body: 'x' });
    t.equal(answer.status, 502);
    t.same(await answer.json(), { message: 'Detected proxying loop.' });
    t.same(
      answer.headers.get('x-marathon-via')?.split(', ').sort(),
      [`1.1 ${a.address}`, `1.1 ${b.address}`].sort(),
      'it has passed both, once each',
    );
  }
  const leader = await fakeLeader(t, (_incoming, response) => void response.end('leader'));
  b.elect(leader);
  t.equal(await (await fetch(`http://${a.address}/`)).text(), 'leader', 'two in a row are no loop');
  const own = { headers: { 'X-Marathon-Via': `1.1 other:1 ,  1.1 ${b.address}` } };
  t.equal((await fetch(`http://${b.address}/`, own)).status, 502);
  const similar = { headers: { 'X-Marathon-Via': `1.1 ${b.address}0` } };
  t.equal((await fetch(`http://${b.address}/`, similar)).status, 200);
});

t.test('a leader that cannot be reached', async (t) => {
  const gone = `127.0.0.1:${await freePort()}`;
  const { logger, lines } = memoryLogger();
  const standby = await serveStandby(t, gone, {}, { logger });
  const url = `http://${standby.address}/ping`;
  for (const init of [{}, { method: 'POST', body: 'x'.repeat(1 << 20) }]) {
    const { message, details } = await refusal(t, url, 502, init);
    t.equal(message, 'Connection to leader refused.');
    t.equal(details, `${gone} could not be connected to: connect ECONNREFUSED ${gone}`);
  }
  t.equal((await fetch(url)).headers.get('x-marathon-leader'), `http://${gone}`);
  t.match(lines, [{ level: 'warn', leader: gone }], 'is logged once');
  t.equal(lines.length, 1);

  standby.elect('leader.invalid:8080');
  const unknown = await refusal(t, url, 502);
  t.equal(unknown.message, 'Failed to successfully establish a connection to the leader.');
  t.match(unknown.details, /^leader\.invalid:8080 could not be connected to: getaddrinfo /);

  standby.elect(await fakeLeader(t, (_incoming, response) => void response.end('pong')));
  t.equal((await fetch(url)).status, 200);
  t.match(lines.at(-1), { level: 'info', message: 'The leader answers again' });
});

t.test('a leader that says something else, or nothing, and leaves', async (t) => {
  const says = ['', 'SSH-2.0-OpenSSH_9.2\r\n', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'];
  for (const text of says) {
    const leader = await tcpServer(t, (socket) => socket.once('data', () => socket.end(text)));
    const standby = await serveStandby(t, leader);
    for (const method of ['GET', 'POST']) {
      const { message, details } = await refusal(t, `http://${standby.address}/`, 502, { method });
      t.equal(message, 'Failed to successfully establish a connection to the leader.');
      t.match(details, `${leader} was connected to, but gave no answer: `);
    }
  }
});

t.test('an answer that cannot be passed on', async (t) => {
  const leader = await tcpServer(t, (socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 O\u0001K\r\nX-Y: a\u0001b\r\nContent-Length: 0\r\n\r\n')),
  );
  const standby = await serveStandby(t, leader);
  t.equal((await fetch(`http://${standby.address}/`)).status, 502);
});

t.test('a leader that is silent', async (t) => {
  const leader = await fakeLeader(t, (incoming, response) => {
    incoming.resume();
    if (incoming.url === '/begun') response.write('begun');
  });
  const leaderProxy = { ...proxy, readTimeoutMs: 200 };
  const standby = await serveStandby(t, leader, { leaderProxy });
  const url = `http://${standby.address}`;
  for (const init of [{}, { method: 'PUT', body: 'x' }]) {
    t.same(await refusal(t, url, 504, init), {
      message: 'Connection to leader timed out.',
      details: `${leader} said nothing for 200 ms`,
    });
  }
  const begun = await fetch(`${url}/begun`);
  t.equal(begun.status, 200);
  await t.rejects(begun.text(), 'what has begun breaks off');
});

t.test('silence is counted from the last byte, and only that of the leader', async (t) => {
  const leaderProxy = { ...proxy, readTimeoutMs: 400 };
  const leader = await fakeLeader(t, (incoming, response) => {
    if (incoming.url === '/slowly') {
      let left = 6;
      const timer = setInterval(() => {
        if (left-- > 0) response.write('.');
        else {
          clearInterval(timer);
          response.end();
        }
      }, 150);
    } else if (incoming.url === '/large') {
      response.end(Buffer.alloc(32 << 20));
    } else {
      incoming.resume().on('end', () => response.end('got it'));
    }
  });
  const standby = await serveStandby(t, leader, { leaderProxy });
  t.equal(await (await fetch(`http://${standby.address}/slowly`)).text(), '......');

  const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n';
  const sending = rawConnection(t, standby.port, `${head}1`);
  const reading = rawConnection(t, standby.port, 'GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  reading.socket.pause();
  // Longer than the leader may be silent: time itself is what is tried here
  await new Promise((resolve) => setTimeout(resolve, 1000));
  sending.socket.write('2');
  t.match(await sending.ended, /^HTTP\/1\.1 200 [^]*got it/);
  reading.socket.resume();
  t.ok((await reading.ended).length > 32 << 20);
});

t.test('a network that says nothing', async (t) => {
  const tcp = await startTcpProxy(t, await freePort());
  tcp.blackhole();
  const leader = `127.0.0.1:${tcp.port}`;
  const leaderProxy = { ...proxy, readTimeoutMs: 200 };
  const standby = await serveStandby(t, leader, { leaderProxy });
  t.match(await refusal(t, `http://${standby.address}/`, 504), { message: 'Connection to leader timed out.' });
});

t.test('as many connections as are allowed', async (t) => {
  let open = 0;
  let most = 0;
  let waiting: (() => void)[] = [];
  const leader = await fakeLeader(t, (_incoming, response) => {
    most = Math.max(most, ++open);
    response.on('close', () => open--);
    waiting.push(() => response.end('done'));
  });
  const leaderProxy = { ...proxy, maxOpenConnections: 2, connectTimeoutMs: 500 };
  const standby = await serveStandby(t, leader, { leaderProxy });
  const url = `http://${standby.address}/`;
  const first = [fetch(url), fetch(url, { method: 'POST' })];
  await waitFor('both', () => waiting.length === 2);
  t.same(await refusal(t, url, 503), {
    message:
      'All 2 connections to the leader are in use (--leader_proxy_max_open_connections), and none became free ' +
      'within 500 ms (--leader_proxy_connection_timeout)',
  });
  const { socket } = rawConnection(t, standby.port, 'GET /left HTTP/1.1\r\nHost: x\r\n\r\n');
  socket.destroy();
  const third = fetch(url);
  for (const finish of waiting) finish();
  waiting = [];
  for (const answer of first) t.equal(await (await answer).text(), 'done');
  await waitFor('the third', () => waiting.length === 1);
  for (const finish of waiting) finish();
  t.equal(await (await third).text(), 'done');
  t.equal(most, 2);
});

t.test('connections that wait are not on top of those that work', async (t) => {
  const sockets = new Set<Socket>();
  let most = 0;
  const leader = await fakeLeader(t, (incoming, response) => {
    const { socket } = incoming;
    if (!sockets.has(socket)) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    incoming.resume().on('end', () => response.end('ok'));
  });
  const leaderProxy = { ...proxy, maxOpenConnections: 3 };
  const standby = await serveStandby(t, leader, { leaderProxy });
  const url = `http://${standby.address}/`;
  for (let round = 0; round < 5; round++) {
    await Promise.all(
      Array.from({ length: 6 }, async (_, index) => {
        const answer = await fetch(url, index % 2 === 0 ? {} : { method: 'POST', body: 'x' });
        t.equal(answer.status, 200);
        await answer.text();
      }),
    );
    await waitFor('closed ones to be gone', () => sockets.size <= 3);
    most = Math.max(most, sockets.size);
  }
  t.ok(most >= 1 && most <= 3, String(most));
});

t.test('while it stops, what is under way is finished, and nobody waits for a leader', async (t) => {
  let finish: (() => void) | undefined;
  const leader = await fakeLeader(t, (_incoming, response) => {
    finish = () => response.end('late');
  });
  const standby = await serveStandby(t, leader);
  const late = fetch(`http://${standby.address}/`);
  await waitFor('the leader to be asked', () => finish);
  const unled = await serveStandby(t, undefined);
  const waiting = fetch(`http://${unled.address}/`);
  // Its connection is there when the next one is
  await (await fetch(`http://${unled.address}/ekiden/v1/leading`)).text();
  const closing = Promise.all([standby.server.close(), unled.server.close()]);
  setImmediate(() => finish?.());
  t.equal(await (await late).text(), 'late');
  const refused = await waiting;
  t.equal(refused.status, 503);
  t.same(await refused.json(), { message: 'The scheduler is stopping: send the request again' });
  await closing;
});
