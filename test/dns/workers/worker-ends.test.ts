import t from 'tap';
import type { Test } from 'tap';
import { identifyProcess, isRunning } from '../../../src/common/process-identity.js';
import { killProcess } from '../../support/kill.js';
import { waitFor } from '../../support/wait.js';
import { askAddress, often, startTestWorkers, webZone } from './support/workers.js';
import type { TestWorkers, ToldZone } from './support/workers.js';

function identities(pids: readonly number[]) {
  return pids.flatMap((pid) => identifyProcess(pid) ?? []);
}

/** Waits until other processes serve than `former`, as many as `count`. */
function replaced(running: TestWorkers, former: readonly number[]) {
  const count = former.length;
  return waitFor('another worker', () => {
    const serving = running.workers.workers().filter((worker) => worker.serving);
    return serving.length >= count && serving.some(({ pid }) => !former.includes(pid));
  });
}

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
