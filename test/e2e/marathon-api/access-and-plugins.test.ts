// Who may do what, by curl -u over an --acl_file that changes while everything runs; and two plugins.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { runCommand } from '../../../src/common/run-command.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import { converged } from '../support/converge.js';
import { echoCommand } from '../support/echo-app.js';
import { ask } from '../support/http.js';
import { sandboxText } from '../support/sandbox.js';
import { curl } from './support/curl.js';
import type { CurlAnswer } from './support/curl.js';

t.setTimeout(300_000);

const passwords = { root: 'r00t', alice: 'in Wonderland', bob: 'the:builder', lb: 'only looks' };
type User = keyof typeof passwords;
const everything = ['view', 'create', 'update', 'delete'];

/** What `ekiden hash-password` makes of a password. */
async function hashed(password: string): Promise<string> {
  // through env(1), as tap adds its loaders to the NODE_OPTIONS of whatever a test starts
  const program = ['-u', 'NODE_OPTIONS', process.execPath, resolve('bin/ekiden'), 'hash-password'];
  const { exitCode, stdout, stderr } = await runCommand('/usr/bin/env', program, {
    input: password,
    timeoutMs: 30_000,
  });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trim();
}

const validator = `export default ({ configuration }) => ({
  validate({ id, labels }) {
    const { label } = configuration;
    return labels?.[label] === undefined ? [{ path: '/labels/' + label, errors: ['everything has a ' + label + ', ' + id + ' too'] }] : [];
  },
});`;

const processor = `export default () => ({
  taskInfo({ id }, { env, labels }) {
    return { env: { ...env, PLUGGED_INTO: id }, labels: { ...labels, plugged: 'in' } };
  },
});`;

const labels = { team: 'blue' };
const sleeper = (id: string) => ({ id, cmd: 'sleep 1000', cpus: 0.01, mem: 8, labels });

