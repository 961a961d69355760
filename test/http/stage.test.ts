import { Agent, request } from 'node:http';
import t from 'tap';
import { createHttpServer, listen } from '../../src/http/server.js';
import type { HttpServer } from '../../src/http/server.js';
import { createStage } from '../../src/http/stage.js';
import { waitFor } from '../support/wait.js';

function serverSaying(text: string): HttpServer {
  const server = createHttpServer({ headers: { 'X-Who': text } });
  server.get('/', () => text);
  return server;
}

/** One request over `agent`: the body, and the port on our side of its connection. */
function ask(agent: Agent, port: number): Promise<{ text: string; from: number | undefined }> {
  return new Promise((resolve, reject) => {
    request({ agent, host: '127.0.0.1', port, path: '/' }, (response) => {
      const from = response.socket.localPort;
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ text, from }));
    })
      .on('error', reject)
      .end();
  });
}

t.test('whoever is shown answers, also on a connection that was open before', async (t) => {
  const stage = createStage({});
  const [one, two] = [serverSaying('one'), serverSaying('two')];
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(async () => {
    agent.destroy();
    await Promise.all([stage.server.close(), one.close(), two.close()]);
  });
  await stage.show(one);
  const port = await listen(stage.server, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  const first = await ask(agent, port);
  t.equal(first.text, 'one');
  await stage.show(two);
  const second = await ask(agent, port);
  t.same(second, { text: 'two', from: first.from });
  await stage.show(one);
  t.equal((await ask(agent, port)).text, 'one', 'back again');
  const missing = await fetch(`http://127.0.0.1:${port}/nothing`);
  t.equal(missing.status, 404);
  t.equal(missing.headers.get('x-who'), 'one', 'errors, too, are those of whoever is shown');
});

t.test('what is being answered is answered to its end', async (t) => {
  const stage = createStage({});
  let answer: (text: string) => void = () => undefined;
  let asked = false;
  const slow = createHttpServer();
  slow.get('/', () => {
    asked = true;
    return new Promise((resolve) => (answer = resolve));
  });
  const next = serverSaying('next');
  t.teardown(() => Promise.all([stage.server.close(), slow.close(), next.close()]));
  await stage.show(slow);
  const port = await listen(stage.server, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  const response = fetch(`http://127.0.0.1:${port}/`).then((r) => r.text());
  await waitFor('the request', () => asked);
  await stage.show(next);
  t.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'next');
  answer('whole');
  t.equal(await response, 'whole');
});

t.test('one who is closed keeps no socket from the next', async (t) => {
  const stage = createStage({});
  const [one, two] = [serverSaying('one'), serverSaying('two')];
  t.teardown(() => Promise.all([stage.server.close(), two.close()]));
  await stage.show(one);
  const port = await listen(stage.server, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  await stage.show(two);
  await one.close();
  t.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'two');
});

t.test('whoever was to be shown last answers, also when another one is ready later', async (t) => {
  const stage = createStage({});
  const [slow, two] = [serverSaying('slow'), serverSaying('two')];
  let goOn = (): void => undefined;
  const ready = new Promise<void>((resolve) => (goOn = resolve));
  slow.addHook('onReady', () => ready);
  t.teardown(() => Promise.all([stage.server.close(), slow.close(), two.close()]));
  await stage.show(two);
  const port = await listen(stage.server, { host: '127.0.0.1', port: 0, flag: 'http_port' });
  const shown = stage.show(slow);
  await stage.show(two);
  goOn();
  await shown;
  t.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'two');
});
