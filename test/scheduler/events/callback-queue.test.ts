import t from 'tap';
import type { Test } from 'tap';
import { createHttpClient } from '../../../src/common/http-client.js';
import { createCallbackQueue } from '../../../src/scheduler/events/callback-queue.js';
import { callbackUrlProblem, publicFormOf } from '../../../src/scheduler/events/callback-url.js';
import { startSink } from '../../support/callback-sink.js';
import { waitFor } from '../../support/wait.js';
import { memoryLogger } from '../../support/memory-logger.js';

/** A queue to a URL with a clock of the test's. */
function aQueue(t: Test, url: string, slowConsumerTimeoutMs = 30_000) {
  const http = createHttpClient({ timeoutMs: slowConsumerTimeoutMs });
  const { logger, lines } = memoryLogger();
  let nowMs = 0;
  const queue = createCallbackQueue({ url, http, slowConsumerTimeoutMs, clock: () => nowMs, logger });
  t.teardown(async () => {
    await queue.close();
    await http.close();
  });
  return { queue, lines, pass: (ms: number) => (nowMs += ms) };
}

t.test('posts each event once, in order, one request at a time', async (t) => {
  const sink = await startSink(t);
  const { queue } = aQueue(t, `${sink.url}/in?token=1`);
  const release = sink.hold();
  queue.offer('{"n":1}');
  queue.offer('{"n":2}');
  queue.offer('{"n":3}');
  await waitFor('the first', () => sink.requests.length === 1);
  t.equal(sink.mostAtOnce(), 1);
  release();
  await waitFor('all', () => sink.requests.length === 3);
  t.same(
    sink.requests.map(({ body }) => body),
    ['{"n":1}', '{"n":2}', '{"n":3}'],
  );
  t.equal(sink.mostAtOnce(), 1);
  t.match(sink.requests[0], {
    method: 'POST',
    url: '/in?token=1',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
  });
});

t.test('after a failure the URL is left alone, longer after each failure in a row', async (t) => {
  const sink = await startSink(t);
  const { queue, lines, pass } = aQueue(t, sink.url);
  const attempt = async (text: string): Promise<void> => {
    const before = sink.answered();
    queue.offer(text);
    await waitFor(`the attempt with ${text}`, () => sink.answered() > before);
    // The answer is on its way back: the queue is idle when the next one would be sent or lost
    await waitFor('its end', () => queue.isIdle);
  };
  sink.status = 500;
  await attempt('1');
  t.match(lines, [{ level: 'warn', reason: 'HTTP 500' }]);
  queue.offer('lost');
  pass(1999);
  queue.offer('lost');
  pass(1);
  await attempt('2');
  pass(3999);
  queue.offer('lost');
  pass(1);
  sink.status = 204;
  await attempt('3');
  await attempt('4');
  t.same(
    sink.requests.map(({ body }) => body),
    ['1', '2', '3', '4'],
  );
  t.match(lines, [{ level: 'warn' }, { level: 'info', lost: 5 }], 'one line when it begins, one when it is over');

  sink.status = 302;
  await attempt('5');
  pass(2000);
  sink.status = 200;
  await attempt('6');
  t.equal(sink.requests.length, 6, 'a success makes the next back-off short again');
});

t.test('the back-off ends at ten minutes', async (t) => {
  const sink = await startSink(t);
  sink.status = 500;
  const { queue, pass, lines } = aQueue(t, sink.url);
  for (let failure = 1; failure <= 12; failure++) {
    queue.offer(String(failure));
    await waitFor('the failure', () => queue.isIdle);
    pass(600_000);
  }
  t.equal(sink.requests.length, 12, 'none of them was lost to a longer back-off');
  t.equal(lines.length, 1, 'one line for all of them');
});

