import { createSocket } from 'node:dgram';
import t from 'tap';
import { silentLogger } from '../../src/common/logger.js';
import { startDns } from '../../src/dns/start.js';
import { startFakeMaster } from '../support/fake-operator-master.js';
import { freePort } from '../support/ports.js';
import { waitFor } from '../support/wait.js';
import { dig, haveDig } from './support/dig.js';
import { startTestDns, testDnsOptions } from './support/server.js';

const skip = !(await haveDig()) && 'dig is not installed (package bind9-dnsutils)';

t.test('a cluster is served by its names, and changes arrive by events', { skip }, async (t) => {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  master.addAgent('x-S1', '10.0.0.1');
  master.addFramework('F1', 'marathon');
  master.addTask({ id: 'web.1', name: 'web', agentId: 'x-S1', ip: '172.16.0.5', ports: [31001, 31002] });
  const dns = await startTestDns(t, { master: master.authority });
  await dns.synced();

  const a = await dig(dns.port, 'web.marathon.mesos', 'A');
  t.equal(a.status, 'NOERROR');
  t.strictSame(a.flags, ['qr', 'aa', 'rd']);
  t.strictSame(a.answer, ['web.marathon.mesos. 60 IN A 172.16.0.5']);
  t.match(a.text, /udp: 1232/, 'EDNS is answered');
  t.strictSame((await dig(dns.port, 'web.marathon.slave.mesos')).answer, [
    'web.marathon.slave.mesos. 60 IN A 10.0.0.1',
  ]);
  t.strictSame((await dig(dns.port, 'WeB.maRathon.MESOS')).answer, ['WeB.maRathon.MESOS. 60 IN A 172.16.0.5']);

  const srv = await dig(dns.port, '_web._tcp.marathon.mesos', 'SRV');
  t.strictSame([...srv.answer].sort(), [
    '_web._tcp.marathon.mesos. 60 IN SRV 0 1 31001 web-4zy5c-s1.marathon.slave.mesos.'.replace(
      '4zy5c',
      hashIn(srv.answer),
    ),
    '_web._tcp.marathon.mesos. 60 IN SRV 0 1 31002 web-4zy5c-s1.marathon.slave.mesos.'.replace(
      '4zy5c',
      hashIn(srv.answer),
    ),
  ]);
  t.equal(srv.additional.length, 1, 'one address for the one target');

  t.strictSame((await dig(dns.port, 'leader.mesos')).answer, ['leader.mesos. 60 IN A 127.0.0.1']);
  t.strictSame((await dig(dns.port, 'slave.mesos')).answer, ['slave.mesos. 60 IN A 10.0.0.1']);
  t.strictSame((await dig(dns.port, 'marathon.mesos')).answer, ['marathon.mesos. 60 IN A 127.0.0.1']);

  const before = await dns.status();
  t.match(before, { source: 'stream', synced: true, leader: master.authority });
  master.addTask({ id: 'web.2', name: 'web', agentId: 'x-S1', state: 'TASK_STAGING', ip: '172.16.0.6' });
  master.updateTask('web.2', 'TASK_RUNNING');
  await waitFor('two addresses', async () => (await dig(dns.port, 'web.marathon.mesos')).answer.length === 2);
  t.ok((await dns.status()).serial > before.serial, 'the serial grows with the change');
  master.updateTask('web.1', 'TASK_KILLING');
  await waitFor('the first one gone', async () => {
    const { answer } = await dig(dns.port, 'web.marathon.mesos');
    return answer.length === 1 && answer[0]?.endsWith('172.16.0.6');
  });
  t.equal((await dig(dns.port, '_web._tcp.marathon.mesos', 'SRV')).status, 'NXDOMAIN', 'no ports, no service');
});

function hashIn(lines: readonly string[]): string {
  return /web-(\w{5})-s1/.exec(lines.join('\n'))?.[1] ?? '';
}

