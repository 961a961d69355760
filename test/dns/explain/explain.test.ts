import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { answeredZone } from '../../../src/dns/explain/answered-zone.js';
import { explain, readName } from '../../../src/dns/explain/explain.js';
import type { ExplainedType, ExplainParts } from '../../../src/dns/explain/explain.js';
import type { Explanation } from '../../../src/dns/explain/explanation.js';
import { defaultSoa } from '../../../src/dns/options.js';
import { ClusterView, graceFor } from '../../../src/dns/source/cluster-view.js';
import { ZoneState } from '../../../src/dns/zone-state.js';
import { catalogApp, catalogInstance, catalogOf } from '../support/catalog.js';
import { recordOptions, snapshot, viewTask } from '../support/cluster.js';

const nowMs = 1_700_000_060_000;
const http = { number: 31_000, name: 'http', protocol: 'tcp', isOfHost: true };
const web = { discovery: { name: 'web', ports: [http] }, ports: [{ begin: 31_000, end: 31_000 }] };
const at = (ip: string): object => ({ addresses: { netinfo: [ip], docker: [], mesos: [] } });

/** `changes`: to the zone. */
async function explainer(
  changes: Partial<ExplainParts['zone']> = {},
): Promise<(name: string, type?: ExplainedType) => Explanation> {
  const view = new ClusterView(graceFor(60_000));
  const tasks = [
    viewTask({ id: 'web.1', ...web, ...at('172.16.0.1') }),
    viewTask({ id: 'web.2', ...web, ...at('172.16.0.2') }),
    viewTask({ id: 'web.3', ...web, running: false, state: 'TASK_STAGING' }),
    viewTask({ id: 'cart.1', discovery: { name: 'cart.shop', ports: [] }, ...at('172.16.0.3') }),
    viewTask({ id: 'cart.2', discovery: { name: 'cart.shop', ports: [] }, ...at('172.16.0.3') }),
  ];
  view.reset(snapshot({ tasks }), { nowMs: 0, newLeadership: false });
  view.setStanding('web.2', 'avoided');
  const settings = { domain: 'mesos', ttlSeconds: 60, srvWeight: 1, soa: defaultSoa('mesos') };
  const zone = new ZoneState({ view, settings, recordOptions, clock: () => nowMs, logger: silentLogger });
  const catalog = catalogOf(
    [catalogApp({ id: '/web', instances: 4 }), catalogApp({ id: '/idle', instances: 0 })],
    [
      catalogInstance({ taskId: 'web.1', appId: '/web', healthy: true }),
      catalogInstance({ taskId: 'web.2', appId: '/web', healthy: false }),
    ],
  );
  const all = { apps: [...catalog.apps.values()], instances: [...catalog.instances.values()] };
  zone.reasons.followCatalog(catalog, { type: 'snapshot', epoch: 'e', seq: 1, ...all });
  zone.follow(true);
  await zone.settled();
  const base: ExplainParts = {
    zone: { ...answeredZone(zone), ...changes },
    view,
    options: recordOptions,
    reasons: zone.reasons,
    resolvers: ['10.9.9.9'],
    zoneResolvers: { 'corp.example': ['10.8.8.8'], example: [] },
    nowMs,
  };
  return (name, type = 'ANY') => {
    const read = readName(name);
    if ('problem' in read) throw new Error(read.problem);
    return explain(base, read.name, type);
  };
}

