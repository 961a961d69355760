import t from 'tap';
import type { Test } from 'tap';
import { join } from 'node:path';
import { Catalog } from '../../../src/catalog/catalog.js';
import { silentLogger } from '../../../src/common/logger.js';
import type { HttpServer } from '../../../src/http/server.js';
import { createLbApi } from '../../../src/lb/api/routes.js';
import { openRuleFile } from '../../../src/lb/rules/file-rule-store.js';
import { catalogApp, catalogInstance } from '../../support/fake-catalog.js';

async function api(t: Test): Promise<HttpServer> {
  const directory = t.testdir();
  const rules = await openRuleFile({
    path: join(directory, 'rules.json'),
    lastGoodPath: join(directory, 'good.json'),
    logger: silentLogger,
    onChange: () => undefined,
  });
  const catalog = new Catalog();
  catalog.change({
    apps: [
      catalogApp('/api/users', 11_405, { env: { B: '2', A: '1' } }),
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
  const server = createLbApi({
    rules,
    catalog,
    calledBack: () => undefined,
    status: () => {
      throw new Error('not asked here');
    },
    runningConfig: () => undefined,
    checkAcl: (expression) => Promise.resolve(expression.includes('refused') ? 'HAProxy says no' : undefined),
  });
  t.teardown(async () => {
    await server.close();
    await rules.close();
  });
  return server;
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
  t.match(await call('GET', '/api/services/%2Fapi%2Fusers'), /^200 .*"Id":"\/api\/users"/);
  t.equal(await call('DELETE', '/api/services/%2Fapi%2Fusers'), json('null'));
  t.equal(await call('DELETE', '/api/services//portal'), json('null'), 'an id that is not encoded');
  t.equal(await call('DELETE', '/api/services/portal'), text(400, 'there is no rule for /portal\n'));
  t.equal(await call('GET', '/api/services'), json('{}'));

  for (const body of ['', 'x', '[]', 'null', '{"id":1}', '{"id":"/a","config":[]}', '{"id":"/a","config":{"Acl":1}}']) {
    t.equal(await call('POST', '/api/services', body), text(400, 'Unable to decode JSON request\n'), body);
  }
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
});

t.test('the state', async (t) => {
  const server = await api(t);
  await server.inject({ method: 'POST', url: '/api/services', payload: '{"id":"/portal","acl":"path_beg /"}' });
  const state = (await server.inject({ method: 'GET', url: '/api/state' })).body;
  t.equal(
    state,
    '{"Apps":[{"Id":"/api/users","MesosDnsId":"users-api","EscapedId":"::api::users","HealthCheckPath":"",' +
      '"HealthCheckProtocol":"","HealthChecks":[],"ReadinessCheckPath":"","Tasks":[],"ServicePort":11405,' +
      '"ServicePorts":[11405],"Env":{"A":"1","B":"2"},"Labels":{},"SplitId":["","api","users"],' +
      '"ipAddress":{"discovery":{"ports":null}}},{"Id":"/portal","MesosDnsId":"portal","EscapedId":"::portal",' +
      '"HealthCheckPath":"/health","HealthCheckProtocol":"HTTP","HealthChecks":[{"Protocol":"HTTP","Path":"/health",' +
      '"PortIndex":0}],"ReadinessCheckPath":"","Tasks":[{"Id":"portal.1","Host":"127.10.0.5","Port":32605,' +
      '"Ports":[32605],"Alive":false,"State":"TASK_RUNNING","Ready":true}],"ServicePort":11404,"ServicePorts":[11404],' +
      '"Env":{},"Labels":{},"SplitId":["","portal"],"ipAddress":{"discovery":{"ports":null}}}],' +
      '"Services":{"/portal":{"Id":"/portal","Acl":"path_beg /","Config":{"Acl":"path_beg /"}}}}',
  );
});

t.test('pages of other sites cannot change anything', async (t) => {
  const server = await api(t);
  const post = async (origin: string): Promise<number> => {
    const headers = { host: 'lb:8000', origin };
    const payload = '{"id":"/portal","acl":"path_beg /"}';
    return (await server.inject({ method: 'POST', url: '/api/services', headers, payload })).statusCode;
  };
  t.equal(await post('http://evil.example'), 403);
  t.equal(await post('null'), 403);
  t.equal(await post('http://lb:8000'), 200);
});
