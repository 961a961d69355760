import t from 'tap';
import { mesosDnsJson } from '../../../src/dns/servers/mesos-dns-json.js';
import { startFakeMaster } from '../../support/fake-operator-master.js';
import { startTestDns } from '../support/server.js';

t.test("Mesos-DNS' HTTP API", async (t) => {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  master.addAgent('x-S1', '10.0.0.1');
  master.addFramework('F1', 'marathon');
  master.addTask({ id: 'test', name: 'web', agentId: 'x-S1', ip: '172.16.0.5', ports: [31001] });
  const dns = await startTestDns(t, { master: master.authority });
  await dns.synced();
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${dns.http}${path}`, init);
  const json = async (path: string): Promise<unknown> => (await get(path)).json();

  const version = await get('/v1/version/');
  t.equal(version.headers.get('content-type'), 'application/json');
  t.match(await version.text(), /^\{\n {2}"Service": "Mesos-DNS",\n {2}"URL": .*,\n {2}"Version": "ekiden-.*"\n \}$/);
  t.match(await json('/v1/config'), {
    TTL: 60,
    Masters: [master.authority],
    SOAMname: 'ns1.mesos.',
    IPSources: ['netinfo', 'mesos', 'host'],
    ExternalOn: false,
    MesosCredentials: { Principal: '', Secret: '' },
  });
  for (const name of ['web.marathon.mesos', 'WEB.marathon.mesos.', 'web.*.marathon.mesos']) {
    t.strictSame(await json(`/v1/hosts/${name}`), [{ host: 'web.marathon.mesos.', ip: '172.16.0.5' }], name);
  }
  for (const name of ['nope.mesos', '.*']) t.strictSame(await json(`/v1/hosts/${name}`), [{ host: '', ip: '' }], name);
  t.strictSame(await json('/v1/services/_web._tcp.marathon.mesos.'), [
    {
      service: '_web._tcp.marathon.mesos.',
      host: 'web-iffe9-s1.marathon.slave.mesos.',
      ip: '10.0.0.1',
      port: '31001',
    },
  ]);
  t.strictSame(await json('/v1/services/_nope._tcp.marathon.mesos'), [{ service: '', host: '', ip: '', port: '' }]);
  t.match(await json('/v1/enumerate'), {
    frameworks: [
      {
        name: 'marathon',
        tasks: [
          {
            name: 'web',
            id: 'test',
            records: [{ name: 'web.marathon.mesos.', host: '172.16.0.5', rtype: 'A' }],
          },
        ],
      },
    ],
  });
  const { serial, records } = await dns.status();
  const axfr = (await json('/v1/axfr')) as { Records: Record<string, Record<string, string[]>> };
  t.match(axfr, {
    TTL: 60,
    Serial: serial,
    Mname: 'ns1.mesos.',
    Rname: 'root.ns1.mesos.',
    Domain: 'mesos',
    Records: {
      As: { 'web.marathon.mesos.': ['172.16.0.5'] },
      AAAAs: {},
      SRVs: { '_web._udp.marathon.mesos.': ['web-iffe9-s1.marathon.slave.mesos.:31001'] },
    },
  });
  const all = Object.values(axfr.Records).flatMap((names) => Object.values(names).flat());
  t.equal(all.length, records - 2, 'all but the way back from two addresses, which Mesos-DNS does not have');

  for (const [path, init, status, text] of [
    ['/v1', {}, 404, '404: Page Not Found'],
    ['/v1/hosts/a/b', {}, 404, '404: Page Not Found'],
    ['/v1/version', { method: 'POST', body: '{}' }, 405, '405: Method Not Allowed'],
    ['/v1/version', { headers: { accept: 'text/html' } }, 406, '406: Not Acceptable'],
    ['/v1/hosts/web.marathon.mesos/ports', {}, 501, 'To be implemented...'],
  ] as const) {
    const response = await get(path, init);
    t.equal(response.status, status, path);
    t.equal(await response.text(), text);
  }
  t.match(await dns.status(), { synced: true, source: 'stream', leader: master.authority, lastChangeAt: /^2.*Z$/ });
  t.ok(((await dns.status()).ageMs ?? -1) >= 0);
});

t.test("Go's way to write JSON", (t) => {
  t.equal(mesosDnsJson([{ a: '<b>&\n' }]), '[\n  {\n   "a": "\\u003cb\\u003e\\u0026\\n"\n  }\n ]');
  t.equal(mesosDnsJson({ x: [], y: {} }), '{\n  "x": [],\n  "y": {}\n }');
  t.end();
});
