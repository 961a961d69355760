import t from 'tap';
import { RequestLimit } from '../../src/http/request-limit.js';
import { createHttpServer, listen } from '../../src/http/server.js';
import type { HttpReply } from '../../src/http/server.js';
import { rawConnection } from '../support/raw-http.js';
import { waitFor } from '../support/wait.js';

t.test('requests are counted exactly, however they end', async (t) => {
  const limit = new RequestLimit(2);
  const waiting: HttpReply[] = [];
  const server = createHttpServer();
  server.addHook('onRequest', (_request, reply, done) => {
    if (limit.enter(reply.raw)) done();
    else void reply.code(503).send('full');
  });
  server.get('/', (_request, reply) => void waiting.push(reply));
  server.get('/broken', () => {
    throw new Error('broken');
  });
  t.teardown(() => server.close());
  const port = await listen(server, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  const get = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

  const first = rawConnection(t, port, get);
  const second = rawConnection(t, port, get);
  await waitFor('both', () => waiting.length === 2);
  t.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 503);
  t.equal(limit.underWay, 2, 'what is refused does not count');

  first.socket.destroy();
  await waitFor('one to be gone', () => limit.underWay === 1);
  t.equal((await fetch(`http://127.0.0.1:${port}/broken`)).status, 500);
  await waitFor('the failed one to be gone', () => limit.underWay === 1);

  void waiting[1]?.send('answered');
  await waitFor('the answer', () => second.received().endsWith('answered'));
  await waitFor('all to be gone', () => limit.underWay === 0);
  // The same connection again, and cut before its answer
  second.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await waitFor('the third', () => waiting.length === 3);
  t.equal(limit.underWay, 1);
  second.socket.destroy();
  await waitFor('all to be gone', () => limit.underWay === 0);
});