t.test('access control and plugins', async (t) => {
  const directory = t.testdir({
    plugins: { 'validator.mjs': validator, 'processor.mjs': processor },
    'plugins.json': JSON.stringify({
      plugins: {
        labelled: { plugin: 'RunSpecValidator', implementation: './validator.mjs', configuration: { label: 'team' } },
        marked: { plugin: 'mesosphere.marathon.plugin.task.RunSpecTaskProcessor', implementation: 'processor.mjs' },
      },
    }),
  });
  const aclFile = join(directory, 'acl.json');
  const users = Object.fromEntries(
    await Promise.all(
      Object.entries(passwords).map(async ([user, p]) => [user, { password: await hashed(p) }] as const),
    ),
  );
  const rules = [
    { user: 'root', actions: everything, paths: ['/'], system: ['config', 'events', 'leader', 'plugins', 'artifacts'] },
    { user: 'alice', actions: everything, paths: ['/dev'] },
    { user: 'bob', actions: ['view'], paths: ['/'] },
    { user: 'lb', actions: ['view'], paths: ['/'], system: ['events'] },
  ];
  writeFileSync(aclFile, JSON.stringify({ users, rules }));

  const as = (user: User): string => `${user}:${passwords[user]}`;
  const bundle = await startBundle(
    t,
    [
      `--acl_file=${aclFile}`,
      `--marathon_credentials=${as('lb')}`,
      `--plugin_dir=${join(directory, 'plugins')}`,
      `--plugin_conf=${join(directory, 'plugins.json')}`,
    ],
    { access: { credentials: as('root') } },
  );
  const url = (path: string): string => `http://127.0.0.1:${bundle.ports.http}${path}`;

  /** A request by curl as one of the users. */
  function by(user: User, method: string, path: string, body?: object): Promise<CurlAnswer> {
    const sent = body === undefined ? [] : ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)];
    return curl('-u', as(user), '-X', method, ...sent, url(path));
  }
  const idsOf = ({ text }: CurlAnswer): string[] =>
    (JSON.parse(text) as { apps: { id: string }[] }).apps.map(({ id }) => id).sort();

  for (const id of ['/dev/a', '/prod/b']) await bundle.postApp(sleeper(id));
  await bundle.waitForDeployments();

  await t.test('lists show what may be viewed, and nothing else', async (t) => {
    t.same(idsOf(await by('root', 'GET', '/v2/apps')), ['/dev/a', '/prod/b']);
    t.same(idsOf(await by('bob', 'GET', '/v2/apps')), ['/dev/a', '/prod/b']);
    t.same(idsOf(await by('alice', 'GET', '/v2/apps')), ['/dev/a']);
    for (const path of ['/v2/groups', '/v2/tasks', '/v2/apps?embed=apps.tasks', '/v2/apps/*', '/v2/queue']) {
      const { status, text } = await by('alice', 'GET', path);
      t.equal(status, 200, path);
      t.notMatch(text, /prod/, `nothing of /prod in ${path}`);
    }
    t.match((await by('bob', 'GET', '/v2/tasks')).text, /"\/prod\/b"/);
  });

  await t.test('alice may change /dev only', async (t) => {
    for (const [method, path, body] of [
      ['GET', '/v2/apps/prod/b', undefined],
      ['GET', '/v2/apps/prod/nowhere', undefined],
      ['GET', '/v2/groups/prod', undefined],
      ['PUT', '/v2/apps/prod/b', { instances: 2 }],
      ['DELETE', '/v2/apps/prod/b', undefined],
      ['POST', '/v2/apps/prod/b/restart', undefined],
      ['DELETE', '/v2/apps/prod/b/tasks', undefined],
      ['POST', '/v2/apps', sleeper('/prod/c')],
      ['POST', '/v2/apps', sleeper('/developers/c')],
      ['PUT', '/v2/apps', [{ id: '/dev/a', instances: 2 }, sleeper('/prod/c')]],
      ['PUT', '/v2/groups', { id: '/', groups: [] }],
      ['DELETE', '/v2/groups/prod', undefined],
      ['GET', '/v2/info', undefined],
      ['GET', '/metrics', undefined],
      ['DELETE', '/v2/leader', undefined],
    ] as const) {
      const { status, text } = await by('alice', method, path, body);
      t.match({ status, text }, { status: 403, text: /alice is not allowed/ }, `${method} ${path}`);
    }
    t.equal((await by('alice', 'PUT', '/v2/apps/dev/a', { instances: 2 })).status, 200);
    t.equal((await by('alice', 'POST', '/v2/apps', sleeper('/dev/new'))).status, 201);
    await bundle.waitForDeployments();
    t.equal((await bundle.tasks('dev/a')).length, 2);
    t.equal((await by('alice', 'DELETE', '/v2/apps/dev/new')).status, 200);
    await bundle.waitForDeployments();
    t.same(idsOf(await by('root', 'GET', '/v2/apps')), ['/dev/a', '/prod/b']);
  });

  await t.test('bob may look; who is not known may not even that', async (t) => {
    t.equal((await by('bob', 'GET', '/v2/apps/dev/a')).status, 200);
    for (const [method, path, body] of [
      ['PUT', '/v2/apps/dev/a', { instances: 3 }],
      ['DELETE', '/v2/apps/dev/a', undefined],
      ['POST', '/v2/apps', sleeper('/dev/bobs')],
    ] as const) {
      const { status, text } = await by('bob', method, path, body);
      t.match({ status, text }, { status: 403, text: /bob is not allowed/ }, `${method} ${path}`);
    }
    for (const credentials of [[], ['-u', 'alice:out of it'], ['-u', 'nobody:r00t']]) {
      const { status, headers } = await curl(...credentials, url('/v2/apps'));
      t.match({ status, headers }, { status: 401, headers: { 'www-authenticate': /^Basic realm=/ } });
    }
    t.equal((await curl(url('/ping'))).status, 200, '/ping is for everybody');
  });

  await t.test('the file changes: the next requests know', async (t) => {
    writeFileSync(
      aclFile,
      JSON.stringify({ users, rules: [...rules, { user: 'bob', actions: ['update'], paths: ['/dev'] }] }),
    );
    await waitFor('bob to be allowed it', async () => {
      const { status, text } = await by('bob', 'PUT', '/v2/apps/dev/a', { instances: 1 });
      if (status !== 200) throw new Error(`${status} ${text}`);
      return true;
    });
    t.equal((await by('bob', 'DELETE', '/v2/apps/dev/a')).status, 403, 'that, and no more');
    await bundle.waitForDeployments();
    writeFileSync(aclFile, `${readFileSync(aclFile, 'utf8')} and a mistake`);
    await waitFor('the log to say so', () => /acl\.json.*cannot be used/.test(bundle.log(1000)));
    t.equal((await by('bob', 'GET', '/v2/apps')).status, 200, 'what was in force stays');
  });

  await t.test('plugins: one refuses what has no team, one marks every task', async (t) => {
    t.same((JSON.parse((await by('root', 'GET', '/v2/plugins')).text) as { plugins: unknown[] }).plugins.length, 2);
    const refused = await by('root', 'POST', '/v2/apps', { id: '/unlabelled', cmd: 'sleep 1000' });
    t.match(
      { status: refused.status, text: refused.text },
      { status: 422, text: /everything has a team, \/unlabelled too/ },
    );
    t.equal((await by('root', 'GET', '/v2/apps/unlabelled')).status, 404);

    const cmd = 'echo "plugged into $PLUGGED_INTO."; exec sleep 1000';
    await bundle.postApp({ ...sleeper('/marked'), cmd });
    await bundle.waitForDeployments();
    const [task] = await bundle.tasks('marked');
    const id = task?.id ?? '';
    await waitFor('its output', async () =>
      (await sandboxText(bundle, id, 'stdout')).includes('plugged into /marked.'),
    );
    const mesos = JSON.parse((await ask(bundle.ports.cluster, '/tasks?limit=1000')).text) as {
      tasks: { id: string; labels: { key: string; value: string }[] }[];
    };
    const found = mesos.tasks.find((known) => known.id === id)?.labels ?? [];
    t.same(
      found.map(({ key, value }) => `${key}=${value}`).sort(),
      ['plugged=in', 'team=blue'],
      'labels in the state of Mesos',
    );
  });

  await t.test('the load balancer, which may only look, routes', async (t) => {
    await bundle.postApp({ ...sleeper('/relay'), cmd: echoCommand, mem: 32, instances: 2 });
    const { app } = (await bundle.api('GET', '/v2/apps/relay')).body as {
      app: { portDefinitions: { port: number }[] };
    };
    const servicePort = app.portDefinitions[0]?.port ?? 0;
    t.equal((await converged(bundle, { id: 'relay', instances: 2, servicePort })).length, 2);
  });

  t.notOk(
    Object.values(passwords).some((password) => bundle.log(10_000).includes(password)),
    'no password in the log',
  );
  t.equal(await bundle.stop(), 0);
  t.same(bundle.leftovers(), []);
});
