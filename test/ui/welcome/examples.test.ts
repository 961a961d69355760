import t from 'tap';
import { compactJson } from '../../../src/ui/pages/welcome/compact-json.js';
import { examples } from '../../../src/ui/pages/welcome/examples.js';
import { curlCommand, digCommand, dnsNameOf, hostOf } from '../../../src/ui/pages/welcome/next-steps.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';

t.test('each example has a name and an id of its own, and its JSON is what is sent', (t) => {
  t.equal(new Set(examples.map(({ name }) => name)).size, examples.length);
  t.equal(new Set(examples.map(({ definition }) => definition.id)).size, examples.length);
  for (const { definition } of examples) t.same(JSON.parse(compactJson(definition)), definition);
  t.end();
});

t.test('small lists and objects stand in one line', (t) => {
  t.equal(
    compactJson({ id: '/a', constraints: [['hostname', 'UNIQUE']], env: {}, args: [], ports: [{ port: 0 }] }),
    [
      '{',
      '  "id": "/a",',
      '  "constraints": [["hostname", "UNIQUE"]],',
      '  "env": {},',
      '  "args": [],',
      '  "ports": [{ "port": 0 }]',
      '}',
    ].join('\n'),
  );
  t.end();
});

t.test('commands name the places that are known', (t) => {
  t.equal(dnsNameOf('/shop/service/front', 'marathon', 'mesos'), 'front-service-shop.marathon.mesos');
  t.equal(hostOf('10.0.0.1:53'), '10.0.0.1');
  t.equal(hostOf('[::1]:8053'), '[::1]');
  t.equal(digCommand('web.marathon.mesos', undefined), 'dig web.marathon.mesos');
  t.equal(digCommand('a.b', { host: '[::1]', port: 8053, zone: 'b' }), 'dig @::1 -p 8053 a.b');
  t.equal(digCommand('a.b', { host: 'ns', port: 53, zone: 'b' }), 'dig @ns a.b');
  t.equal(curlCommand('web.local', { host: 'edge', port: 80 }), "curl -H 'Host: web.local' http://edge/");
  t.equal(curlCommand('web.local', { host: 'edge', port: 8081 }), "curl -H 'Host: web.local' http://edge:8081/");
  t.end();
});

t.test('the scheduler takes all of them, in this order, beside each other', async (t) => {
  const { api } = await startFakeScheduler(t);
  for (const { kind, definition } of examples) {
    const answer = await ask(api, 'POST', kind === 'group' ? '/v2/groups' : '/v2/apps', definition);
    t.equal(answer.status, 201, `${definition.id}: ${answer.text}`);
  }
});
