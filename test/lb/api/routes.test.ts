import t from 'tap';
import type { Test } from 'tap';
import { Catalog } from '../../../src/catalog/catalog.js';
import type { HttpServer } from '../../../src/http/server.js';
import { catalogApp, catalogInstance } from '../../support/fake-catalog.js';
import { startLbApi } from '../../support/lb-api.js';

async function api(t: Test): Promise<HttpServer> {
  const catalog = new Catalog();
  catalog.change({
    apps: [
      catalogApp('/api/users', 11_405, { env: { B: '2', A: '1', 10: 'x', 9: 'y' } }),
      catalogApp('/portal', 11_404, {
        healthChecks: [
          {
            protocol: 'HTTP',
            path: '/health',
            portIndex: 0,
            intervalSeconds: 1,
            timeoutSeconds: 1,
            maxConsecutiveFailures: 1,
          },
        ],
      }),
    ],
    removedApps: [],
    instances: [catalogInstance('/portal', 'portal.1', [32_605], { host: '127.10.0.5', healthy: false })],
    removedInstances: [],
  });
  return (await startLbApi(t, { catalog })).server;
}

t.test("Bamboo's answers, byte for byte", async (t) => {
  const server = await api(t);
  const call = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: string): Promise<string> => {
    const answer = await server.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
    return `${answer.statusCode} ${String(answer.headers['content-type'])} ${answer.body}`;
  };
  const json = (body: string): string => `200 application/json ${body}`;
  const text = (status: number, body: string): string => `${status} text/plain; charset=utf-8 ${body}`;

  t.equal(await call('GET', '/status'), text(200, 'OK'));
  t.equal(await call('GET', '/api/services'), json('{}'));
  t.equal(
    await call('POST', '/api/services', '{"id":"/portal","acl":"hdr(host) -i a&b"}'),
    json('{"Id":"/portal","Acl":"hdr(host) -i a\\u0026b","Config":null}'),
  );
  t.equal(
    await call('PUT', '/api/services/%2Fwhatever', '{"ID":"api/users","config":{"Acl":"path_beg /users"}}'),
    json('{"Id":"/api/users","Acl":"","Config":{"Acl":"path_beg /users"}}'),
    'the id of the body counts, keys in any case',
  );
  t.equal(
    await call('GET', '/api/services'),
    json(
      '{"/api/users":{"Id":"/api/users","Acl":"path_beg /users","Config":{"Acl":"path_beg /users"}},' +
        '"/portal":{"Id":"/portal","Acl":"hdr(host) -i a\\u0026b","Config":{"Acl":"hdr(host) -i a\\u0026b"}}}',
    ),
  );
  t.equal(await call('DELETE', '/api/services/%2Fapi%2Fusers'), json('null'));
  t.equal(await call('DELETE', '/api/services//portal'), json('null'), 'an id that is not encoded');
  t.equal(await call('DELETE', '/api/services/portal'), text(400, 'zk: node does not exist\n'));
  t.equal(await call('GET', '/api/services'), json('{}'));

  for (const body of [
    '',
    'x',
    '[]',
    '{"id":1}',
    '{} {}',
    '{"id":"/a","config":[]}',
    '{"id":"/a","config":{"Acl":1}}',
  ]) {
    t.equal(await call('POST', '/api/services', body), text(400, 'Unable to decode JSON request\n'), body);
  }
  t.equal(await call('POST', '/api/services', 'null'), text(400, 'can not use empty ID\n'), 'as Go reads null');
  t.equal(await call('POST', '/api/services', '{"acl":"path /"}'), text(400, 'can not use empty ID\n'));
  t.equal(
    await call('POST', '/api/services', '{"id":"/a","acl":""}'),
    text(422, 'the ACL: is empty: write a test such as hdr(host) -i app.example.com\n'),
  );
  t.equal(
    await call('POST', '/api/services', '{"id":"/a","acl":"path refused"}'),
    text(422, 'the ACL: HAProxy says no\n'),
  );
  t.match(await call('POST', '/api/services', `{"id":"/a","acl":"${'x'.repeat(2 << 20)}"}`), /^413 /);
  t.equal(await call('GET', '/api/services'), json('{}'), 'nothing of that was stored');
  t.match(await call('GET', '/ekiden/v1/config'), /^503 /);

  const full =
    '{"Id":"/portal","ACL":"path /a","acl":null,"config":{"Acl":"path /b","b":"\\b\\f\\\\b<é\u2028","B":"","10":"x","9":null}}';
  t.equal(
    await call('PUT', '/api/services/x', full),
    json(
      '{"Id":"/portal","Acl":"path /a",' +
        '"Config":{"10":"x","9":"","Acl":"path /b","B":"","b":"\\u0008\\u000c\\\\b\\u003cé\\u2028"}}',
    ),
    'keys that nobody knows, sorted by their bytes; null is nothing',
  );
  t.equal(
    await call('GET', '/api/services'),
    json(
      '{"/portal":{"Id":"/portal","Acl":"path /a",' +
        '"Config":{"10":"x","9":"","Acl":"path /a","B":"","b":"\\u0008\\u000c\\\\b\\u003cé\\u2028"}}}',
    ),
    'acl counts where both are there',
  );
  t.equal(await call('DELETE', '/api/services//portal/'), json('null'));
});

