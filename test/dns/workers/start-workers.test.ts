import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { startWorkers } from '../../../src/dns/workers/start-workers.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { askAddress, often, startTestWorkers, testSettings, ToldZone, webZone } from './support/workers.js';

t.test('several processes answer from the same port, and follow the zone', async (t) => {
  const zone = webZone();
  const running = await startTestWorkers(t, zone, 2, { limits: often });
  const { workers, port } = running;
  t.equal(new Set(running.pids()).size, 2);
  t.notOk(running.pids().includes(process.pid));
  t.match(workers.workers(), [
    { serving: true, names: 1, serial: 1 },
    { serving: true, names: 1, serial: 1 },
  ]);
  t.strictSame((await askAddress(port, 'web.mesos')).addresses, ['10.0.0.1', '10.0.0.2']);

  const serial = zone.set([
    ['web.mesos', null],
    ['api.mesos', { a: ['10.0.0.3'] }],
    ['db.mesos', { a: ['10.0.0.4'] }],
  ]);
  await workers.whenServed(serial);
  for (const { names, serial: reached } of workers.workers()) t.strictSame([names, reached], [2, serial]);
  // whichever of them answers
  for (let i = 0; i < 10; i++) t.strictSame((await askAddress(port, 'api.mesos')).addresses, ['10.0.0.3']);
  t.equal((await askAddress(port, 'web.mesos')).rcode, 3);

  await waitFor('the counts', () => workers.counts.queriesUdp === 12);
  t.match(workers.counts, { noerror: 11, nxdomain: 1, queriesTcp: 0 });
});

t.test('a large zone is known as a whole before the first query is answered', async (t) => {
  const zone = new ToldZone();
  for (let i = 0; i < 5_000; i++) zone.names.set(`task-${i}.mesos`, { a: [`10.0.${i >> 8}.${i & 255}`] });
  const { workers, port } = await startTestWorkers(t, zone, 2);
  t.strictSame((await askAddress(port, 'task-4999.mesos')).addresses, ['10.0.19.135']);
  t.strictSame(
    workers.workers().map(({ names }) => names),
    [5_000, 5_000],
  );
});

t.test('as long as the cluster was not seen nothing is denied', async (t) => {
  const zone = new ToldZone();
  zone.synced = false;
  const { workers, port } = await startTestWorkers(t, zone, 1);
  t.equal((await askAddress(port, 'web.mesos')).rcode, 2);
  zone.synced = true;
  await workers.whenServed(zone.set([]));
  t.equal((await askAddress(port, 'web.mesos')).rcode, 3);
});

t.test('a port that cannot be had is a clear error, and nothing stays', async (t) => {
  const parts = (zone: ToldZone) => ({ subscribe: zone.subscribe, logger: silentLogger, fatal: () => undefined });
  const start = (port: number, zone: ToldZone, settings = {}) =>
    startWorkers(testSettings(port, settings), 2, parts(zone));
  const expected = (port: number) => ({
    name: 'StartupError',
    message: `port ${port} on 127.0.0.1 is in use by another program: choose another with --dns_port`,
  });
  const zone = webZone();
  await t.test('UDP', async (t) => {
    const port = await freePort();
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
    t.teardown(() => socket.close());
    await t.rejects(start(port, zone), expected(port));
  });
  await t.test('TCP', async (t) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => server.close());
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await t.rejects(start(port, zone), expected(port));
  });
  await t.rejects(start(await freePort(), zone, { resolvers: ['dns.example'] }), {
    name: 'UsageError',
    message: /dns_resolvers/,
  });
  t.equal(zone.followers, 0, 'nobody follows the zone any more');
});

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

t.test('IPv6, and both at once', { skip: !hasIpv6 && 'this machine has no IPv6' }, async (t) => {
  const { port } = await startTestWorkers(t, webZone(), 2, { settings: { host: '::' } });
  t.equal((await askAddress(port, 'web.mesos', '::1')).addresses.length, 2);
  t.equal((await askAddress(port, 'web.mesos')).addresses.length, 2);
});
