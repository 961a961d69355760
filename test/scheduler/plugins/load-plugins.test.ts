import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { StartupError } from '../../../src/common/errors.js';
import { silentLogger } from '../../../src/common/logger.js';
import { loadPlugins } from '../../../src/scheduler/plugins/load-plugins.js';
import { loadWritten, manualDeadline, noteLogger, writePlugins } from './write-plugins.js';
import type { WrittenPlugin } from './write-plugins.js';

const authenticator = 'mesosphere.marathon.plugin.auth.Authenticator';
const validator = 'mesosphere.marathon.plugin.validation.RunSpecValidator';
const handler = 'mesosphere.marathon.plugin.http.HttpRequestHandler';

t.test('plugins of all interfaces', async (t) => {
  const { logger, lines } = noteLogger();
  const plugins = await loadWritten(
    t,
    {
      who: { plugin: authenticator, module: 'export default () => ({ authenticate: () => undefined });' },
      may: {
        plugin: 'mesosphere.marathon.plugin.auth.Authorizer',
        module: 'export default async () => ({ isAuthorized: () => true });',
      },
      rule: { plugin: validator, module: 'export default () => ({ validate: () => [] });' },
      rule2: { plugin: validator, module: 'export default () => ({ validate: () => [] });', enabled: true },
      off: { plugin: validator, module: 'throw new Error("never loaded");', enabled: false },
      task: {
        plugin: 'mesosphere.marathon.plugin.task.RunSpecTaskProcessor',
        module: 'export default () => ({ taskInfo: (_, task) => task });',
      },
      page: {
        plugin: handler,
        tags: ['ui'],
        info: { modules: ['main'] },
        configuration: { secret: 'hunter2', nested: { n: 1 } },
        module: `export default ({ configuration, logger }) => {
          logger.info({ n: configuration.nested.n }, 'made');
          return { serve() {} };
        };`,
      },
    },
    { logger },
  );
  t.equal(plugins.authenticator?.id, 'who');
  t.equal(plugins.authorizer?.id, 'may');
  t.same(
    plugins.validators.map(({ id }) => id),
    ['rule', 'rule2'],
  );
  t.same(
    plugins.processors.map(({ id }) => id),
    ['task'],
  );
  t.same([...plugins.requestHandlers.keys()], ['page']);
  t.match(plugins.definitions.at(-1), { id: 'page', plugin: handler, implementation: './page.mjs', tags: ['ui'] });
  t.ok(lines.includes('made {"plugin":"page","n":1}'));
  t.notOk(lines.some((line) => line.includes('hunter2')));
});

t.test('plugins that cannot be used end the start, by name', async (t) => {
  const cases: Readonly<Record<string, readonly [Partial<WrittenPlugin>, RegExp]>> = {
    interface: [
      { plugin: 'x.SchedulerPlugin' },
      /plugin "p": there is no interface 'x.SchedulerPlugin'.*Authenticator/,
    ],
    'no interface': [{ plugin: 3 as unknown as string }, /'plugin' is not given as a text/],
    'no implementation': [{ implementation: '' }, /'implementation' is not given/],
    'a class of Java': [{ implementation: 'com.example.Auth' }, /not the path of an ES module.*Java classes/],
    'another file': [{ implementation: './q.mjs' }, /there is no file '.\/q.mjs'/],
    outside: [{ implementation: '../plugins.mjs' }, /not within|there is no file/],
    absolute: [{ implementation: '/etc/x.mjs' }, /not within/],
    'no factory': [{ module: 'export const x = 1;' }, /no function as default export/],
    'no object': [{ module: 'export default () => 1;' }, /has not made an object/],
    'no method': [{ module: 'export default () => ({});' }, /an? Authenticator needs a method 'authenticate'/],
    'an odd method': [
      { module: 'export default () => ({ authenticate() {}, handleNotAuthenticated: 1 });' },
      /'handleNotAuthenticated' is not a method/,
    ],
    'an async rule': [
      { plugin: validator, module: 'export default () => ({ async validate() { return []; } });' },
      /'validate' must be synchronous/,
    ],
    'a syntax error': [{ module: 'export default (' }, /cannot be loaded/],
    'a factory that throws': [{ module: 'export default () => { throw new Error("no database"); };' }, /no database/],
    'odd tags': [{ tags: [1] }, /'tags' is not a list of texts/],
    'odd configuration': [{ configuration: [] }, /'configuration' is not an object/],
  };
  for (const [what, [change, reason]] of Object.entries(cases)) {
    await t.test(what, async (t) => {
      const written = { plugin: authenticator, module: 'export default () => ({ authenticate() {} });', ...change };
      await t.rejects(loadWritten(t, { p: written }), { name: 'StartupError', message: reason });
    });
  }
});

t.test('the configuration', async (t) => {
  const open = async (text: string): Promise<unknown> => {
    const configuration = join(t.testdirName, 'c.json');
    writeFileSync(configuration, text);
    return loadPlugins({ directory: t.testdirName, configuration }, { logger: silentLogger });
  };
  t.testdir();
  await t.rejects(open('{"password": hunter2'), { message: /is not JSON/ });
  await t.rejects(open('{"password": hunter2'), { message: /^(?!.*hunter2)/ });
  await t.rejects(open('{}'), { message: /an object 'plugins'/ });
  await t.rejects(open('{"plugins": {"../x": {}}}'), { message: /an id has up to 100/ });
  await t.rejects(open('{"plugins": {"x": 1}}'), { message: /it is not an object/ });
  await t.rejects(
    open(JSON.stringify({ plugins: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [i, {}])) })),
    {
      message: /at most 100/,
    },
  );
  t.match(await open('{"plugins": {}}'), { definitions: [] });
  await t.rejects(
    loadPlugins({ directory: t.testdirName, configuration: join(t.testdirName, 'none') }, { logger: silentLogger }),
    StartupError,
  );
});

t.test('one Authenticator and one Authorizer', async (t) => {
  const module = 'export default () => ({ authenticate() {} });';
  await t.rejects(loadWritten(t, { a: { plugin: authenticator, module }, b: { plugin: authenticator, module } }), {
    message: /'a' and 'b' are both an Authenticator/,
  });
});

t.test('links do not lead out of the directory', async (t) => {
  const written = writePlugins(t, { p: { plugin: handler, module: 'export default () => ({ serve() {} });' } });
  const outside = join(written.directory, '..', 'outside.mjs');
  writeFileSync(outside, 'export default () => ({ serve() {} });');
  symlinkSync(outside, join(written.directory, 'link.mjs'));
  symlinkSync(join(written.directory, 'p.mjs'), join(written.directory, 'inside.mjs'));
  const load = (implementation: string): Promise<unknown> => {
    writeFileSync(written.configuration, JSON.stringify({ plugins: { p: { plugin: handler, implementation } } }));
    return loadPlugins(written, { logger: silentLogger });
  };
  await t.rejects(load('link.mjs'), { message: /'link.mjs' is not within/ });
  await t.rejects(load('../outside.mjs'), { message: /is not within/ });
  await t.resolves(load('inside.mjs'));
});

t.test('a factory that does not come to an end', async (t) => {
  const { deadline, expire, running } = manualDeadline();
  const loading = loadWritten(
    t,
    { p: { plugin: handler, module: 'export default () => new Promise(() => {});' } },
    { deadline },
  );
  loading.catch(() => undefined);
  while (running() === 0) await new Promise((resolve) => setImmediate(resolve));
  expire();
  await t.rejects(loading, { message: "plugin 'p' cannot be loaded: it has not come to an end within 5 s" });
});
