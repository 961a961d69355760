import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { startKeeper } from '../../../src/dns/keep/keeper.js';
import type { Keeper } from '../../../src/dns/keep/keeper.js';
import { keptPaths, loadLastKnownGood, maxKeptAgeMs } from '../../../src/dns/keep/last-known-good.js';
import type { LastKnownGood } from '../../../src/dns/keep/last-known-good.js';
import type { ClusterView } from '../../../src/dns/source/cluster-view.js';
import { memoryLogger } from '../../support/memory-logger.js';
import type { LogLine } from '../../support/memory-logger.js';
import { waitFor } from '../../support/wait.js';
import { viewTask, viewWith } from '../support/cluster.js';

const whose = { master: 'zk://10.0.0.1:2181/mesos', domain: 'mesos' };
const start = Date.parse('2026-01-01T00:00:00Z');

interface Kept {
  readonly directory: string;
  readonly view: ClusterView;
  readonly keeper: Keeper;
  readonly lines: readonly LogLine[];
  /** May be set: what time it is, and when a master was last heard of. */
  readonly time: { nowMs: number; heardAtMs: number | undefined };
  /** Lets time pass, and the keeper look. */
  readonly pass: (ms: number) => void;
  readonly load: () => Promise<LastKnownGood | undefined>;
}

function keep(t: Test, directory = join(t.testdir(), 'dns')): Kept {
  const view = viewWith();
  const { logger, lines } = memoryLogger();
  const time: Kept['time'] = { nowMs: start, heardAtMs: undefined };
  const keeper = startKeeper({
    directory,
    whose,
    view,
    masters: () => ['10.0.0.1:5050'],
    heardAtMs: () => time.heardAtMs,
    clock: () => time.nowMs,
    logger,
    everyMs: 2,
  });
  t.teardown(() => keeper.stop());
  return {
    directory,
    view,
    keeper,
    lines,
    time,
    pass: (ms) => void (time.nowMs += ms),
    load: () => loadLastKnownGood(directory, whose, { nowMs: time.nowMs, logger }),
  };
}

t.test('changes are saved, and only those', async (t) => {
  const { view, keeper, time, pass, load, directory } = keep(t);
  view.setTask(viewTask({ id: 'web.1' }));
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.equal(keeper.status.saves, 0, 'nothing has been heard of any master: there is nothing that is known');
  time.heardAtMs = start;
  await waitFor('the first save', () => keeper.status.saves === 1);
  t.match(await load(), { heardAtMs: start, cluster: { tasks: [{ id: 'web.1' }], masters: ['10.0.0.1:5050'] } });

  pass(60_000);
  time.heardAtMs = start + 60_000;
  await waitFor('the time to be noted', async () => (await load())?.heardAtMs === start + 60_000);
  t.equal(keeper.status.saves, 1, 'the cluster was not written again for that');
  t.match(JSON.parse(readFileSync(keptPaths(directory).heard, 'utf8')), { ...whose, heardAtMs: start + 60_000 });

  view.setTask(viewTask({ id: 'web.2' }));
  await waitFor('the second save', () => keeper.status.saves === 2);
  pass(-3_600_000);
  view.setTask(viewTask({ id: 'web.3' }));
  await waitFor('the third save', () => keeper.status.saves === 3);
  pass(3_600_000);
  view.setTask(viewTask({ id: 'web.4' }));
  time.heardAtMs += 5;
  await keeper.stop();
  const last = await load();
  t.equal(last?.cluster.tasks.length, 4, 'the rest is saved at the end');
  t.equal(last?.heardAtMs, start + 60_000, 'and never is it of a time to come');
});

t.test('a directory that cannot be written to is one warning', async (t) => {
  const base = t.testdir({ dns: 'a file where the directory should be' });
  const { view, keeper, time, lines, pass, load } = keep(t, join(base, 'dns'));
  time.heardAtMs = start;
  view.setTask(viewTask({ id: 'web.1' }));
  await waitFor('the first failure', () => keeper.status.failures === 1);
  pass(30_000);
  await waitFor('the second failure', () => keeper.status.failures === 2);
  t.match(keeper.status, { saves: 0, savedAtMs: undefined, problem: /EEXIST|ENOTDIR/ });
  const warnings = lines.filter(({ level }) => level === 'warn');
  t.match(warnings, [{ message: 'what is known of the cluster cannot be kept on disk', reason: /EEXIST|ENOTDIR/ }]);
  t.equal(warnings.length, 1);

  rmSync(join(base, 'dns'));
  pass(30_000);
  await waitFor('the save', () => keeper.status.saves === 1);
  t.match(keeper.status, { failures: 2, problem: undefined, savedAtMs: start + 60_000 });
  t.match(lines.at(-1), { level: 'info', message: 'the cluster is kept on disk again' });
  t.equal((await load())?.cluster.tasks.length, 1);
});

t.test('what is of others, damaged or old is not used, and says so', async (t) => {
  const { view, keeper, time, directory } = keep(t);
  time.heardAtMs = start;
  view.setTask(viewTask({ id: 'web.1' }));
  await waitFor('the first save', () => keeper.status.saves === 1);
  await keeper.stop();

  const warnings = async (nowMs: number, other: Partial<typeof whose> = {}): Promise<unknown[]> => {
    const { logger, lines } = memoryLogger();
    const loaded = await loadLastKnownGood(directory, { ...whose, ...other }, { nowMs, logger });
    return loaded === undefined ? lines.filter(({ level }) => level === 'warn').map(({ reason }) => reason) : ['used'];
  };
  t.strictSame(await warnings(start + maxKeptAgeMs), ['used']);
  t.match(await warnings(start + maxKeptAgeMs + 1), [/2026-01-01T00:00:00.000Z, more than 7 days ago/]);
  t.match(await warnings(start, { master: 'h:1' }), [`it is about the masters ${whose.master}, not h:1`]);
  t.match(await warnings(start, { domain: 'other' }), ['it is about the domain mesos, not other']);
  t.strictSame(await warnings(start - 5_000), ['used'], 'a clock that was moved back is no reason');

  const { cluster, heard } = keptPaths(directory);
  writeFileSync(heard, 'garbage');
  t.strictSame(await warnings(start), ['used'], 'the time that the file itself says');
  writeFileSync(heard, JSON.stringify({ ...whose, domain: 'other', heardAtMs: start + maxKeptAgeMs }));
  t.match(await warnings(start + maxKeptAgeMs + 1), [/more than 7 days ago/], 'of another cluster');
  writeFileSync(cluster, 'garbage');
  t.match(await warnings(start), [/damaged/]);
  rmSync(cluster);
  t.strictSame(await warnings(start), [], 'nothing there is nothing to tell');
  mkdirSync(cluster);
  t.match(await warnings(start), [/not a file/]);
});
