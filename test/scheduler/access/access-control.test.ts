import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { StartupError } from '../../../src/common/errors.js';
import { silentLogger } from '../../../src/common/logger.js';
import type { Logger } from '../../../src/common/logger.js';
import { createAccessControl } from '../../../src/scheduler/api/access/create-access-control.js';
import type { OwnedAccessControl } from '../../../src/scheduler/api/access/create-access-control.js';
import { noPlugins } from '../../../src/scheduler/plugins/load-plugins.js';
import type { SchedulerOptions } from '../../../src/scheduler/options.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { Answer, FakeScheduler } from '../../support/fake-service.js';
import { waitFor } from '../../support/wait.js';

/** Everybody's password is his name; sha256 because nobody needs to wait here. */
function user(name: string, ...groups: string[]): object {
  return { password: `sha256:${createHash('sha256').update(name).digest('hex')}`, groups };
}

const acl = {
  users: { alice: user('alice'), bob: user('bob', 'readers'), carol: user('carol'), dave: user('dave') },
  rules: [
    { user: 'alice', actions: ['view', 'create', 'update', 'delete'], paths: ['/prod'] },
    { group: 'readers', actions: ['view'], paths: ['/'], system: ['config', 'events', 'leader', 'plugins'] },
    { user: 'carol', actions: ['view', 'update'], paths: ['/prod/web', '/production'] },
    { user: 'dave', actions: ['create'], paths: ['/new'] },
  ],
};

type Method = Parameters<typeof ask>[1];
type As = (who: string, method: Method, url: string, body?: unknown) => Promise<Answer>;

