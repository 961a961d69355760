import type { LightMyRequestResponse } from 'fastify';
import t from 'tap';
import type { Logger } from '../../../src/common/logger.js';
import { silentLogger, withLevels } from '../../../src/common/logger.js';
import { openAccess } from '../../../src/scheduler/api/access.js';
import type { AccessAction } from '../../../src/scheduler/api/access.js';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import { createFakeFront } from '../../support/fake-front.js';
import { waitFor } from '../../support/wait.js';

t.test('/ping answers as it is asked', async (t) => {
  const api = createFakeFront(t);
  const cases: [accept: string | undefined, status: number, type: string | undefined, body: string][] = [
    [undefined, 200, 'text/plain', 'pong'],
    ['*/*', 200, 'text/plain', 'pong'],
    ['text/plain', 200, 'text/plain', 'pong'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 200, 'text/html', 'pong'],
    ['application/json', 200, 'application/json', '"pong"'],
    ['application/*', 200, 'application/json', '"pong"'],
    ['application/json, text/plain', 200, 'application/json', '"pong"'],
    ['image/png', 204, undefined, ''],
  ];
  for (const [accept, status, type, body] of cases) {
    const answer = await api.inject({ url: '/ping', headers: accept === undefined ? {} : { accept } });
    t.equal(answer.statusCode, status, String(accept));
    t.equal(answer.headers['content-type']?.toString().split(';')[0], type, String(accept));
    t.equal(answer.body, body, String(accept));
  }
  const head = await api.inject({ method: 'HEAD', url: '/ping' });
  t.equal(head.statusCode, 200);
  t.equal(head.body, '');
  t.equal((await api.inject({ method: 'POST', url: '/ping' })).statusCode, 405);
});

t.test('/config', async (t) => {
  const flags = { zk_max_versions: 50, http_port: 8080, mesos_user: null, features: ['vips'], hostname: 'a b' };
  const asked: AccessAction[] = [];
  const access = { ...openAccess, demand: (_request: unknown, action: AccessAction) => void asked.push(action) };
  const api = createFakeFront(t, { flags }, { access });
  const json = await api.inject('/config');
  t.equal(json.headers['content-type'], 'application/json');
  t.equal(json.body, '{"features":["vips"],"hostname":"a b","http_port":8080,"mesos_user":null,"zk_max_versions":50}');
  const text = await api.inject({ url: '/config', headers: { accept: 'text/plain' } });
  t.match(text.headers['content-type'], /^text\/plain/);
  t.equal(text.body, 'features=["vips"]\nhostname=a b\nhttp_port=8080\nmesos_user=\nzk_max_versions=50\n');
  t.same(asked, ['view', 'view']);
});

/** A logger that keeps what it is told to say, with two components. */
function listeningLogger(): { logger: Logger; mesos: Logger; said: string[] } {
  const said: string[] = [];
  const say = (_fields: object, message: string): void => void said.push(message);
  const sink = { debug: say, info: say, warn: say, error: say, child: () => sink };
  const root = withLevels(sink, 'info');
  return { logger: root.child({ component: 'api' }), mesos: root.child({ component: 'mesos' }), said };
}

t.test('/logging', async (t) => {
  const { logger, mesos, said } = listeningLogger();
  const task = mesos.child({ task: 't1' });
  const api = createFakeFront(t, {}, { logger });
  const levels = async (): Promise<unknown> => (await api.inject('/logging')).json();
  const post = async (payload: unknown): Promise<LightMyRequestResponse> =>
    api.inject({ method: 'POST', url: '/logging', payload: JSON.stringify(payload) });
  t.same(await levels(), { ROOT: 'INFO', api: 'INFO (inherited)', mesos: 'INFO (inherited)' });
  mesos.debug({}, 'unheard');

  const changed = await post({ logger: 'mesos', level: 'Debug' });
  t.equal(changed.statusCode, 200);
  t.same(changed.json(), { logger: 'mesos', level: 'debug' });
  t.same(await levels(), { ROOT: 'INFO', api: 'INFO (inherited)', mesos: 'DEBUG' });
  mesos.debug({}, 'heard');
  task.debug({}, 'heard from the child');
  logger.debug({}, 'unheard');

  await post({ logger: 'ROOT', level: 'off' });
  t.same(await levels(), { ROOT: 'OFF', api: 'OFF (inherited)', mesos: 'DEBUG' });
  logger.error({}, 'unheard');
  await post({ logger: 'ROOT', level: 'ALL' });
  logger.debug({}, 'all of it');
  t.same(
    said.filter((message) => !message.startsWith('A log level')),
    ['heard', 'heard from the child', 'all of it'],
  );
});

