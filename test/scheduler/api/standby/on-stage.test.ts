import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import t from 'tap';
import { silentLogger } from '../../../../src/common/logger.js';
import { listen } from '../../../../src/http/server.js';
import { createStage } from '../../../../src/http/stage.js';
import { createStandby } from '../../../../src/scheduler/api/standby/create-standby.js';
import { createFakeFront, frontOptions } from '../../../support/fake-front.js';
import { rawConnection } from '../../../support/raw-http.js';
import { fakeLeader } from '../../../support/standby.js';
import { waitFor } from '../../../support/wait.js';

const leaderProxy = { connectTimeoutMs: 5_000, readTimeoutMs: 10_000, ignoreHostname: false, maxOpenConnections: 64 };

t.test('sockets that a leader takes over: connections, what waits and what is under way', async (t) => {
  let finish: (() => void) | undefined;
  const other = await fakeLeader(t, (incoming, response) => {
    if (incoming.url === '/slow') finish = () => response.end('the former leader');
    else response.end(`${incoming.method} ${incoming.url}`);
  });
  const api = createFakeFront(t, {}, {}, (server) => {
    server.get('/things/*', (incoming, reply) => reply.send(`itself: ${incoming.originalUrl}`));
  });
  let leader: string | undefined = other;
  let leads = false;
  const standby = createStandby({
    options: { ...frontOptions, leaderProxy },
    leader: () => leader,
    ownApi: () => (leads ? api : undefined),
    logger: silentLogger,
  });
  const stage = createStage({});
  t.teardown(async () => {
    await stage.server.close();
    await standby.close();
  });
  await stage.show(standby);
  const port = await listen(stage.server, { host: '127.0.0.1', port: 0, flag: 'http_port' });

  const raw = async (text: string): Promise<string> => rawConnection(t, port, text).ended;
  const close = 'Host: x\r\nConnection: close\r\n\r\n';
  t.match(await raw(`GET /%zz?%2F HTTP/1.1\r\n${close}`), /^HTTP\/1\.1 200 [^]*GET \/%zz\?%2F$/);
  t.match(await raw(`PROPFIND //a HTTP/1.1\r\n${close}`), /^HTTP\/1\.1 200 [^]*PROPFIND \/\/a$/);
  t.match(await raw(`CONNECT a:1 HTTP/1.1\r\n${close}`), /^HTTP\/1\.1 405 /);
  t.match(await raw(`GET /x HTTP/1.1\r\nUpgrade: websocket\r\n${close}`), /^HTTP\/1\.1 200 /);

  const underWay = request({ host: '127.0.0.1', port, path: '/slow' }).end();
  await waitFor('the former leader to be asked', () => finish);
  leader = undefined;
  const waiting = rawConnection(t, port, 'GET /things/%2Fa HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(waiting.socket, 'connect');
  // What comes on another connection is answered after the first was read
  t.match(await raw(`GET /ekiden/v1/leading HTTP/1.1\r\n${close}`), /^HTTP\/1\.1 503 /);
  leads = true;
  await stage.show(api);
  t.match(await raw(`GET /things/b HTTP/1.1\r\n${close}`), /^HTTP\/1\.1 200 [^]*itself: \/things\/b$/);
  await waitFor('an answer to what has waited', () => waiting.received().endsWith('itself: /things/%2Fa'));
  waiting.socket.write(`GET /things/c HTTP/1.1\r\n${close}`);
  t.match(await waiting.ended, /itself: \/things\/c$/, 'on the same connection');

  finish?.();
  const [response] = (await once(underWay, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  t.equal(text, 'the former leader');
});

t.test('a scheduler that stops passes on the answers that are under way, and no more requests', async (t) => {
  let finish: (() => void) | undefined;
  const leader = await fakeLeader(t, (incoming, response) => {
    incoming.resume();
    finish = () => response.end('done');
  });
  const options = { ...frontOptions, leaderProxy };
  const standby = createStandby({ options, leader: () => leader, logger: silentLogger });
  const stage = createStage({});
  t.teardown(() => stage.server.close());
  await stage.show(standby);
  const port = await listen(stage.server, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  const underWay = fetch(`http://127.0.0.1:${port}/v2/apps`, { method: 'POST', body: '{}' });
  await waitFor('the leader to be asked', () => finish);
  const closed = standby.close();
  setImmediate(() => finish?.());
  t.equal(await (await underWay).text(), 'done');
  await closed;
  t.equal((await fetch(`http://127.0.0.1:${port}/ping`)).status, 503);
  await standby.close();
});
