import t from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { loadWritten, manualDeadline, noteLogger } from './write-plugins.js';

const handler = 'mesosphere.marathon.plugin.http.HttpRequestHandler';
const validator = 'mesosphere.marathon.plugin.validation.RunSpecValidator';

t.test('no plugins', async (t) => {
  const { api } = await startFakeScheduler(t);
  t.same((await ask(api, 'GET', '/v2/plugins')).json, { plugins: [] });
  const missing = await ask(api, 'GET', '/v2/plugins/x/main.js');
  t.same([missing.status, missing.json], [404, { message: 'No plugin with this pluginId: x' }]);
});

t.test('plugins are listed without their configuration, and answer what is below their id', async (t) => {
  const { logger, lines } = noteLogger();
  const plugins = await loadWritten(t, {
    page: {
      plugin: handler,
      tags: ['ui'],
      info: { modules: ['x'] },
      configuration: { secret: 'hunter2' },
      module: `export default () => ({
        serve({ method, path, query, body, headers }, response) {
          if (path === '/throw') throw new Error('broken');
          if (path === '/none') return;
          if (path === '/bad') return response.header('Content-Length', '3');
          if (path === '/bytes') return response.body('image/png', new Uint8Array([1, 2, 3]));
          response.status(202);
          response.header('X-Path', path);
          response.body('application/json', JSON.stringify({ method, path, query, body, type: headers['content-type'] }));
        },
      });`,
    },
    rule: { plugin: validator, module: 'export default () => ({ validate: () => [] });' },
  });
  const { api } = await startFakeScheduler(t, {}, { plugins, logger });
  t.same((await ask(api, 'GET', '/v2/plugins')).json, {
    plugins: [
      { id: 'page', plugin: handler, implementation: './page.mjs', tags: ['ui'], info: { modules: ['x'] } },
      { id: 'rule', plugin: validator, implementation: './rule.mjs', tags: [], info: {} },
    ],
  });
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    const body = method === 'GET' ? undefined : 'text';
    const answer = await ask(api, method, '/v2/plugins/page/a%20b/c?x=1&x=2', body);
    t.equal(answer.status, 202);
    t.equal(answer.headers['x-path'], '/a b/c');
    t.same(answer.json, {
      method,
      path: '/a b/c',
      query: { x: ['1', '2'] },
      ...(body && { body }),
      type: 'application/json',
    });
  }
  t.equal((await ask(api, 'GET', '/v2/plugins/page')).headers['x-path'], '/');
  t.equal((await ask(api, 'HEAD', '/v2/plugins/page')).status, 202);
  t.same(await ask(api, 'GET', '/v2/plugins/page/none').then(({ status, text }) => [status, text]), [200, '']);
  t.equal((await ask(api, 'GET', '/v2/plugins/page/bytes')).text, '\u0001\u0002\u0003');
  t.equal((await ask(api, 'GET', '/v2/plugins/page/%2e%2e/secret')).status, 404);
  for (const path of ['throw', 'bad']) {
    const failed = await ask(api, 'GET', `/v2/plugins/page/${path}`);
    t.same([failed.status, failed.json], [500, { message: "Plugin 'page' has failed; the reason is in the log" }]);
  }
  t.ok(lines.some((line) => line.includes('broken')));
  t.notOk(lines.some((line) => line.includes('hunter2')));
  t.equal((await ask(api, 'GET', '/v2/plugins/rule')).status, 404, 'answers no requests');
  t.equal((await ask(api, 'PUT', '/v2/plugins')).status, 405);
});

t.test('a plugin that does not come to an end', async (t) => {
  const { deadline, expire, running } = manualDeadline();
  const module = `export default () => ({
    async serve(request, response) {
      await new Promise((resolve) => (globalThis.ekidenTestServe = resolve));
      response.body('text/plain', 'too late');
    },
  });`;
  const plugins = await loadWritten(t, { p: { plugin: handler, module } }, { deadline });
  const { api } = await startFakeScheduler(t, {}, { plugins });
  const asked = ask(api, 'GET', '/v2/plugins/p');
  while (running() === 0) await new Promise((resolve) => setImmediate(resolve));
  expire();
  const answer = await asked;
  t.same(
    [answer.status, answer.json],
    [503, { message: "Plugin 'p' has not answered: it has not come to an end within 5 s" }],
  );
  (globalThis as unknown as { ekidenTestServe: () => void }).ekidenTestServe();
});