function basic(name: string, password = name): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` };
}

interface Guarded extends FakeScheduler {
  readonly access: OwnedAccessControl;
  readonly path: string;
  /** Asks with that name as user and password; `''` = without. */
  readonly as: As;
}

async function startGuarded(
  t: Test,
  file: unknown = acl,
  { options = {}, logger = silentLogger }: { options?: Partial<SchedulerOptions>; logger?: Logger } = {},
): Promise<Guarded> {
  const path = join(t.testdir(), 'acl.json');
  writeFileSync(path, JSON.stringify(file));
  const access = await createAccessControl({
    options: { aclFile: path, credentials: undefined, realm: 'Mesosphere', ...options },
    plugins: noPlugins,
    logger,
  });
  t.teardown(() => access.close());
  const fake = await startFakeScheduler(t, options, { access });
  return {
    ...fake,
    access,
    path,
    as: (who, method, url, body) => ask(fake.api, method, url, body, who === '' ? {} : basic(who)),
  };
}

/** Makes apps, which nobody but the administrator may do everywhere. */
async function withApps(guarded: Guarded): Promise<Guarded> {
  for (const id of ['/prod/web', '/prod/db', '/production/web', '/other']) {
    const outcome = await guarded.service.execute({
      type: 'createApp',
      update: { id, cmd: 'sleep 100', cpus: 0.1, mem: 16 },
      force: false,
      origin: { clientIp: '', uri: '' },
    });
    if (outcome.type !== 'deployed') throw new Error(JSON.stringify(outcome));
  }
  return guarded;
}

t.test('who is nobody gets 401', async (t) => {
  const { api, as } = await startGuarded(t);
  for (const [url, headers] of [
    ['/v2/apps', {}],
    ['/v2/nope', {}],
    ['/', {}],
    ['/v2/apps', basic('alice', 'bob')],
    ['/v2/apps', basic('nobody')],
    ['/v2/apps', { authorization: 'Bearer alice' }],
  ] as const) {
    const answer = await ask(api, 'GET', url, undefined, headers);
    t.equal(answer.status, 401, `${url} ${JSON.stringify(headers)}`);
    t.equal(answer.headers['www-authenticate'], 'Basic realm="Mesosphere"');
    t.equal(answer.headers['content-type'], 'application/json');
    t.type(answer.json.message, 'string');
  }
  t.equal((await as('', 'GET', '/ping')).status, 200, 'whoever asks whether we live');
  t.equal((await as('alice', 'GET', '/v2/nope')).status, 404);
});

t.test('a plan needs the rights of what it plans, and shows nobody what he may not view', async (t) => {
  const { as } = await withApps(await startGuarded(t));
  const plan = async (who: string, body: object): Promise<number> =>
    (await as(who, 'POST', '/ekiden/v1/plan', body)).status;
  const scaled = (id: string): object => ({ app: { id, instances: 7 } });
  t.same(
    await Promise.all(['alice', 'bob', 'carol', 'dave'].map((who) => plan(who, scaled('/prod/web')))),
    [200, 403, 200, 403],
  );
  t.equal(await plan('carol', scaled('/prod/db')), 403);
  t.equal(
    await plan('carol', {
      apps: [
        { id: '/prod/web', instances: 7 },
        { id: '/prod/db', instances: 7 },
      ],
    }),
    403,
  );
  t.equal(await plan('carol', { group: { id: '/prod', scaleBy: 2 } }), 403);
});

t.test('user by action by path', async (t) => {
  const guarded = await withApps(await startGuarded(t));
  const { as } = guarded;
  const seen = async (who: string): Promise<readonly string[]> => {
    const { json } = await as(who, 'GET', '/v2/apps');
    return json.apps.map(({ id }) => id).sort();
  };
  t.same(await seen('alice'), ['/prod/db', '/prod/web']);
  t.same(await seen('bob'), ['/other', '/prod/db', '/prod/web', '/production/web']);
  t.same(await seen('carol'), ['/prod/web', '/production/web']);
  t.same(await seen('dave'), []);

  /** Requests that only ask for a right: those that are let through end in 2xx, 404 or 409. */
  const requests: readonly (readonly [Method, (id: string) => string, unknown?])[] = [
    ['GET', (id) => `/v2/apps/${id}`],
    ['GET', (id) => `/v2/apps/${id}/tasks`],
    ['GET', (id) => `/v2/apps/${id}/versions`],
    ['GET', (id) => `/v2/apps/${id}/versions/2020-01-01T00:00:00.000Z`],
    ['GET', (id) => `/ekiden/v1/explain/${id}`],
    ['PUT', (id) => `/v2/apps/${id}?force=true`, { instances: 2 }],
    ['PATCH', (id) => `/v2/apps/${id}?force=true`, { instances: 1 }],
    ['POST', (id) => `/v2/apps/${id}/restart?force=true`],
    ['DELETE', (id) => `/v2/apps/${id}/tasks`],
    ['DELETE', (id) => `/v2/apps/${id}/tasks/x.y`],
    ['DELETE', (id) => `/v2/apps/${id}`],
  ];
  const rights: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    alice: { '/prod/web': 'vud', '/prod/db': 'vud', '/production/web': '', '/other': '' },
    bob: { '/prod/web': 'v', '/prod/db': 'v', '/production/web': 'v', '/other': 'v' },
    carol: { '/prod/web': 'vu', '/prod/db': '', '/production/web': 'vu', '/other': '' },
    dave: { '/prod/web': '', '/prod/db': '', '/production/web': '', '/other': '' },
  };
  for (const [who, byId] of Object.entries(rights)) {
    for (const [id, letters] of Object.entries(byId)) {
      for (const [method, urlOf, body] of requests) {
        const isDelete = method === 'DELETE' && !urlOf(id).includes('/tasks');
        const [action, letter] = method === 'GET' ? ['view', 'v'] : isDelete ? ['delete', 'd'] : ['update', 'u'];
        const url = urlOf(id);
        // Who may delete it shows that elsewhere: the others need it still
        if (isDelete && letters.includes('d')) continue;
        const { status, json } = await as(who, method, url, body);
        const what = `${who} ${method} ${url}: ${status}`;
        if (letters.includes(letter)) t.ok([200, 404].includes(status), what);
        else {
          t.equal(status, 403, what);
          t.equal(json.message, `${who} is not allowed to ${action} the app ${id}`);
        }
      }
    }
  }
  t.equal((await as('alice', 'DELETE', '/v2/apps/prod/db?force=true')).status, 200);
  t.equal((await as('carol', 'GET', '/v2/apps/prod/nothing')).status, 403, 'what is not there is not told apart');
  t.equal((await as('carol', 'GET', '/v2/apps/prod/web/../../other')).status, 403, 'paths are resolved first');
});

t.test('creating, and several at once: all or nothing', async (t) => {
  const guarded = await withApps(await startGuarded(t));
  const { as, service } = guarded;
  const app = (id: string): object => ({ id, cmd: 'sleep 1', cpus: 0.1, mem: 16 });
  t.equal((await as('alice', 'POST', '/v2/apps', app('/prod/new'))).status, 201);
  t.equal((await as('alice', 'POST', '/v2/apps', app('prod/../other2'))).status, 403);
  const denied = await as('alice', 'POST', '/v2/apps', app('/production/new'));
  t.equal(denied.status, 403);
  t.same(denied.json, { message: 'alice is not allowed to create the app /production/new' });
  t.equal((await as('dave', 'PUT', '/v2/apps/new/a', app('/new/a'))).status, 201);
  t.equal((await as('dave', 'PUT', '/v2/apps/new/a', app('/new/a'))).status, 403, 'once it is there');
  t.equal((await as('carol', 'PUT', '/v2/apps/prod/web/x', app('/prod/web/x'))).status, 403);

  const before = service.state.apps.get('/prod/web');
  const bulk = [
    { id: '/prod/web', instances: 7 },
    { id: '/other', instances: 7 },
  ];
  for (const method of ['PUT', 'PATCH'] as const) {
    t.equal((await as('carol', method, '/v2/apps?force=true', bulk)).status, 403, method);
  }
  t.equal(service.state.apps.get('/prod/web'), before);
  t.equal((await as('carol', 'PATCH', '/v2/apps?force=true', bulk.slice(0, 1))).status, 200);
  t.equal(service.state.apps.get('/prod/web')?.instances, 7);
});

t.test('groups of apps', async (t) => {
  const { as } = await withApps(await startGuarded(t));
  const below = async (who: string, url: string): Promise<unknown> => {
    const { status, json } = await as(who, 'GET', url);
    return status === 200 ? json['*'].map(({ id }) => id).sort() : status;
  };
  t.same(await below('alice', '/v2/apps/*'), ['/prod/db', '/prod/web']);
  t.same(await below('carol', '/v2/apps/prod/*'), ['/prod/web']);
  t.same(await below('alice', '/v2/apps/production/*'), 403);
  t.same(await below('alice', '/v2/apps/nothing/*'), 403);
  t.same(await below('bob', '/v2/apps/nothing/*'), 404);
  t.same((await as('carol', 'GET', '/v2/apps/prod/*/tasks')).status, 200);
});

t.test('the body of a group needs the right to each thing that it does', async (t) => {
  const guarded = await startGuarded(t, {
    users: { erin: user('erin'), frank: user('frank') },
    rules: [
      { user: 'erin', actions: ['view', 'update'], paths: ['/g'] },
      { user: 'frank', actions: ['view', 'create', 'update', 'delete'], paths: ['/g'] },
    ],
  });
  const app = (id: string, instances = 0): object => ({ id, cmd: 'sleep 1', instances });
  t.equal((await guarded.as('erin', 'PUT', '/v2/groups/g', { apps: [] })).status, 403, 'the group is not there yet');
  t.equal((await guarded.as('frank', 'PUT', '/v2/groups/g', { apps: [app('a'), app('b')] })).status, 200);
  t.equal((await guarded.as('erin', 'PUT', '/v2/groups/g', { apps: [app('a', 1), app('b')] })).status, 200, 'changes');
  t.equal(
    (await guarded.as('erin', 'PUT', '/v2/groups/g?force=true', { apps: [app('a', 1)] })).status,
    403,
    'deletes b',
  );
  t.equal(
    (await guarded.as('erin', 'PUT', '/v2/groups/g?force=true', { apps: [app('a', 1), app('b'), app('c')] })).status,
    403,
  );
  t.equal((await guarded.as('erin', 'DELETE', '/v2/groups/g?force=true')).status, 403);
  t.ok(guarded.service.state.apps.has('/g/b'));
  t.equal((await guarded.as('frank', 'DELETE', '/v2/groups/g?force=true')).status, 200);
});

t.test('tasks', async (t) => {
  const guarded = await withApps(await startGuarded(t));
  const { as } = guarded;
  const [web] = await guarded.run('/prod/web');
  const [other] = await guarded.run('/other');
  if (web === undefined || other === undefined) throw new Error('no instances');
  const ids = async (who: string): Promise<readonly string[]> => {
    const { json } = await as(who, 'GET', '/v2/tasks');
    return (json as unknown as { tasks: readonly { appId: string }[] }).tasks.map(({ appId }) => appId).sort();
  };
  t.notOk((await ids('alice')).includes('/other'));
  t.ok((await ids('bob')).includes('/other'));
  const text = await ask(guarded.api, 'GET', '/v2/tasks', undefined, { accept: 'text/plain', ...basic('alice') });
  t.match(text.text, /^prod_web\t/m);
  t.notMatch(text.text, /other/);

  const both = { ids: [web.taskId, other.taskId] };
  const denied = await as('carol', 'POST', '/v2/tasks/delete', both);
  t.equal(denied.status, 403);
  t.equal(denied.json.message, 'carol is not allowed to update the app /other');
  t.notOk(
    guarded.calls.some(({ type }) => type === 'kill'),
    'none was killed',
  );
  t.equal((await as('carol', 'POST', '/v2/tasks/delete', { ids: [web.taskId, 'no_such.task'] })).status, 200);
});

t.test('deployments', async (t) => {
  const guarded = await startGuarded(t);
  const { as, service } = guarded;
  const origin = { clientIp: '', uri: '' };
  const start = async (...apps: string[]): Promise<string> => {
    const outcome = await service.execute({
      type: 'updateApps',
      updates: apps.map((id) => ({ id, update: { id, cmd: 'sleep 100', cpus: 0.1, mem: 16 } })),
      partial: false,
      mayCreate: true,
      force: true,
      origin,
    });
    if (outcome.type !== 'deployed') throw new Error(JSON.stringify(outcome));
    return outcome.deploymentId;
  };
  const mixed = await start('/prod/web', '/other');
  const hidden = await start('/hidden');
  type Shown = {
    readonly id: string;
    readonly affectedApps: readonly string[];
    readonly steps: readonly { actions: readonly { app: string }[] }[];
  };
  const shown = async (who: string): Promise<readonly Shown[]> =>
    (await as(who, 'GET', '/v2/deployments')).json as unknown as readonly Shown[];

  t.same((await shown('bob')).map(({ id }) => id).sort(), [mixed, hidden].sort());
  const [seen, ...rest] = await shown('carol');
  t.same(rest, []);
  t.equal(seen?.id, mixed);
  t.same(seen?.affectedApps, ['/prod/web']);
  t.same([...new Set(seen?.steps.flatMap(({ actions }) => actions.map(({ app }) => app)))], ['/prod/web']);
  t.same(await shown('dave'), []);

  const denied = await as('alice', 'DELETE', `/v2/deployments/${mixed}?force=true`);
  t.equal(denied.status, 403);
  t.equal(denied.json.message, 'alice is not allowed to update the app /other');
  t.equal((await as('alice', 'DELETE', '/v2/deployments/nothing')).status, 404);
  const own = await start('/prod/db', '/prod/web');
  const undo = await as('carol', 'DELETE', `/v2/deployments/${own}`);
  t.equal(undo.status, 403, 'to undo it deletes an app');
  t.equal((await as('alice', 'DELETE', `/v2/deployments/${own}`)).status, 200);
});

t.test('resources of the system', async (t) => {
  const { api, as } = await startGuarded(t);
  t.equal((await as('bob', 'GET', '/config')).status, 200);
  t.same((await as('alice', 'GET', '/config')).json, { message: "alice is not allowed to view the system's config" });
  t.equal((await as('bob', 'GET', '/v2/plugins')).status, 200);
  t.equal((await as('alice', 'GET', '/v2/plugins')).status, 403);
  const stream = (who: string): Promise<Answer> =>
    ask(api, 'HEAD', '/ekiden/v1/catalog/stream', undefined, { accept: 'text/event-stream', ...basic(who) });
  t.equal((await stream('alice')).status, 403);
  t.equal((await stream('bob')).status, 200);
});

t.test('anonymous requests, if a rule is for them', async (t) => {
  const rules = [...acl.rules, { user: 'anonymous', actions: ['view'], paths: ['/other'] }];
  const { as } = await withApps(await startGuarded(t, { ...acl, rules }));
  const seen = async (who: string): Promise<readonly string[]> =>
    (await as(who, 'GET', '/v2/apps')).json.apps.map(({ id }) => id).sort();
  t.same(await seen(''), ['/other']);
  t.same(await seen('alice'), ['/other', '/prod/db', '/prod/web'], 'who says who he is loses nothing');
  const answer = await as('', 'GET', '/v2/apps/prod/web');
  t.equal(answer.status, 401, 'he may be somebody who may');
  t.equal(answer.headers['www-authenticate'], 'Basic realm="Mesosphere"');
  t.match(answer.json.message, /To view the app \/prod\/web, a user and a password are needed/);
});

t.test('the user of --http_credentials is an administrator', async (t) => {
  const credentials = { user: 'root', password: 'root' };
  const { as, api } = await withApps(await startGuarded(t, acl, { options: { credentials, realm: 'My "realm"' } }));
  t.equal((await as('root', 'GET', '/v2/apps')).json.apps.length, 4);
  t.equal((await as('root', 'DELETE', '/v2/apps/other?force=true')).status, 200);
  t.equal((await as('alice', 'GET', '/v2/apps')).json.apps.length, 2);
  const unknown = await ask(api, 'GET', '/v2/apps', undefined, basic('root', 'wrong'));
  t.equal(unknown.status, 401);
  t.equal(unknown.headers['www-authenticate'], 'Basic realm="My \\"realm\\""');
});

t.test('the file is followed; a bad one changes nothing; no password gets into the log', async (t) => {
  const lines: string[] = [];
  const note = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger };
  const guarded = await startGuarded(t, acl, { logger });
  const { as, path } = guarded;
  const status = async (who: string, url: string): Promise<number> => (await as(who, 'GET', url)).status;
  t.equal(await status('erin', '/v2/apps'), 401);
  t.equal(await status('alice', '/v2/apps/prod/x'), 404);

  const users = { ...acl.users, erin: user('erin') };
  writeFileSync(path, JSON.stringify({ users, rules: [{ user: 'erin', actions: ['view'], paths: ['/'] }] }));
  await waitFor('the new user', async () => (await status('erin', '/v2/apps')) === 200);
  t.equal(await status('alice', '/v2/apps/prod/x'), 403, 'her rule has gone');

  const broken = '{"users": {"erin": {"password": "hunter2"}}}';
  writeFileSync(path, broken);
  await waitFor('a log line', () => lines.some((line) => line.includes('cannot be used')));
  t.match(
    lines.find((line) => line.includes('cannot be used')),
    /\/users\/\\"erin\\"\/password/,
  );
  t.equal(await status('erin', '/v2/apps'), 200);

  writeFileSync(path, JSON.stringify({ users: acl.users, rules: [{ user: 'erin', actions: ['view'], paths: ['/'] }] }));
  await waitFor('the user to be gone', async () => (await status('erin', '/v2/apps')) === 401);
  t.ok(lines.some((line) => line.includes("there is no user 'erin'")));
  for (const secret of [
    'hunter2',
    createHash('sha256').update('erin').digest('hex'),
    Buffer.from('erin:erin').toString('base64'),
  ]) {
    t.notOk(
      lines.some((line) => line.includes(secret)),
      `${secret} is not logged`,
    );
  }
});

t.test('a file that cannot be used ends the start', async (t) => {
  const directory = t.testdir({ 'broken.json': '{', 'large.json': ' '.repeat((4 << 20) + 1) });
  const open = (aclFile: string): Promise<unknown> =>
    createAccessControl({
      options: { aclFile, credentials: undefined, realm: 'r' },
      plugins: noPlugins,
      logger: silentLogger,
    });
  for (const [name, reason] of [
    ['missing.json', /there is no such file/],
    ['broken.json', /not JSON/],
    ['large.json', /at most 4194304/],
  ] as const) {
    const path = join(directory, name);
    await t.rejects(open(path), { name: 'StartupError', message: reason }, name);
    await t.rejects(open(path), { message: new RegExp(`^--acl_file ${path} cannot be used: `) });
  }
  await t.rejects(open(directory), StartupError);
});

t.test('without any of it everything is open', async (t) => {
  const access = await createAccessControl({
    options: { aclFile: undefined, credentials: { user: 'u', password: 'p' }, realm: 'r' },
    plugins: noPlugins,
    logger: silentLogger,
  });
  t.equal(access.isOpen, true);
  t.notOk(access.authenticates, 'http_credentials are checked elsewhere');
  await access.close();
});
