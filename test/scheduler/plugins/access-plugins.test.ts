import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import type { Logger } from '../../../src/common/logger.js';
import { createAccessControl } from '../../../src/scheduler/api/access/create-access-control.js';
import type { SchedulerOptions } from '../../../src/scheduler/options.js';
import type { Deadline } from '../../../src/scheduler/plugins/deadline.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';
import { loadWritten, manualDeadline, noteLogger } from './write-plugins.js';

const authenticator = 'mesosphere.marathon.plugin.auth.Authenticator';
const authorizer = 'mesosphere.marathon.plugin.auth.Authorizer';

/** Knows whoever sends a name, and misbehaves for some. */
const byName = `export default () => ({
  authenticate({ headers, method, path }) {
    const name = headers['x-name'];
    if (name === 'throw') throw new Error('the directory is down');
    if (name === 'hang') return new Promise(() => {});
    if (name === 'odd') return { groups: ['x'] };
    if (name === 'teams') return Promise.resolve({ name, groups: ['team'], seen: method + ' ' + path });
    return name === undefined ? undefined : { name };
  },
});`;

async function start(
  t: Test,
  modules: Readonly<Record<string, { readonly plugin: string; readonly module: string }>>,
  {
    options = {},
    logger = silentLogger,
    deadline,
    acl,
  }: { options?: Partial<SchedulerOptions>; logger?: Logger; deadline?: Deadline; acl?: object } = {},
): Promise<FakeScheduler> {
  const plugins = await loadWritten(t, modules, { logger, ...(deadline === undefined ? {} : { deadline }) });
  const aclFile = acl === undefined ? undefined : join(t.testdirName, 'acl.json');
  if (aclFile !== undefined) writeFileSync(aclFile, JSON.stringify(acl));
  const access = await createAccessControl({
    options: { aclFile, credentials: undefined, realm: 'Mesosphere', ...options },
    plugins,
    logger,
  });
  t.teardown(() => access.close());
  const fake = await startFakeScheduler(t, options, { access, plugins });
  for (const id of ['/prod/web', '/other']) {
    await fake.service.execute({
      type: 'createApp',
      update: { id, cmd: 'sleep 100', cpus: 0.1, mem: 16 },
      force: false,
      origin: { clientIp: '', uri: '' },
    });
  }
  return fake;
}

t.test('an Authenticator says who asks', async (t) => {
  const { logger, lines } = noteLogger();
  const { api } = await start(t, { who: { plugin: authenticator, module: byName } }, { logger });
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await ask(api, 'GET', '/v2/apps', undefined, headers)).status;
  t.equal(await status({}), 401);
  t.equal(await status({ 'x-name': 'alice' }), 200);
  t.equal((await ask(api, 'GET', '/ping')).status, 200);
  for (const name of ['throw', 'odd']) {
    const answer = await ask(api, 'GET', '/v2/apps', undefined, { 'x-name': name });
    t.equal(answer.status, 503);
    t.equal(answer.text, '');
    t.equal(answer.headers['content-type'], undefined);
  }
  t.ok(lines.some((line) => line.includes('the directory is down')));
  const json = (await ask(api, 'GET', '/v2/apps')).json;
  t.same(json, { message: 'This request is of nobody that is known here' });
});

t.test('an Authenticator that does not come to an end', async (t) => {
  const { deadline, expire, running } = manualDeadline();
  const { api } = await start(t, { who: { plugin: authenticator, module: byName } }, { deadline });
  const answer = ask(api, 'GET', '/v2/apps', undefined, { 'x-name': 'hang' });
  while (running() === 0) await new Promise((resolve) => setImmediate(resolve));
  t.equal((await ask(api, 'GET', '/v2/apps', undefined, { 'x-name': 'alice' })).status, 200, 'others are let in');
  expire();
  t.equal((await answer).status, 503);
});

t.test('an Authenticator writes its own refusal', async (t) => {
  const module = `export default () => ({
    authenticate: () => undefined,
    handleNotAuthenticated({ path }, response) {
      if (path === '/v2/tasks') throw new Error('nothing to say');
      response.sendRedirect('https://login.example' + path);
      response.body('text/html', '<p>ü</p>');
    },
  });`;
  const { api } = await start(t, { who: { plugin: authenticator, module } });
  const answer = await ask(api, 'GET', '/v2/apps?x=1');
  t.equal(answer.status, 302);
  t.equal(answer.headers['location'], 'https://login.example/v2/apps');
  t.equal(answer.headers['content-type'], 'text/html');
  t.equal(answer.text, '<p>ü</p>');
  t.equal((await ask(api, 'GET', '/v2/tasks')).status, 401);
});

