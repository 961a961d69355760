import { once } from 'node:events';
import { connect } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import { createHttpServer, listen } from '../../src/http/server.js';
import { startSse } from '../../src/http/sse.js';
import type { SseClient, SseOptions } from '../../src/http/sse.js';
import { waitFor } from '../support/wait.js';

/** A server with one stream at `/`. */
async function serve(
  t: Test,
  options: SseOptions = {},
): Promise<{ port: number; clients: SseClient[]; ended: () => number }> {
  const server = createHttpServer();
  const clients: SseClient[] = [];
  let ended = 0;
  server.get('/', (_request, reply) => {
    void reply.header('X-Inherited', 'yes');
    const client = startSse(reply, options);
    client.onClose(() => ended++);
    clients.push(client);
    return reply;
  });
  t.teardown(() => server.close());
  const port = await listen(server, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  return { port, clients, ended: () => ended };
}

/** A client that reads; `text` is the body so far. */
async function read(t: Test, port: number): Promise<{ response: Response; text: () => string; done: Promise<void> }> {
  const abort = new AbortController();
  t.teardown(() => abort.abort());
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    headers: { 'accept-encoding': 'gzip' },
    signal: abort.signal,
  });
  let text = '';
  const done = (async () => {
    try {
      for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk as Uint8Array);
    } catch {
      // cut by the server or by the end of the test
    }
  })();
  return { response, text: () => text, done };
}

/** A client that never reads what it has asked for. */
function ignore(t: Test, port: number): void {
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.on('error', () => undefined);
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
}

async function firstOf(clients: readonly SseClient[]): Promise<SseClient> {
  return waitFor('the client', () => clients[0]);
}

t.test('frames as Jetty writes them', async (t) => {
  const { port, clients, ended } = await serve(t, { lineEnd: '\r\n' });
  const { response, text, done } = await read(t, port);
  t.equal(response.headers.get('content-type'), 'text/event-stream');
  t.equal(response.headers.get('content-encoding'), null);
  t.equal(response.headers.get('x-inherited'), 'yes');
  const client = await firstOf(clients);
  client.send('one', '{"a":1}');
  client.send('two', '{}', 'E-7');
  client.close();
  await done;
  t.equal(text(), 'event: one\r\ndata: {"a":1}\r\n\r\nevent: two\r\nid: E-7\r\ndata: {}\r\n\r\n');
  await waitFor('the end', () => ended() === 1);
  client.send('late', '{}');
  client.close();
  t.equal(ended(), 1, 'its end is told once');
});

t.test('lines end with LF unless asked otherwise', async (t) => {
  const { port, clients } = await serve(t);
  const { text, done } = await read(t, port);
  const client = await firstOf(clients);
  client.send('one', '1');
  client.close();
  await done;
  t.equal(text(), 'event: one\ndata: 1\n\n');
});

t.test('an empty line again and again while there is nothing to say', async (t) => {
  const { port, clients } = await serve(t, { keepAliveMs: 10, lineEnd: '\r\n' });
  const { text } = await read(t, port);
  await firstOf(clients);
  await waitFor('three of them', () => text().length >= 6);
  t.match(text(), /^(?:\r\n)+$/);
});

t.test('an event that pages see, where they ask for it', async (t) => {
  const { port, clients } = await serve(t, { keepAliveMs: 10, hasHeartbeat: true });
  const { text } = await read(t, port);
  await firstOf(clients);
  await waitFor('one of them', () => text().includes('\n\n'));
  t.match(text(), /^(?:event: alive\ndata: \{\}\n\n)+/);
});

t.test('who leaves more messages unread than allowed is cut off', async (t) => {
  const { port, clients, ended } = await serve(t, { maxPendingMessages: 10, patienceMs: 20, maxPendingBytes: 1 << 30 });
  ignore(t, port);
  const client = await firstOf(clients);
  const large = 'x'.repeat(1 << 20);
  for (let i = 0; i < 100; i++) client.send('large', large);
  await waitFor('the end', () => ended() === 1);
  t.pass('it was cut off');
});

t.test('a burst above the limit ends no stream whose client reads', async (t) => {
  const { port, clients, ended } = await serve(t, { maxPendingMessages: 10, patienceMs: 10_000 });
  const { text, done } = await read(t, port);
  const client = await firstOf(clients);
  for (let i = 0; i < 1000; i++) client.send('n', String(i));
  client.close();
  await done;
  await waitFor('the end', () => ended() === 1);
  t.same(
    text()
      .split('\n')
      .filter((line) => line.startsWith('data: ')),
    Array.from({ length: 1000 }, (_, i) => `data: ${i}`),
    'all of it, in order',
  );
});

t.test('who leaves more bytes unread than allowed is cut off at once', async (t) => {
  const { port, clients, ended } = await serve(t, { maxPendingBytes: 1 << 20 });
  ignore(t, port);
  const client = await firstOf(clients);
  client.send('large', 'x'.repeat(64 << 20));
  await waitFor('the end', () => ended() === 1);
  t.pass('it was cut off');
});

t.test('a client that leaves before its stream begins', async (t) => {
  const server = createHttpServer();
  let begun = 0;
  let ended = 0;
  server.addHook('onRequest', async (_request, reply) => {
    begun++;
    await once(reply.raw, 'close');
  });
  server.get('/', (_request, reply) => {
    const client = startSse(reply);
    client.send('one', '{}');
    client.onClose(() => ended++);
    return reply;
  });
  t.teardown(() => server.close());
  const socket = connect(await listen(server, { host: '127.0.0.1', port: 0, flag: 'http_port' }), '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await waitFor('the request', () => begun === 1);
  socket.destroy();
  await waitFor('the end of the stream', () => ended === 1);
  t.equal(ended, 1, 'it has ended, so that nothing is kept for it');
});

t.test('what is sent after the end of a stream cuts off nothing of it', async (t) => {
  const { port, clients } = await serve(t);
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const client = await firstOf(clients);
  for (let i = 0; i < 64; i++) client.send('large', 'x'.repeat(128 << 10));
  client.close();
  client.send('late', '{}');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
  const closed = once(socket, 'close');
  socket.resume();
  await closed;
  t.ok(text.endsWith('\r\n0\r\n\r\n'), 'it ends as a stream does that has come to its end');
  t.notMatch(text, /event: late/);
});