t.test("what Bamboo's router does not know", async (t) => {
  const server = await api(t);
  const unknown: [method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string][] = [
    ['GET', '/api/services/%2Fportal'],
    ['POST', '/api/services/%2Fportal'],
    ['DELETE', '/api/services'],
    ['POST', '/api/state'],
    ['PUT', '/status'],
    ['GET', '/api/marathon/event_callback'],
    ['GET', '/nothing'],
  ];
  for (const [method, url] of unknown) {
    const answer = await server.inject({ method, url });
    t.equal(answer.statusCode, 404, `${method} ${url}`);
    t.equal(answer.body, '404 page not found\n');
    t.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
    t.equal(answer.headers['x-content-type-options'], 'nosniff');
  }
  const called = await server.inject({ method: 'POST', url: '/api/marathon/event_callback', payload: 'not JSON' });
  t.equal(`${called.statusCode} ${called.body}`, '200 Got it!');
});

t.test('the state', async (t) => {
  const server = await api(t);
  await server.inject({ method: 'POST', url: '/api/services', payload: '{"id":"/portal","acl":"path_beg /"}' });
  const state = (await server.inject({ method: 'GET', url: '/api/state' })).body;
  t.equal(
    state,
    '{"Apps":[{"Id":"/api/users","MesosDnsId":"users-api","EscapedId":"::api::users","HealthCheckPath":"",' +
      '"HealthCheckProtocol":"","HealthChecks":[],"ReadinessCheckPath":"","Tasks":[],"ServicePort":11405,' +
      '"ServicePorts":[11405],"Env":{"10":"x","9":"y","A":"1","B":"2"},"Labels":{},"SplitId":["","api","users"],' +
      '"ipAddress":{"discovery":{"ports":null}}},{"Id":"/portal","MesosDnsId":"portal","EscapedId":"::portal",' +
      '"HealthCheckPath":"/health","HealthCheckProtocol":"HTTP","HealthChecks":[{"Protocol":"HTTP","Path":"/health",' +
      '"PortIndex":0}],"ReadinessCheckPath":"","Tasks":[{"Id":"portal.1","Host":"127.10.0.5","Port":32605,' +
      '"Ports":[32605],"Alive":false,"State":"TASK_RUNNING","Ready":true}],"ServicePort":11404,"ServicePorts":[11404],' +
      '"Env":{},"Labels":{},"SplitId":["","portal"],"ipAddress":{"discovery":{"ports":null}}}],' +
      '"Services":{"/portal":{"Id":"/portal","Acl":"path_beg /","Config":{"Acl":"path_beg /"}}}}',
  );
});

t.test('nothing is known before a scheduler has answered', async (t) => {
  const { server } = await startLbApi(t, { status: { synced: false } });
  t.equal((await server.inject({ method: 'GET', url: '/api/state' })).body, 'null');
});

t.test('pages of other sites cannot change anything', async (t) => {
  const server = await api(t);
  const ask = async (
    headers: Record<string, string>,
    method: 'GET' | 'POST' = 'POST',
    url = '/api/services',
  ): Promise<number> => {
    const payload = method === 'POST' ? { payload: '{"id":"/portal","acl":"path_beg /"}' } : {};
    return (await server.inject({ method, url, headers: { host: 'lb:8000', ...headers }, ...payload })).statusCode;
  };
  t.equal(await ask({ origin: 'http://evil.example' }), 403);
  t.equal(await ask({ origin: 'null' }), 403);
  t.equal(await ask({ referer: 'http://evil.example/x' }), 403);
  t.equal(await ask({ referer: 'nonsense' }), 403);
  t.equal(await ask({ 'sec-fetch-site': 'cross-site' }), 403);
  t.equal(await ask({ 'sec-fetch-site': 'same-site' }), 403);
  t.equal(await ask({ 'sec-fetch-site': 'cross-site' }, 'GET', '/_mlb_signal/hup'), 403);
  t.equal(await ask({ 'sec-fetch-site': 'cross-site' }, 'GET', '/%5fmlb_signal/hup'), 403);
  t.equal(await ask({ 'sec-fetch-site': 'cross-site' }, 'GET', '/api/services'), 200, 'reading changes nothing');
  t.equal(await ask({ origin: 'http://lb:8000', 'sec-fetch-site': 'same-origin' }), 200);
  t.equal(await ask({ referer: 'http://lb:8000/ui/' }), 200);
  t.equal(await ask({}), 200, 'a program');
});
