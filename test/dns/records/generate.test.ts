import t from 'tap';
import { generate } from '../../../src/dns/records/generate.js';
import { dataOf } from '../../../src/dns/records/record.js';
import { mastersOwner, nameServerOwner, taskKey, taskOwner } from '../../../src/dns/records/view.js';
import type { Owner, ViewTask } from '../../../src/dns/records/view.js';
import type { ClusterView } from '../../../src/dns/source/cluster-view.js';
import { recordOptions, viewTask, viewWith } from '../support/cluster.js';

function lines(view: ClusterView, owner: Owner, options = recordOptions): string[] {
  return generate(view, owner, options).records.map((r) => `${r.name} ${r.type} ${dataOf(r)}`);
}
const exactOptions = { ...recordOptions, quirks: true };
const ownerOf = (task: ViewTask): Owner => taskOwner(taskKey(task));

t.test('a task without DiscoveryInfo', (t) => {
  const task = viewTask({ id: 'test', name: 'web.shop', ports: [{ begin: 31000, end: 31001 }] });
  t.strictSame(lines(viewWith(task), ownerOf(task)), [
    'web-shop.marathon.mesos A 172.16.0.1',
    'web-shop-iffe9-s1.marathon.mesos A 172.16.0.1',
    'web-shop.marathon.slave.mesos A 10.1.0.1',
    'web-shop-iffe9-s1.marathon.slave.mesos A 10.1.0.1',
    '1.0.16.172.in-addr.arpa PTR web-shop-iffe9-s1.marathon.mesos.',
    '_web-shop._tcp.marathon.slave.mesos SRV web-shop-iffe9-s1.marathon.slave.mesos.:31000',
    '_web-shop._udp.marathon.slave.mesos SRV web-shop-iffe9-s1.marathon.slave.mesos.:31000',
    '_web-shop._tcp.marathon.mesos SRV web-shop-iffe9-s1.marathon.slave.mesos.:31000',
    '_web-shop._udp.marathon.mesos SRV web-shop-iffe9-s1.marathon.slave.mesos.:31000',
    '_web-shop._tcp.marathon.slave.mesos SRV web-shop-iffe9-s1.marathon.slave.mesos.:31001',
    '_web-shop._udp.marathon.slave.mesos SRV web-shop-iffe9-s1.marathon.slave.mesos.:31001',
    '_web-shop._tcp.marathon.mesos SRV web-shop-iffe9-s1.marathon.slave.mesos.:31001',
    '_web-shop._udp.marathon.mesos SRV web-shop-iffe9-s1.marathon.slave.mesos.:31001',
  ]);
  t.end();
});

t.test('DiscoveryInfo gives two names, its ports and their names', (t) => {
  const task = viewTask({
    id: 'test',
    discovery: {
      name: 'Cart.shop',
      ports: [
        { number: 80, name: 'http', protocol: 'tcp', isOfHost: false },
        { number: 53, name: '', protocol: '', isOfHost: false },
      ],
    },
  });
  const all = lines(viewWith(task), ownerOf(task));
  for (const name of ['cart.shop', 'cart-shop']) {
    const target = `${name}-iffe9-s1.marathon.mesos.`;
    for (const line of [
      `${name}.marathon.mesos A 172.16.0.1`,
      `${name}.marathon.slave.mesos A 10.1.0.1`,
      `_${name}._tcp.marathon.mesos SRV ${target}:80`,
      `_http._${name}._tcp.marathon.mesos SRV ${target}:80`,
      `_${name}._tcp.marathon.mesos SRV ${target}:53`,
      `_${name}._udp.marathon.mesos SRV ${target}:53`,
    ]) {
      t.ok(all.includes(line), line);
    }
  }
  t.equal(all.length, 17);
  const exactly = lines(viewWith(task), ownerOf(task), { ...recordOptions, quirks: true });
  t.ok(exactly.includes('Cart.shop.marathon.mesos A 172.16.0.1'), 'Mesos-DNS leaves upper case in, out of reach');
  t.end();
});

