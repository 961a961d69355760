import t from 'tap';
import { errorOf } from '../../../src/scheduler/api/api-error.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';

t.test('bodies that cannot be read', async (t) => {
  const { api } = await startFakeScheduler(t);
  const truncated = await ask(api, 'POST', '/v2/apps', '{"id":"/foo","cmd":"sleep"');
  t.equal(truncated.status, 400);
  t.equal(truncated.json.message, 'Invalid JSON');
  t.type(truncated.json.details, 'string');
  for (const body of [undefined, '', ' ']) {
    const empty = await ask(api, 'POST', '/v2/apps', body);
    t.equal(empty.status, 400);
    t.equal(empty.json.message, 'Please specify data in JSON format');
  }
  const wrong = await ask(api, 'POST', '/v2/apps', { id: 123, instances: 0.5, killSelection: 'NONE', cmd: '' });
  t.equal(wrong.status, 422);
  t.same(wrong.json, {
    message: 'Invalid JSON',
    details: [
      { path: '/id', errors: ['error.expected.jsstring'] },
      { path: '/cmd', errors: ['error.minLength'] },
      { path: '/instances', errors: ['error.expected.int'] },
      { path: '/killSelection', errors: ['error.unknown.enum.literal'] },
    ],
  });
  t.same((await ask(api, 'POST', '/v2/apps', {})).json.details, [{ path: '/id', errors: ['error.path.missing'] }]);
  const proto = await ask(
    api,
    'POST',
    '/v2/apps',
    '{"id":"/p","cmd":"x","env":{"__proto__":"1"},"__proto__":{"cpus":9}}',
  );
  t.equal(proto.status, 422);
  t.equal((await ask(api, 'POST', '/v2/apps', `"${'x'.repeat(5 << 20)}"`)).status, 413);
  // Deeper than any recursion could follow; nothing reads what is not known
  const deep = `{"id":"/deep","cmd":"x","junk":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  t.equal((await ask(api, 'POST', '/v2/apps', deep)).status, 201);
});

t.test('URLs and methods that are not known', async (t) => {
  const { api } = await startFakeScheduler(t);
  t.same((await ask(api, 'GET', '/v2/nope?x=1')).json, { message: 'URI not found: /v2/nope' });
  t.same((await ask(api, 'DELETE', '/v2/queue/a')).json, { message: 'URI not found: /v2/queue/a' });
  const method = await ask(api, 'DELETE', '/v2/apps');
  t.equal(method.status, 405);
  t.equal(method.headers['allow'], 'GET, POST, PUT, PATCH, HEAD, OPTIONS');
  t.equal((await ask(api, 'OPTIONS', '/v2/apps')).status, 200);
  t.equal((await ask(api, 'GET', '/v2/apps/%')).status, 400);
  t.equal((await ask(api, 'GET', '/v2/events', undefined, { accept: 'application/json' })).status, 406);
});

t.test('headers that every answer has', async (t) => {
  const { api } = await startFakeScheduler(t);
  for (const url of ['/v2/apps', '/nope', '/ping']) {
    const { headers } = await ask(api, 'GET', url);
    t.match(headers, {
      'x-marathon-leader': 'http://leader.example:8080',
      'x-frame-options': 'DENY',
      'x-xss-protection': '1; mode=block',
      'cache-control': 'no-cache, no-store, must-revalidate',
      pragma: 'no-cache',
      expires: '0',
    });
  }
  const root = await ask(api, 'GET', '/');
  t.equal(root.status, 302);
  t.equal(root.headers['location'], '/ui/');
  t.match((await ask(api, 'GET', '/ui/')).text, /\/v2\/apps/);
});

t.test('every rejection has its answer', (t) => {
  const { status, body } = errorOf({ kind: 'tooManyDeployments', limit: 100 });
  t.equal(status, 403);
  t.match(body['message'], /^Max number \(100\) of running deployments is achieved\./);
  const ports = errorOf({ kind: 'portsExhausted', min: 10000, max: 20000 });
  t.equal(ports.status, 500);
  t.equal(ports.message, 'All ports in the range [10000-20000) are already in use');
  t.end();
});

t.test('a page of another site cannot change anything through a browser', async (t) => {
  const { api } = await startFakeScheduler(t);
  const post = (origin: string | undefined): Promise<{ statusCode: number; body: string }> =>
    api.inject({
      method: 'POST',
      url: '/v2/apps',
      headers: { host: 'localhost:8080', 'content-type': 'text/plain', ...(origin === undefined ? {} : { origin }) },
      payload: JSON.stringify({ id: `/${origin === undefined ? 'cli' : 'own'}`, cmd: 'x', instances: 0 }),
    });
  for (const origin of ['http://evil.example', 'null', 'http://localhost:1']) {
    const { statusCode, body } = await post(origin);
    t.equal(statusCode, 403, origin);
    t.match(JSON.parse(body), { message: /are not accepted/ });
  }
  t.equal((await post(undefined)).statusCode, 201, 'programs send no Origin');
  t.equal((await post('http://localhost:8080')).statusCode, 201, 'our own pages');
  t.equal((await api.inject({ url: '/v2/apps', headers: { origin: 'http://evil.example' } })).statusCode, 200);
});