t.test('the sections of the answer, as dig shows them', async (t) => {
  const of = await explainer();
  const soa = /^mesos\. 60 IN SOA \S+\. \S+\. \d+ \d+ \d+ \d+ 60$/;
  const sections = (name: string, type?: ExplainedType): object => {
    const { status, answer, authority, additional } = of(name, type);
    return { status, answer, authority, additional };
  };
  t.match(sections('web.marathon.mesos', 'A'), { status: 'NOERROR', answer: [/172\.16\.0\.1$/] });
  t.same(of('web.marathon.mesos', 'A').authority, []);
  t.match(sections('_web._tcp.marathon.mesos', 'SRV'), {
    status: 'NOERROR',
    answer: [/^_web\._tcp\.marathon\.mesos\. 60 IN SRV 0 1 31000 web-\S+\.$/],
    authority: [],
    additional: [/^web-\S+\. 60 IN A /],
  });
  t.match(sections('web.marathon.mesos', 'AAAA'), { status: 'NOERROR', answer: [], authority: [soa], additional: [] });
  t.match(sections('nothing.marathon.mesos', 'A'), { status: 'NXDOMAIN', answer: [], authority: [soa] });
  t.match(sections('mesos', 'SOA'), { status: 'NOERROR', answer: [soa], authority: [] });
  t.match(sections('example.com', 'A'), { status: null, answer: [], authority: [] });
  const waiting = await explainer({ synced: false });
  t.match(waiting('web.marathon.mesos', 'A'), { status: 'SERVFAIL', answer: [], authority: [] });
});

t.test('records, whose they are, and who is left out', async (t) => {
  const of = await explainer();
  const found = of('Web.Marathon.MESOS.', 'A');
  t.match(found, {
    name: 'web.marathon.mesos',
    type: 'A',
    zone: 'mesos',
    isServed: true,
    status: 'NOERROR',
    answer: ['web.marathon.mesos. 60 IN A 172.16.0.1'],
    staleSince: null,
    records: [
      {
        type: 'A',
        data: '172.16.0.1',
        owners: [
          {
            kind: 'task',
            id: 'web.1',
            app: '/web',
            framework: 'marathon',
            agent: 'a-S1',
            host: '10.1.0.1',
            hostPorts: [31_000],
            state: 'TASK_RUNNING',
            healthy: true,
            standing: 'in',
            why: null,
          },
        ],
      },
    ],
    leftOut: [
      { id: 'web.2', healthy: false, standing: 'avoided', why: 'it is not healthy' },
      { id: 'web.3', standing: 'absent', why: 'it does not run: its state is TASK_STAGING' },
    ],
    apps: [{ id: '/web', instances: 4, inDns: 1 }],
    isCut: false,
    similar: [],
  });
  t.equal(found.records.length + found.leftOut.length, 3);
  t.equal(
    found.text,
    'web.marathon.mesos has 1 A record; /web: 4 instances, 1 in DNS: 1 unhealthy, 1 staging, 1 not started.',
  );
  const service = of('_web._tcp.marathon.mesos');
  t.match(service.answer, [/^_web\._tcp\.marathon\.mesos\. 60 IN SRV 0 1 31000 web-.*-s1\.marathon\.slave\.mesos\.$/]);
  t.match(service.additional, [/^web-.*\. 60 IN A 10\.1\.0\.1$/]);
  t.match(of('leader.mesos').records, [{ data: '10.0.0.2', owners: [{ kind: 'masters' }] }]);
  t.match(of('slave.mesos').records, [{ data: '10.1.0.1', owners: [{ kind: 'agent', id: 'a-S1' }] }]);
  t.match(of('marathon.mesos').records, [{ data: '10.0.0.9', owners: [{ kind: 'framework', id: 'F1' }] }]);
  t.match(of('ns1.mesos').records, [{ data: '10.0.0.53', owners: [{ kind: 'name server' }] }]);
  t.match(of('1.0.16.172.in-addr.arpa'), { isServed: true, answer: { length: 1 }, records: [{ type: 'PTR' }] });
  t.match(of('mesos').answer, [
    / IN SOA ns1\.mesos\. root\.ns1\.mesos\. \d+ 60 600 86400 60$/,
    'mesos. 60 IN NS ns1.mesos.',
  ]);
});

t.test('names without records', async (t) => {
  const of = await explainer();
  t.match(of('idle.marathon.mesos'), {
    status: 'NXDOMAIN',
    text: /^idle\.marathon\.mesos does not exist; \/idle: suspended \(0 instances wanted\)/,
    apps: [{ id: '/idle', inDns: 0 }],
  });
  t.match(of('web.marathon.mesos', 'AAAA'), {
    status: 'NOERROR',
    answer: { length: 0 },
    text: /^web\.marathon\.mesos has no AAAA records: it has 1 A; /,
  });
  t.match(of('_tcp.marathon.mesos'), {
    status: 'NOERROR',
    text: /no records of its own: there are only names below it/,
  });
  t.match(of('nobody.knows.mesos'), { status: 'NXDOMAIN', text: 'nobody.knows.mesos does not exist.', similar: [] });
});

