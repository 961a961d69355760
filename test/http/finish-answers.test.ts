import t from 'tap';
import type { Test } from 'tap';
import { finishAnswers } from '../../src/http/finish-answers.js';
import { createHttpServer, listen } from '../../src/http/server.js';
import type { HttpServer } from '../../src/http/server.js';
import { startSse } from '../../src/http/sse.js';
import { waitFor } from '../support/wait.js';

const veryLongMs = 3_600_000;

/** A server that answers `/` when it is told to, and has streams at `/events`. */
async function serve(
  t: Test,
  limitMs: number,
): Promise<{ server: HttpServer; url: string; answer: () => void; asked: () => number }> {
  const server = createHttpServer();
  const refusal = (): Error => Object.assign(new Error('it stops'), { statusCode: 503 });
  finishAnswers(server, { limitMs, refusal });
  let answer: () => void = () => undefined;
  let asked = 0;
  const mayAnswer = new Promise<void>((resolve) => (answer = resolve));
  server.get('/', async () => {
    asked++;
    await mayAnswer;
    return 'made';
  });
  server.get('/events', (_request, reply) => {
    asked++;
    startSse(reply);
    return reply;
  });
  t.teardown(() => server.close());
  const port = await listen(server, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  return { server, url: `http://127.0.0.1:${port}`, answer, asked: () => asked };
}

t.test('a request that is under way gets its answer', async (t) => {
  const { server, url, answer, asked } = await serve(t, veryLongMs);
  const response = fetch(url).then((r) => r.text());
  const stream = await fetch(`${url}/events`);
  await waitFor('both requests', () => asked() === 2);
  const closed = server.close();
  await waitFor('the refusal of what comes now', async () => {
    const { status, headers } = await fetch(url);
    return status === 503 && headers.get('connection') === 'close';
  });
  answer();
  t.equal(await response, 'made');
  t.equal(asked(), 2);
  await closed;
  await t.rejects(stream.text(), 'streams are not waited for');
});

t.test('one that takes too long does not', async (t) => {
  const { server, url, asked } = await serve(t, 1);
  const response = fetch(url);
  const refused = t.rejects(response);
  await waitFor('the request', () => asked() === 1);
  await server.close();
  await refused;
});