t.test('what is not there is told apart', { skip }, async (t) => {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  master.addAgent('x-S1', '10.0.0.1');
  master.addFramework('F1', 'marathon');
  master.addTask({ id: 'web.1', name: 'web', agentId: 'x-S1', ip: '172.16.0.5', ports: [31001] });
  const dns = await startTestDns(t, { master: master.authority });
  await dns.synced();
  const { serial } = await dns.status();
  const soa = `mesos. 60 IN SOA ns1.mesos. root.ns1.mesos. ${serial} 60 600 86400 60`;

  for (const [name, type, status] of [
    ['web.marathon.mesos', 'AAAA', 'NOERROR'],
    ['nope.marathon.mesos', 'A', 'NXDOMAIN'],
    ['_nope._tcp.marathon.mesos', 'SRV', 'NXDOMAIN'],
    ['_tcp.marathon.mesos', 'A', 'NOERROR'],
    ['mesos', 'A', 'NOERROR'],
  ] as const) {
    const answer = await dig(dns.port, name, type);
    t.match(answer, { status, answer: [], authority: [soa] }, `${name} ${type}`);
  }
  t.match(await dig(dns.port, 'mesos', 'SOA'), { status: 'NOERROR', answer: [soa], authority: [] });
  t.match(await dig(dns.port, 'mesos', 'NS'), {
    answer: ['mesos. 60 IN NS ns1.mesos.'],
    additional: ['ns1.mesos. 60 IN A 127.0.0.1'],
  });
  t.equal((await dig(dns.port, 'example.com')).status, 'REFUSED');
  t.equal((await dig(dns.port, 'web.marathon.mesos', 'CH', 'TXT')).status, 'REFUSED');
  t.equal((await dig(dns.port, '+opcode=NOTIFY', 'mesos', 'SOA')).status, 'NOTIMP');
  t.equal((await dig(dns.port, '+edns=1', '+noednsnegotiation', 'web.marathon.mesos')).status, 'BADVERS');
  t.equal((await dig(dns.port, '+noedns', 'web.marathon.mesos')).additional.length, 0);
});

t.test('many records: truncated over UDP, whole over TCP', { skip }, async (t) => {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  master.addAgent('x-S1', '10.0.0.1');
  master.addFramework('F1', 'marathon');
  for (let i = 0; i < 200; i++) {
    master.addTask({ id: `big.${i}`, name: 'big', agentId: 'x-S1', ip: `10.1.0.${i}`, ports: [31000 + i] });
  }
  const dns = await startTestDns(t, { master: master.authority });
  await dns.synced();
  const plain = await dig(dns.port, '+noedns', '+ignore', 'big.marathon.mesos');
  t.ok(plain.flags.includes('tc'));
  t.equal(plain.answer.length, 29, 'as many as fit into 512 octets');
  const edns = await dig(dns.port, '+bufsize=4096', '+ignore', 'big.marathon.mesos');
  t.ok(edns.flags.includes('tc') && /udp: 1232/.test(edns.text), 'OPT is kept');
  t.ok(edns.answer.length > 60 && edns.answer.length < 80, 'at most 1232 octets');
  const tcp = await dig(dns.port, '+tcp', 'big.marathon.mesos');
  t.notOk(tcp.flags.includes('tc'));
  t.equal(tcp.answer.length, 200);
  t.equal((await dig(dns.port, 'big.marathon.mesos')).answer.length, 200, 'dig asks again over TCP by itself');
  const srv = await dig(dns.port, '+tcp', '_big._tcp.marathon.mesos', 'SRV');
  t.equal(srv.answer.length, 200);
  t.equal(srv.additional.length, 200);
});

t.test('before a master was seen the answer is SERVFAIL', { skip }, async (t) => {
  const nobody = await freePort();
  const dns = await startTestDns(t, { master: `127.0.0.1:${nobody}` });
  t.equal((await dig(dns.port, 'web.marathon.mesos')).status, 'SERVFAIL');
  t.equal((await fetch(`${dns.http}/health`)).status, 503);
  const master = await startFakeMaster(nobody);
  t.teardown(() => master.stop());
  await dns.synced();
  t.equal((await dig(dns.port, 'web.marathon.mesos')).status, 'NXDOMAIN');
  t.equal((await fetch(`${dns.http}/health`)).status, 200);
});

t.test('when the master is gone the last good records are served', { skip }, async (t) => {
  const master = await startFakeMaster();
  master.addAgent('x-S1', '10.0.0.1');
  master.addFramework('F1', 'marathon');
  master.addTask({ id: 'web.1', name: 'web', agentId: 'x-S1', ip: '172.16.0.5' });
  const dns = await startTestDns(t, { master: master.authority });
  await dns.synced();
  await master.stop();
  await waitFor('the stream to be down', async () => (await dns.status()).source === 'poll');
  t.equal((await dig(dns.port, 'web.marathon.mesos')).answer.length, 1);

  const port = Number(master.authority.split(':')[1]);
  const next = await startFakeMaster(port);
  t.teardown(() => next.stop());
  next.id = 'master-2';
  await waitFor('the new stream', async () => (await dns.status()).source === 'stream');
  t.equal(
    (await dig(dns.port, 'web.marathon.mesos')).answer.length,
    1,
    'a new leader that knows no agent yet proves nothing',
  );
  next.addFramework('F1', 'marathon');
  next.addAgent('x-S1', '10.0.0.9');
  next.addTask({ id: 'web.1', name: 'web', agentId: 'x-S1', ip: '172.16.0.7' });
  await waitFor('the new address', async () =>
    (await dig(dns.port, 'web.marathon.mesos')).answer[0]?.endsWith('172.16.0.7'),
  );
});