t.test('names that may have been meant', async (t) => {
  const of = await explainer();
  for (const [asked, meant] of [
    ['wbe.marathon.mesos', 'web.marathon.mesos'],
    ['webb.marathon.mesos', 'web.marathon.mesos'],
    ['web.marathn.mesos', 'web.marathon.mesos'],
    ['web.mesos', 'web.marathon.mesos'],
    ['shop.cart.marathon.mesos', 'cart.shop.marathon.mesos'],
    ['cart_shop.marathon.mesos', 'cart-shop.marathon.mesos'],
    ['_web.tcp.marathon.mesos', '_web._tcp.marathon.mesos'],
    ['web._tcp.mesos', '_web._tcp.marathon.mesos'],
  ] as const) {
    t.ok(of(asked).similar.includes(meant), `${asked} → ${of(asked).similar.join(', ')}`);
  }
  t.ok(of('x'.repeat(60).concat('.', 'y'.repeat(60), '.mesos')).similar.length <= 5);
});

t.test('names of others, and a zone that is not ready or old', async (t) => {
  const of = await explainer();
  t.match(of('db.corp.example'), { isServed: false, resolvers: ['10.8.8.8'], status: null, answer: [] });
  t.match(of('x.example'), { isServed: false, resolvers: [], status: 'REFUSED', text: /queries are refused/ });
  t.match(of('3.0.16.172.in-addr.arpa').text, /is the address of several/);
  t.match(of('x.org').text, /not in the zone mesos: it is looked up at 10\.9\.9\.9/);

  const early = await explainer({ synced: false, reasonOf: () => '10.0.0.1:5050 refuses' });
  t.match(early('web.marathon.mesos'), {
    status: 'SERVFAIL',
    text: 'The zone is not served yet: 10.0.0.1:5050 refuses.',
  });
  const old = await explainer({ staleSinceMs: nowMs - 60_000 });
  t.match(old('leader.mesos'), {
    staleSince: '2023-11-14T22:13:20.000Z',
    staleMs: 60_000,
    text: /; no Mesos master has been heard of since 2023-11-14T22:13:20\.000Z\.$/,
  });
});

t.test('what is no name', (t) => {
  t.strictSame(readName('A.B.'), { name: 'a.b' });
  t.strictSame(readName('x.*.mesos'), { name: 'x.mesos' });
  for (const text of ['', '.', 'a..b', 'x'.repeat(64), `${'x.'.repeat(127)}xx`, 'ä.mesos']) {
    t.match(readName(text), { problem: /^the name (is|has) / }, text);
  }
  t.end();
});

t.test('owners with many records are looked at up to a limit', async (t) => {
  const view = new ClusterView(graceFor(60_000));
  const ports = [{ begin: 1000, end: 1999 }];
  const tasks = Array.from({ length: 30 }, (_, i) => viewTask({ id: `web.${i}`, ports }));
  view.reset(snapshot({ tasks }), { nowMs: 0, newLeadership: false });
  const settings = { domain: 'mesos', ttlSeconds: 60, srvWeight: 1, soa: defaultSoa('mesos') };
  const zone = new ZoneState({ view, settings, recordOptions, clock: () => nowMs, logger: silentLogger });
  zone.follow(true);
  await zone.settled();
  const { reasons } = zone;
  const noResolvers = { resolvers: [], zoneResolvers: {} };
  const parts = { zone: answeredZone(zone), view, options: recordOptions, reasons, ...noResolvers, nowMs };
  const { isCut, records } = explain(parts, 'web.marathon.mesos', 'A');
  t.ok(isCut);
  t.ok((records[0]?.owners.length ?? 0) > 0);
});