t.test('ports of the agent: never announced at an address that does not have them', (t) => {
  const task = viewTask({
    id: 'test',
    name: 'web',
    ports: [{ begin: 31000, end: 31000 }],
    discovery: {
      name: 'web',
      ports: [
        { number: 31000, name: 'http', protocol: 'tcp', isOfHost: true },
        { number: 8081, name: 'admin', protocol: 'tcp', isOfHost: false },
      ],
    },
  });
  const srv = (fields: Partial<ViewTask>, quirks = false): string[] =>
    lines(viewWith({ ...task, ...fields }), ownerOf(task), { ...recordOptions, quirks }).filter(
      (line) => line.startsWith('web.marathon.mesos ') || line.startsWith('_web._tcp.marathon.mesos '),
    );
  t.strictSame(srv({}), [
    'web.marathon.mesos A 172.16.0.1',
    '_web._tcp.marathon.mesos SRV web-iffe9-s1.marathon.slave.mesos.:31000',
    '_web._tcp.marathon.mesos SRV web-iffe9-s1.marathon.mesos.:8081',
  ]);
  const atTheAgent = [
    'web.marathon.mesos A 10.1.0.1',
    '_web._tcp.marathon.mesos SRV web-iffe9-s1.marathon.mesos.:31000',
    '_web._tcp.marathon.mesos SRV web-iffe9-s1.marathon.mesos.:8081',
  ];
  t.strictSame(srv({ isBridged: true }), atTheAgent, 'a bridge is reached through its agent');
  t.strictSame(srv({ addresses: { netinfo: ['10.1.0.1'], docker: [], mesos: [] } }), atTheAgent);
  t.equal(srv({ isBridged: true, ports: [] })[0], 'web.marathon.mesos A 172.16.0.1', 'nothing is published there');
  t.strictSame(
    // Mesos-DNS' two names for a task are the same one here.
    [...new Set(srv({ isBridged: true }, true))],
    [
      'web.marathon.mesos A 172.16.0.1',
      '_web._tcp.marathon.mesos SRV web-iffe9-s1.marathon.mesos.:31000',
      '_web._tcp.marathon.mesos SRV web-iffe9-s1.marathon.mesos.:8081',
    ],
    'as Mesos-DNS has it',
  );
  t.end();
});

t.test('only what runs, on a known agent, for a known framework, counts', (t) => {
  for (const fields of [{ running: false }, { agentId: 'a-S2' }, { frameworkId: 'F2' }]) {
    const task = viewTask({ id: 'x', ...fields });
    t.strictSame(lines(viewWith(task), ownerOf(task)), [], JSON.stringify(fields));
  }
  t.end();
});

t.test('the first source with an address decides', (t) => {
  const addresses = { netinfo: ['nonsense'], docker: ['172.17.0.2'], mesos: ['fd00:0::5', '::ffff:10.9.9.9'] };
  const task = viewTask({ id: 'x', addresses });
  const own = (ipSources: typeof recordOptions.ipSources): string[] =>
    lines(viewWith(task), ownerOf(task), { ...recordOptions, ipSources })
      .filter((line) => line.startsWith('x.marathon.mesos '))
      .map((line) => line.replace('x.marathon.mesos ', ''));
  t.strictSame(own(['netinfo', 'mesos', 'host']), ['AAAA fd00::5', 'A 10.9.9.9']);
  t.strictSame(own(['netinfo', 'docker', 'host']), ['A 172.17.0.2']);
  t.strictSame(own(['netinfo', 'host']), ['A 10.1.0.1']);
  t.strictSame(own(['netinfo']), []);
  t.end();
});

