import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import t from 'tap';
import type { Test } from 'tap';
import { identifyProcess, isRunning } from '../../../src/common/process-identity.js';
import { silentLogger } from '../../../src/common/logger.js';
import type { NameData } from '../../../src/dns/served/zone-change.js';
import { startWorkers } from '../../../src/dns/workers/start-workers.js';
import { killProcess } from '../../support/kill.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { askAddress, startTestWorkers, testSettings, ToldZone } from './support/workers.js';

function zoneOf(names: Readonly<Record<string, NameData>>): ToldZone {
  const zone = new ToldZone();
  for (const [name, data] of Object.entries(names)) zone.names.set(name, data);
  return zone;
}

/** The counts are soon told. */
const often = { reportEveryMs: 20, maxSilentReports: 5_000 };

const webZone = (): ToldZone => zoneOf({ 'web.mesos': { a: ['10.0.0.1', '10.0.0.2'] } });

function identities(pids: readonly number[]) {
  return pids.flatMap((pid) => identifyProcess(pid) ?? []);
}

/** Waits until other processes serve than `former`, as many as `count`. */
function replaced(running: { workers: { workers(): readonly { pid: number; serving: boolean }[] } }, former: number[]) {
  const count = former.length;
  return waitFor('another worker', () => {
    const serving = running.workers.workers().filter((worker) => worker.serving);
    return serving.length >= count && serving.some(({ pid }) => !former.includes(pid));
  });
}

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

t.test('a worker that is killed is replaced, and meanwhile the others answer', async (t) => {
  const zone = webZone();
  const running = await startTestWorkers(t, zone, 2, { limits: often });
  const { workers, port, lines } = running;
  const former = running.pids();
  for (let i = 0; i < 10; i++) await askAddress(port, 'web.mesos');
  await waitFor('the counts', () => workers.counts.queriesUdp === 10);
  killProcess(former[0]);
  await waitFor('the end', () => !running.pids().includes(former[0] ?? 0));
  for (let i = 0; i < 10; i++) t.equal((await askAddress(port, 'web.mesos')).addresses.length, 2);
  zone.set([['api.mesos', { a: ['10.0.0.3'] }]]);
  await replaced(running, former);
  t.ok(running.pids().includes(former[1] ?? 0), 'the other one is the same');
  await workers.whenServed(zone.serial);
  t.match(workers.workers(), [{ names: 2 }, { names: 2 }]);
  await waitFor('the counts of all, also of the one that has ended', () => workers.counts.queriesUdp === 20);
  t.match(lines, [{ level: 'error', message: /was ended by SIGKILL, another one is started/ }]);
});

t.test('the only worker is killed: the next one opens the ports again', async (t) => {
  const running = await startTestWorkers(t, webZone(), 1);
  const former = running.pids();
  killProcess(former[0]);
  await replaced(running, former);
  t.equal((await askAddress(running.port, 'web.mesos')).addresses.length, 2);
});

t.test('a worker that does not move is ended and replaced', async (t) => {
  const stop = async (t: Test, limits: object, make: (zone: ToldZone, other: () => number | undefined) => unknown) => {
    const zone = webZone();
    const running = await startTestWorkers(t, zone, 2, { limits });
    const former = running.pids();
    killProcess(former[0], 'SIGSTOP');
    await make(zone, () => running.workers.workers().find(({ pid }) => pid === former[1])?.serial);
    await replaced(running, former);
    t.ok(running.pids().includes(former[1] ?? 0), 'the other one is the same');
    return running.lines.map(({ message }) => message).join();
  };
  await t.test('as it says nothing any more', async (t) => {
    t.match(await stop(t, { reportEveryMs: 20, maxSilentReports: 250 }, () => 0), /not said a word for too long/);
  });
  await t.test('as too much waits for it', async (t) => {
    const message = await stop(t, { maxWaitingWeight: 100 }, async (zone, other) => {
      for (let i = 0; i < 12; i++) {
        for (let j = 0; j < 10; j++) zone.set([[`n${i * 10 + j}.mesos`, { a: ['10.0.0.1'] }]]);
        await waitFor('the other one to follow', () => other() === zone.serial, { everyMs: 5 });
      }
    });
    t.match(message, /does not follow the changes/);
  });
});

t.test('when one after the other dies the name server cannot go on', async (t) => {
  const running = await startTestWorkers(t, webZone(), 1, { limits: { maxRestarts: 2 } });
  for (let lives = 1; lives <= 3; lives++) {
    const pid = await waitFor('a worker', () => running.workers.workers().find(({ serving }) => serving)?.pid);
    killProcess(pid);
    await waitFor('its end', () => !running.pids().includes(pid));
  }
  await waitFor('the failure', () => running.failures.length > 0);
  t.match(running.failures, [
    { name: 'StartupError', message: /was ended by SIGKILL, like 2 before it that did not last/ },
  ]);
  t.equal(running.lines.length, 2);
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

t.test('they end with close(), also one that does not move, and free the ports', async (t) => {
  const zone = webZone();
  const running = await startTestWorkers(t, zone, 2);
  const processes = identities(running.pids());
  t.equal(processes.length, 2);
  killProcess(processes[0]?.pid, 'SIGSTOP');
  await running.workers.close();
  t.notOk(processes.some(isRunning));
  t.strictSame(running.pids(), []);
  t.equal(zone.followers, 0);
  t.strictSame(running.lines, [], 'nobody complains of it');
  await startTestWorkers(t, zone, 1, { settings: { dnsPort: running.port } });
});

t.test('a signal to all the group is not for them', async (t) => {
  const running = await startTestWorkers(t, webZone(), 1);
  const before = running.pids();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) killProcess(before[0], signal);
  t.equal((await askAddress(running.port, 'web.mesos')).addresses.length, 2);
  t.strictSame(running.pids(), before);
});

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

t.test('IPv6, and both at once', { skip: !hasIpv6 && 'this machine has no IPv6' }, async (t) => {
  const { port } = await startTestWorkers(t, webZone(), 2, { settings: { host: '::' } });
  t.equal((await askAddress(port, 'web.mesos', '::1')).addresses.length, 2);
  t.equal((await askAddress(port, 'web.mesos')).addresses.length, 2);
});