t.test('without the event stream the state is polled', { skip }, async (t) => {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  master.api = 404;
  master.addAgent('x-S1', '10.0.0.1');
  master.addFramework('F1', 'marathon');
  const dns = await startTestDns(t, { master: master.authority, refreshSeconds: 1 });
  await dns.synced();
  t.match(await dns.status(), { source: 'poll', synced: true });
  master.addTask({ id: 'web.1', name: 'web', agentId: 'x-S1', ip: '172.16.0.5' });
  await waitFor('the task', async () => (await dig(dns.port, 'web.marathon.mesos')).answer.length === 1);
});

t.test('the cross-check repairs what the stream missed', { skip }, async (t) => {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  master.addAgent('x-S1', '10.0.0.1');
  master.addFramework('F1', 'marathon');
  const dns = await startTestDns(t, { master: master.authority, refreshSeconds: 1 });
  await dns.synced();
  master.silently(() => master.addTask({ id: 'web.1', name: 'web', agentId: 'x-S1', ip: '172.16.0.5' }));
  await waitFor('the task', async () => (await dig(dns.port, 'web.marathon.mesos')).answer.length === 1);
  t.match(await dns.status(), { source: 'stream' });
});

t.test('names outside go to the resolvers, in order, over the same transport', { skip }, async (t) => {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  master.addAgent('x-S1', '10.0.0.1');
  const other = await startTestDns(t, { master: master.authority, domain: 'example.com' });
  await other.synced();
  const dead = await freePort();
  const dns = await startTestDns(t, {
    master: master.authority,
    resolvers: [`127.0.0.1:${dead}`, `127.0.0.1:${other.port}`],
  });
  for (const transport of ['+notcp', '+tcp']) {
    const found = await dig(dns.port, transport, 'slave.example.com');
    t.match(found, { status: 'NOERROR', answer: ['slave.example.com. 60 IN A 10.0.0.1'] }, transport);
    t.equal((await dig(dns.port, transport, 'no.example.com')).status, 'NXDOMAIN', 'any reply ends the search');
  }
  await other.stop();
  t.equal((await dig(dns.port, 'slave.example.com')).status, 'NOERROR', 'that is remembered');
  t.equal((await dig(dns.port, 'master.example.com')).status, 'SERVFAIL', 'nobody answers');
});

t.test('a busy port is a clear error, on either transport and for HTTP', async (t) => {
  const base = { ...testDnsOptions, master: '127.0.0.1:1' };
  const context = { logger: silentLogger, fatal: () => undefined };
  const busy = await freePort();
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(busy, '127.0.0.1', resolve));
  t.teardown(() => socket.close());
  const message = (port: number, flag: string): RegExp => new RegExp(`port ${port} on 127.0.0.1 is in use.*--${flag}`);
  await t.rejects(startDns({ ...base, dnsPort: busy, dnsHttpPort: await freePort() }, context), {
    name: 'StartupError',
    message: message(busy, 'dns_port'),
  });
  const running = await startTestDns(t, { master: base.master });
  await t.rejects(startDns({ ...base, dnsPort: running.port, dnsHttpPort: await freePort() }, context), {
    message: message(running.port, 'dns_port'),
  });
  const httpPort = Number(running.http.split(':')[2]);
  await t.rejects(startDns({ ...base, dnsPort: await freePort(), dnsHttpPort: httpPort }, context), {
    message: message(httpPort, 'dns_http_port'),
  });
  const ports = { dnsPort: busy, dnsHttpPort: busy };
  await t.rejects(startDns({ ...base, ...ports, domain: 'a_b' }, context), { name: 'UsageError' });
  await t.rejects(startDns({ ...base, ...ports, resolvers: ['dns.example'] }, context), { name: 'UsageError' });
});