t.test('names too long for the wire are repaired or left out, with a reason', (t) => {
  const long = viewTask({ id: 'test', name: 'n'.repeat(63), ports: [{ begin: 1, end: 1 }] });
  const view = viewWith(long);
  const { records, problems } = generate(view, ownerOf(long), recordOptions);
  t.ok(records.every((r) => r.name.split('.').every((l) => l.length <= 63)));
  t.ok(
    records.some((r) => r.name === `${'n'.repeat(54)}-iffe9-s1.marathon.mesos`),
    'the name of the instance is cut',
  );
  t.match(problems, [/SRV record left out: its name "_n+\._tcp.*longer than 63/], 'nobody can ask for this one');
  t.equal(generate(view, ownerOf(long), { ...recordOptions, quirks: true }).problems.length, 0);

  const empty = viewTask({ id: 'x', name: '###' });
  t.match(generate(viewWith(empty), ownerOf(empty), recordOptions).problems, [/empty label/]);

  const wide = viewTask({ id: 'x', ports: [{ begin: 1, end: 60_000 }] });
  t.match(generate(viewWith(wide), ownerOf(wide), recordOptions).problems, [/58976 ports are left out/]);
  t.end();
});

t.test('masters, agents, frameworks, name server', (t) => {
  const view = viewWith();
  t.strictSame(lines(view, mastersOwner), [
    'leader.mesos A 10.0.0.2',
    'master.mesos A 10.0.0.2',
    '_leader._tcp.mesos SRV leader.mesos.:5050',
    '_leader._udp.mesos SRV leader.mesos.:5050',
    'master.mesos A 10.0.0.1',
    'master0.mesos A 10.0.0.1',
    '_master._tcp.mesos SRV master0.mesos.:5050',
    '_master._udp.mesos SRV master0.mesos.:5050',
    'master1.mesos A 10.0.0.2',
    '_master._tcp.mesos SRV master1.mesos.:5050',
    '_master._udp.mesos SRV master1.mesos.:5050',
    'master.mesos A 10.0.0.3',
    'master2.mesos A 10.0.0.3',
    '_master._tcp.mesos SRV master2.mesos.:5050',
    '_master._udp.mesos SRV master2.mesos.:5050',
  ]);
  t.notOk(lines(view, mastersOwner, exactOptions).some((line) => line.startsWith('_master.')));
  const others = { ...recordOptions, masters: ['10.0.0.1:5050', '10.0.0.2:5051', 'm3.example:5050'] };
  t.match(generate(view, mastersOwner, others), {
    records: { length: 11 },
    problems: [/m3.example:5050 has no number/],
  });
  t.ok(lines(view, mastersOwner, others).includes('master1.mesos A 10.0.0.2'), 'a leader not in the list comes last');
  const shared = ['slave.mesos A 10.1.0.1', '_slave._tcp.mesos SRV slave.mesos.:5051'];
  t.strictSame(lines(view, 'agent a-S1'), shared);
  view.setAgent({ id: 'a-S1', address: { host: '10.1.0.1', port: 5051 }, hostname: 'Node-1.example.com' }, 0);
  t.strictSame(lines(view, 'agent a-S1'), [
    ...shared,
    'node-1-example-com.agent.mesos A 10.1.0.1',
    '1.0.1.10.in-addr.arpa PTR node-1-example-com.agent.mesos.',
  ]);
  t.strictSame(lines(view, 'agent a-S1', exactOptions), shared);
  t.strictSame(lines(view, 'framework F1'), ['marathon.mesos A 10.0.0.9']);
  view.setFramework({ id: 'F2', name: 'Old.fw', pid: { host: 'fw.example', port: 99 }, hostname: undefined }, true);
  t.strictSame(lines(view, 'framework F2'), [], 'its host is not resolved yet');
  view.setHostAddresses('fw.example', ['10.0.0.8']);
  t.strictSame(lines(view, 'framework F2'), [
    'old.fw.mesos A 10.0.0.8',
    '_framework._tcp.old.fw.mesos SRV old.fw.mesos.:99',
  ]);
  t.strictSame(lines(view, nameServerOwner), ['ns1.mesos A 10.0.0.53']);
  t.strictSame(lines(view, 'agent gone'), []);
  t.end();
});

t.test('addresses lead back to the one instance that has them', (t) => {
  const ptr = (task: ViewTask, options = recordOptions): string[] =>
    lines(viewWith(task), ownerOf(task), options).filter((line) => line.includes(' PTR '));
  const at = (...netinfo: string[]): ViewTask =>
    viewTask({ id: 'test', addresses: { netinfo, docker: [], mesos: [] } });
  t.strictSame(ptr(at('172.16.0.1', '2001:DB8::1')), [
    '1.0.16.172.in-addr.arpa PTR test-iffe9-s1.marathon.mesos.',
    '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR test-iffe9-s1.marathon.mesos.',
  ]);
  t.strictSame(ptr(at('10.1.0.1')), [], "the agent's address is not its own");
  t.strictSame(ptr(at('127.0.0.1', '::1', '0.0.0.0', 'fe80::1', '224.0.0.1')), [], 'everybody has those, or nobody');
  t.strictSame(ptr({ ...at('172.17.0.2'), isBridged: true }), [], 'every agent has the same ones in its bridge');
  t.strictSame(ptr(at('172.16.0.1'), exactOptions), []);
  const named = { ...at('172.16.0.1'), discovery: { name: 'cart.shop', ports: [] } };
  t.strictSame(ptr(named), ['1.0.16.172.in-addr.arpa PTR cart-shop-iffe9-s1.marathon.mesos.'], 'one name of two');
  t.end();
});

t.test('standing: what the scheduler says, and health in Mesos', (t) => {
  const task = viewTask({ id: 'test', ports: [{ begin: 31000, end: 31000 }] });
  const view = viewWith(task);
  const isAvoided = (options = recordOptions): boolean => generate(view, ownerOf(task), options).avoided === true;
  const all = lines(view, ownerOf(task));
  t.notOk(isAvoided());
  view.setStanding('test', 'avoided');
  t.ok(isAvoided());
  t.strictSame(lines(view, ownerOf(task)), all, 'it has its records, for the case that nobody else does');
  t.notOk(isAvoided({ ...recordOptions, answerUnhealthy: true }));
  t.notOk(isAvoided(exactOptions));
  view.setStanding('test', 'withdrawn');
  const own = all.filter((line) => line.startsWith('test-') || line.includes(' PTR '));
  t.equal(own.length, 3);
  t.strictSame(lines(view, ownerOf(task)), own, 'only what leads to this very instance');
  t.strictSame(lines(view, ownerOf(task), { ...recordOptions, answerUnhealthy: true }), own);
  t.equal(
    lines(view, ownerOf(task), exactOptions).length,
    all.length - 1,
    'exact mode knows of nothing, and has no PTR',
  );
  view.setStanding('test', 'in');
  view.setTask({ ...task, unhealthy: true });
  t.ok(isAvoided(), 'unhealthy in Mesos');
  t.strictSame(lines(view, ownerOf(task)), all);
  t.end();
});