t.test('/logging for some time', async (t) => {
  const { logger } = listeningLogger();
  const api = createFakeFront(t, {}, { logger });
  const level = async (): Promise<unknown> => (await api.inject('/logging')).json<Record<string, unknown>>()['mesos'];
  const post = async (payload: object): Promise<LightMyRequestResponse> =>
    api.inject({ method: 'POST', url: '/logging', payload: JSON.stringify({ logger: 'mesos', ...payload }) });
  await post({ level: 'warn' });
  await post({ level: 'debug', durationSeconds: 3600 });
  t.equal(await level(), 'DEBUG');
  const last = await post({ level: 'trace', durationSeconds: 1 });
  t.same(last.json(), { logger: 'mesos', level: 'trace', durationSeconds: 1 });
  t.equal(await level(), 'TRACE');
  await waitFor('the level from before both changes', async () => (await level()) === 'WARN');
  await post({ level: 'debug', durationSeconds: 3600 });
  await post({ level: 'error' });
  t.equal(await level(), 'ERROR', 'a change for good ends one for some time');
});

t.test('/logging: what cannot be', async (t) => {
  const { logger } = listeningLogger();
  const api = createFakeFront(t, {}, { logger });
  const post = async (payload: string): Promise<LightMyRequestResponse> =>
    api.inject({ method: 'POST', url: '/logging', payload });
  t.equal((await post('')).statusCode, 400);
  t.equal((await post('{')).statusCode, 400);
  const cases: [payload: unknown, path: string, error: RegExp | string][] = [
    [[], '/', 'error.expected.jsobject'],
    [{ level: 'info' }, '/logger', 'error.path.missing'],
    [{ logger: 1, level: 'info' }, '/logger', 'error.expected.jsstring'],
    [{ logger: 'ROOT' }, '/level', 'error.path.missing'],
    [{ logger: 'ROOT', level: null }, '/level', 'error.path.missing'],
    [{ logger: 'ROOT', level: 5 }, '/level', 'error.expected.jsstring'],
    [{ logger: 'ROOT', level: 'loud' }, '/level', 'error.unknown.enum.literal'],
    [{ logger: 'ROOT', level: 'info', durationSeconds: '5' }, '/durationSeconds', 'error.expected.jsnumber'],
    [{ logger: 'ROOT', level: 'info', durationSeconds: 1.5 }, '/durationSeconds', 'error.expected.int'],
    [{ logger: 'ROOT', level: 'info', durationSeconds: 0 }, '/durationSeconds', /between 1 and 2147483$/],
    [{ logger: 'ROOT', level: 'info', durationSeconds: 2147484 }, '/durationSeconds', /between 1 and 2147483$/],
    [{ logger: 'mesosphere.marathon', level: 'info' }, '/logger', /there are: ROOT, api, mesos$/],
  ];
  for (const [payload, path, error] of cases) {
    const answer = await post(JSON.stringify(payload));
    t.equal(answer.statusCode, 422, JSON.stringify(payload));
    t.match(answer.json(), { details: [{ path, errors: [error] }] }, JSON.stringify(payload));
  }
  t.same((await api.inject('/logging')).json(), {
    ROOT: 'INFO',
    api: 'INFO (inherited)',
    mesos: 'INFO (inherited)',
  });
  const fixed = createFakeFront(t, {}, { logger: silentLogger });
  t.same((await fixed.inject('/logging')).json(), {});
});

t.test('/config and /logging are for those who may see the configuration', async (t) => {
  const demanded: string[] = [];
  const access = {
    ...openAccess,
    demand: (_request: unknown, action: AccessAction, resource: { kind: string; name?: string }) => {
      demanded.push(`${action} ${resource.kind} ${resource.name}`);
      throw new ApiError(403, 'no');
    },
  };
  const api = createFakeFront(t, {}, { access });
  t.equal((await api.inject('/config')).statusCode, 403);
  t.equal((await api.inject('/logging')).statusCode, 403);
  t.equal((await api.inject({ method: 'POST', url: '/logging', payload: '{' })).statusCode, 403);
  t.same(demanded, ['view system config', 'view system config', 'update system config']);
  t.equal((await api.inject('/ping')).statusCode, 200);
});
