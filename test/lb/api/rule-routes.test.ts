import t from 'tap';
import type { Routing } from '../../../src/lb/compile/routing-model.js';
import { startLbApi } from '../../support/lb-api.js';
import type { LbApi } from '../../support/lb-api.js';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

function caller({ server }: LbApi) {
  return async (method: Method, url: string, payload?: object): Promise<{ status: number; body: unknown }> => {
    const answer = await server.inject({
      method,
      url,
      ...(payload === undefined ? {} : { payload: JSON.stringify(payload) }),
    });
    const isJson = String(answer.headers['content-type']).startsWith('application/json');
    return { status: answer.statusCode, body: isJson ? answer.json<unknown>() : answer.body };
  };
}

const route = (id: string, path: string | null): Routing['routes'][number] => ({
  name: `rule ${id}`,
  source: { kind: 'rule', id },
  backend: 'be',
  app: id,
  priority: 0,
  host: null,
  path,
  ignoreCase: false,
  acl: null,
});

t.test('the rules, and what has become of them', async (t) => {
  const routes = [route('/wide', '/a'), route('/narrow', '/a/b')];
  const api = await startLbApi(t, {
    routing: () => ({ routes }) as unknown as Routing,
    status: { reports: [{ kind: 'rule', id: '/gone', reason: 'there is no such app' }] },
  });
  const call = caller(api);
  for (const [id, config] of [
    ['/wide', { Acl: 'path_beg /a', Priority: '3' }],
    ['/narrow', { Acl: 'path_beg /a/b' }],
    ['/gone', { Acl: 'path_beg /c' }],
    ['/new', { Acl: 'path_beg /d' }],
  ] as const) {
    t.match(await call('POST', '/api/services', { id, config }), { status: 200 });
  }
  const { body } = await call('GET', '/ekiden/v1/rules');
  t.match(body, {
    store: { kind: 'file', where: /rules\.json$/, shared: false, problem: null },
    rules: [
      {
        id: '/wide',
        acl: 'path_beg /a',
        config: { Acl: 'path_beg /a', Priority: '3' },
        settings: { priority: 3, servers: [], portIndex: null },
        state: 'inForce',
        reason: null,
      },
      { id: '/narrow', state: 'shadowed', reason: 'its requests are taken by rule /wide' },
      { id: '/gone', state: 'rejected', reason: 'there is no such app' },
      { id: '/new', state: 'waiting', reason: null },
    ],
    leftOut: [],
  });
  t.match(await call('GET', '/ekiden/v1/rejected'), { body: { rejected: [{ kind: 'rule', id: '/gone' }] } });
});

t.test('settings that cannot be used are not stored', async (t) => {
  const api = await startLbApi(t);
  const call = caller(api);
  t.same(await call('POST', '/api/services', { id: '/a', config: { Acl: 'path /', Priority: 'high' } }), {
    status: 422,
    body: 'Priority "high": not a whole number from -1000000 to 1000000\n',
  });
  t.equal(api.store.rules.size, 0);
});

t.test('changes are taken back', async (t) => {
  const api = await startLbApi(t);
  const call = caller(api);
  await call('POST', '/api/services', { id: '/a', acl: 'path_beg /1' });
  await call('POST', '/api/services', { id: '/a', config: { Acl: 'path_beg /2', Priority: '1' } });
  await call('DELETE', '/api/services/%2Fa');
  t.match(await call('GET', '/ekiden/v1/rules/history'), {
    body: { changes: [{ n: 3, after: null, by: '127.0.0.1' }, { n: 2 }, { n: 1, before: null }] },
  });

  const reverted = await call('POST', '/ekiden/v1/rules/history/3/revert');
  t.match(reverted, {
    status: 200,
    body: { n: 4, id: '/a', before: null, after: { Acl: 'path_beg /2', Priority: '1' }, by: '127.0.0.1', reverts: 3 },
  });
  t.same(api.store.rules.get('/a'), { id: '/a', acl: 'path_beg /2', config: { Acl: 'path_beg /2', Priority: '1' } });

  t.match(await call('POST', '/ekiden/v1/rules/history/1/revert'), {
    status: 409,
    body: /was changed meanwhile.*force=true/,
  });
  t.ok(api.store.rules.has('/a'));
  t.match(await call('POST', '/ekiden/v1/rules/history/1/revert?force=true'), {
    status: 200,
    body: { n: 5, after: null, reverts: 1 },
  });
  t.notOk(api.store.rules.has('/a'));

  for (const n of ['0', '99', 'x', '-1'])
    t.match(await call('POST', `/ekiden/v1/rules/history/${n}/revert`), { status: 404 });
  t.match(await call('POST', '/ekiden/v1/rules/history/1/revert?force=1'), { status: 400 });
});

t.test('what was there before must still be usable', async (t) => {
  const api = await startLbApi(t);
  const call = caller(api);
  await api.store.put({ id: '/a', acl: 'path -f /etc/hostname' });
  t.match(await call('DELETE', '/api/services/a'), { status: 200 });
  t.match(await call('POST', '/ekiden/v1/rules/history/2/revert'), { status: 422, body: /the flag "-f"/ });
  t.equal(api.store.rules.size, 0);
});