t.test('what waits behind a failure is lost with it', async (t) => {
  const sink = await startSink(t);
  const { queue, pass, lines } = aQueue(t, sink.url);
  const release = sink.hold();
  for (const text of ['1', '2', '3']) queue.offer(text);
  await waitFor('the first', () => sink.requests.length === 1);
  sink.status = 503;
  release();
  await waitFor('the failure', () => queue.isIdle);
  sink.status = 200;
  pass(2000);
  queue.offer('4');
  await waitFor('the next', () => sink.answered() === 2);
  await waitFor('its end', () => queue.isIdle);
  t.same(
    sink.requests.map(({ body }) => body),
    ['1', '4'],
  );
  t.match(lines.at(-1), { lost: 3 });
});

t.test('an answer that takes too long is a failure', async (t) => {
  const sink = await startSink(t);
  sink.hold();
  const { queue, lines } = aQueue(t, sink.url, 20);
  queue.offer('1');
  await waitFor('the failure', () => lines.length > 0);
  t.match(lines, [{ level: 'warn', reason: 'no answer within 20 ms' }]);
});

t.test('a queue that is full loses the oldest, and says so once', async (t) => {
  const sink = await startSink(t);
  const { queue, lines } = aQueue(t, sink.url);
  const release = sink.hold();
  queue.offer('first');
  await waitFor('the first', () => sink.requests.length === 1);
  for (let i = 1; i <= 1010; i++) queue.offer(String(i));
  t.match(lines, [{ level: 'warn' }]);
  release();
  await waitFor('the rest', () => sink.requests.length === 1001);
  t.same(
    sink.requests.map(({ body }) => body),
    ['first', ...Array.from({ length: 1000 }, (_, i) => String(i + 11))],
  );
  const { queue: other } = aQueue(t, sink.url);
  other.offer('x'.repeat((16 << 20) + 1));
  t.ok(other.isIdle, 'an event larger than all that may wait is not sent');
});

t.test('closing does not wait for an answer', async (t) => {
  const sink = await startSink(t);
  sink.hold();
  const { queue, lines } = aQueue(t, sink.url);
  queue.offer('1');
  queue.offer('2');
  await waitFor('the first', () => sink.requests.length === 1);
  await queue.close();
  queue.offer('3');
  t.equal(sink.requests.length, 1);
  t.same(lines, []);
});

t.test('secrets of a URL go to its server, never into a log', async (t) => {
  const sink = await startSink(t);
  const { host } = new URL(sink.url);
  const { queue, lines } = aQueue(t, `http://me:s%20cret@${host}/in?key=hidden`);
  sink.status = 500;
  sink.answer = 'x'.repeat(100);
  queue.offer('1');
  await waitFor('the failure', () => lines.length > 0);
  t.equal(sink.requests[0]?.headers.authorization, `Basic ${Buffer.from('me:s cret').toString('base64')}`);
  t.match(lines, [{ url: `http://${host}/in` }]);
  t.notMatch(JSON.stringify(lines), /cret|hidden/);

  const small = createHttpClient({ timeoutMs: 1000, maxBodyBytes: 10 });
  t.teardown(() => small.close());
  const log = memoryLogger();
  const another = createCallbackQueue({
    url: `http://${host}/in?key=hidden`,
    http: small,
    slowConsumerTimeoutMs: 1000,
    clock: () => 0,
    logger: log.logger,
  });
  another.offer('1');
  await waitFor('the failure', () => log.lines.length > 0);
  t.match(log.lines[0]?.['reason'], /larger than 10 bytes/);
  t.notMatch(JSON.stringify(log.lines), /hidden/, 'not even in the words of the client');
});

t.test('URLs', (t) => {
  for (const url of ['http://a/b', 'https://u:p@a:1/b?c=d', 'HTTP://[::1]:8080']) {
    t.equal(callbackUrlProblem(url), undefined, url);
  }
  t.match(callbackUrlProblem(''), /absolute/);
  t.match(callbackUrlProblem('/relative'), /absolute/);
  t.match(callbackUrlProblem('http://'), /absolute/);
  t.match(callbackUrlProblem('file:///etc/passwd'), /scheme is file/);
  t.match(callbackUrlProblem(`http://a/${'x'.repeat(2000)}`), /not be longer than 2000 characters, but has 2009/);
  t.equal(publicFormOf('no url with secret'), '(no URL)');
  t.end();
});