t.test('an Authorizer says who may do what', async (t) => {
  const { logger, lines } = noteLogger();
  const module = `export default () => ({
    isAuthorized({ name }, action, resource) {
      if (name === 'throw2') throw new Error('no idea');
      if (name === 'promise') return Promise.resolve(true);
      if (name === 'alice') return resource.kind !== 'system' && resource.id.startsWith('/prod/');
      return action === 'view';
    },
    handleNotAuthorized({ name }, response) {
      if (name === 'alice') return;
      response.header('X-Reason', 'because');
      response.body('text/plain', name + ' may not');
    },
  });`;
  const modules = {
    who: { plugin: authenticator, module: byName },
    may: { plugin: authorizer, module },
  };
  const { api } = await start(t, modules, { logger });
  const as = (name: string, method: 'GET' | 'DELETE', url: string): ReturnType<typeof ask> =>
    ask(api, method, url, undefined, { 'x-name': name });
  t.same(
    (await as('alice', 'GET', '/v2/apps')).json.apps.map(({ id }) => id),
    ['/prod/web'],
  );
  t.equal((await as('bob', 'GET', '/v2/apps')).json.apps.length, 2);
  t.equal((await as('alice', 'GET', '/v2/apps/other')).status, 403);
  const denied = await as('bob', 'DELETE', '/v2/apps/other');
  t.equal(denied.status, 403);
  t.equal(denied.headers['x-reason'], 'because');
  t.equal(denied.text, 'bob may not');
  for (const name of ['throw2', 'promise']) {
    t.same((await as(name, 'GET', '/v2/apps')).json.apps, [], name);
    t.equal((await as(name, 'GET', '/v2/apps/other')).status, 403);
  }
  const told = lines.filter((line) => line.includes('no idea'));
  t.equal(told.length, 2, 'once for each request');
});

t.test('an Authorizer alone: all requests are of nobody in particular', async (t) => {
  const module = `export default () => ({ isAuthorized: ({ name }, action) => name === 'anonymous' && action === 'view' });`;
  const { api } = await start(t, { may: { plugin: authorizer, module } });
  t.equal((await ask(api, 'GET', '/v2/apps')).json.apps.length, 2);
  const denied = await ask(api, 'DELETE', '/v2/apps/other');
  t.same([denied.status, denied.json], [403, { message: 'anonymous is not allowed to delete the app /other' }]);
});

t.test('with --http_credentials, whoever knows them is an administrator and the others are asked', async (t) => {
  const never = `export default () => ({ isAuthorized: () => false });`;
  const credentials = { user: 'root', password: 'pw' };
  const { api } = await start(t, { may: { plugin: authorizer, module: never } }, { options: { credentials } });
  const authorization = `Basic ${Buffer.from('root:pw').toString('base64')}`;
  t.equal((await ask(api, 'GET', '/v2/apps', undefined, { authorization })).json.apps.length, 2);
  t.equal((await ask(api, 'GET', '/v2/apps')).status, 401);
  t.equal((await ask(api, 'GET', '/v2/apps', undefined, { authorization: 'Basic eDp5' })).status, 401);
});

t.test('an Authenticator with the rules of an ACL file', async (t) => {
  const acl = {
    users: { alice: { groups: ['team'] } },
    rules: [
      { group: 'team', actions: ['view'], paths: ['/prod'] },
      { user: 'bob', actions: ['view'], paths: ['/other'] },
    ],
  };
  const { api } = await start(t, { who: { plugin: authenticator, module: byName } }, { acl });
  const seen = async (name: string): Promise<readonly string[]> =>
    (await ask(api, 'GET', '/v2/apps', undefined, { 'x-name': name })).json.apps.map(({ id }) => id);
  t.same(await seen('alice'), ['/prod/web'], 'a group of the file');
  t.same(await seen('teams'), ['/prod/web'], 'a group of the plugin');
  t.same(await seen('bob'), ['/other']);
  t.same(await seen('carol'), []);
  t.equal((await ask(api, 'GET', '/v2/apps/other', undefined, { 'x-name': 'alice' })).status, 403);
});
