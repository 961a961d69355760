import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import t from 'tap';
import { loadKept, removeLeftovers, saveKept, slicesOf } from '../../../src/dns/keep/cluster-file.js';
import { clusterNow, restoreInto } from '../../../src/dns/keep/kept-cluster.js';
import { endLine, keptLines } from '../../../src/dns/keep/kept-lines.js';
import { readKept } from '../../../src/dns/keep/read-kept.js';
import type { KeptReading } from '../../../src/dns/keep/read-kept.js';
import { killProcess } from '../../support/kill.js';
import { viewTask, viewWith } from '../support/cluster.js';
import { anyView } from './support/any-view.js';
import { emptyView, largeView, recordsOf } from './support/views.js';

const whose = { master: '10.0.0.1:5050', domain: 'mesos' };
const times = { savedAtMs: 2_000, heardAtMs: 1_000 };
const masters = ['10.0.0.1:5050'];

/** The bytes of a file with these lines. */
function fileOf(lines: readonly string[]): Buffer {
  const body = lines.map((line) => `${line}\n`).join('');
  return Buffer.from(`${body}${endLine(createHash('sha256').update(body).digest('hex'))}\n`);
}

function reasonOf(reading: KeptReading): string {
  return reading.type === 'unusable' ? reading.reason : 'none';
}

t.test('what is saved is what is loaded', async (t) => {
  const path = join(t.testdir(), 'a', 'b', 'cluster.jsonl');
  t.strictSame(await loadKept(path), { type: 'absent' });
  const view = viewWith(viewTask({ id: 'web.1' }), viewTask({ id: 'web.2', running: false }));
  const cluster = clusterNow(view, masters);
  await saveKept(path, whose, times, cluster);
  t.strictSame(await loadKept(path), { type: 'kept', whose, times, cluster });
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.equal(readFileSync(path, 'utf8').split('\n').length, 7, 'head, framework, agent, two tasks, end');
});

t.test('property: a loaded view has the same records', (t) => {
  fc.assert(
    fc.property(anyView, (view) => {
      const kept = readKept(fileOf([...keptLines(whose, times, clusterNow(view, masters))]));
      if (kept.type !== 'kept') return false;
      const loaded = emptyView();
      restoreInto(loaded, kept.cluster, { nowMs: 5_000, standings: true });
      return JSON.stringify(recordsOf(loaded)) === JSON.stringify(recordsOf(view));
    }),
    { numRuns: 200 },
  );
  t.end();
});

t.test('what a scheduler said is of use where there is one', (t) => {
  const view = viewWith(viewTask({ id: 'web.1' }), viewTask({ id: 'web.2' }));
  view.setStanding('web.1', 'withdrawn');
  const kept = readKept(fileOf([...keptLines(whose, times, clusterNow(view, masters))]));
  if (kept.type !== 'kept') throw new Error(kept.reason);
  for (const standings of [true, false]) {
    const loaded = emptyView();
    restoreInto(loaded, kept.cluster, { nowMs: 5_000, standings });
    t.strictSame([...loaded.standings], standings ? [['web.1', 'withdrawn']] : []);
  }
  t.end();
});

t.test('a large cluster is saved in turns, and a picture of one instant', async (t) => {
  const view = largeView(10_000);
  const cluster = clusterNow(view, masters);
  view.removeFramework('F1');
  const slices: Buffer[] = [];
  const turnsBefore: number[] = [];
  let turns = 0;
  for await (const slice of slicesOf(keptLines(whose, times, cluster), 1 << 30)) {
    slices.push(slice);
    turnsBefore.push(turns);
    setImmediate(() => turns++);
  }
  t.ok(slices.length > 40, `${slices.length} slices`);
  t.ok(slices.every(({ length }) => length < 66_000));
  t.strictSame(turnsBefore, [...slices.keys()], 'others have their turn after each');
  const reading = readKept(Buffer.concat(slices));
  t.equal(reading.type === 'kept' && reading.cluster.tasks.length, 10_000);
});

t.test('what is too large is not written, and the old file stays', async (t) => {
  const path = join(t.testdir(), 'cluster.jsonl');
  const small = clusterNow(largeView(1), masters);
  await saveKept(path, whose, times, small, 10_000);
  await t.rejects(
    saveKept(path, whose, times, clusterNow(largeView(1_000), masters), 10_000),
    /larger than 10000 bytes/,
  );
  t.match(await loadKept(path), { type: 'kept', cluster: small });
  t.strictSame(readdirSync(join(path, '..')), ['cluster.jsonl'], 'nothing is left behind');
});

t.test('a damaged file does not count', async (t) => {
  const bytes = fileOf([...keptLines(whose, times, clusterNow(viewWith(viewTask({ id: 'web.1' })), masters))]);
  t.equal(readKept(bytes).type, 'kept');
  const places = [...bytes.keys()].slice(0, -1);
  const believedWithout = places.filter((length) => readKept(bytes.subarray(0, length)).type === 'kept');
  t.strictSame(believedWithout, [], 'a part of it, of any length');
  const believedFlipped = places.filter((place) => {
    const flipped = Buffer.from(bytes);
    flipped[place] = (flipped[place] ?? 0) ^ 1;
    return readKept(flipped).type === 'kept';
  });
  t.strictSame(believedFlipped, [], 'with one bit changed, anywhere');
  for (const text of ['', '\n', 'null', '[]', '{}', '{"end":{}}\n'])
    t.equal(readKept(Buffer.from(text)).type, 'unusable');
  const directory = t.testdir({ 'cluster.jsonl': {} });
  t.match(await loadKept(join(directory, 'cluster.jsonl')), { type: 'unusable', reason: 'it is not a file' });
});

t.test('files of others, and of later versions', (t) => {
  const lines = [...keptLines(whose, times, clusterNow(viewWith(viewTask({ id: 'web.1' })), masters))];
  const head = JSON.parse(lines[0] ?? '') as object;
  const withHead = (change: object): Buffer => fileOf([JSON.stringify({ ...head, ...change }), ...lines.slice(1)]);
  t.match(reasonOf(readKept(withHead({ version: 2 }))), /version 2/);
  t.match(reasonOf(readKept(withHead({ kind: 'diary' }))), /something else/);
  t.match(reasonOf(readKept(withHead({ heardAtMs: 'now' }))), /first line/);
  t.match(reasonOf(readKept(withHead({ domain: 7 }))), /first line/);
  t.match(reasonOf(readKept(withHead({ heardAtMs: -1e300 }))), /first line/, 'there is no such date');

  const more = fileOf([
    JSON.stringify({ ...head, mood: 'good', leader: 'nobody' }),
    ...lines.slice(1),
    '{"rumour":{"id":"x"}}',
    'null',
    'not even JSON',
    '{"task":{"id":"web.9"}}',
    '{"agent":{"id":"S9","address":{"host":"10.9.9.9"}}}',
    '{"agent":{"id":"S8","address":{"host":"10.9.9.8","port":5051},"colour":"red"}}',
    '{"host":"node-1","addresses":["10.0.0.1",7]}',
    '{"standing":{"taskId":"web.1","is":"puzzled"}}',
  ]);
  const reading = readKept(more);
  if (reading.type !== 'kept') throw new Error(reading.reason);
  const { cluster } = reading;
  t.strictSame(cluster.leader, undefined);
  t.strictSame(
    cluster.tasks.map(({ id }) => id),
    ['web.1'],
  );
  t.strictSame(cluster.agents.at(-1), { id: 'S8', address: { host: '10.9.9.8', port: 5051 } });
  t.equal(cluster.agents.length, 2);
  t.strictSame(cluster.hostAddresses, [['node-1', ['10.0.0.1']]]);
  t.strictSame(cluster.standings, []);
  t.end();
});

t.test('a process that is killed while it saves leaves a whole file', async (t) => {
  const directory = t.testdir();
  const path = join(directory, 'cluster.jsonl');
  const script = fileURLToPath(new URL('support/saver-child.js', import.meta.url));
  for (let round = 0; round < 4; round++) {
    // through env(1), as tap adds its loaders to the NODE_OPTIONS of whatever a test starts
    const child = spawn('/usr/bin/env', ['-u', 'NODE_OPTIONS', process.execPath, script, path, JSON.stringify(whose)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    for (let writes = 0; writes <= round; writes++) await once(child.stdout, 'data');
    // Some way into the next one.
    for (let turns = 0; turns < 40 * round; turns++) await new Promise((resolve) => setImmediate(resolve));
    killProcess(child.pid);
    await ended;
    const reading = await loadKept(path);
    t.equal(reading.type, 'kept', reading.type === 'unusable' ? reading.reason : `round ${round}`);
    const count = reading.type === 'kept' ? reading.cluster.tasks.length : 0;
    t.ok(count === 300 || count === 600, `${count} tasks: one of the clusters, whole`);
  }
});

t.test('what killed processes left is removed, of others nothing', async (t) => {
  const directory = t.testdir({
    '.0123456789ab.tmp': 'old',
    '.ba9876543210.tmp': 'new',
    'note.tmp': 'of somebody else',
  });
  const now = Date.now();
  for (const name of ['.0123456789ab.tmp', 'note.tmp'])
    utimesSync(join(directory, name), now / 1000, now / 1000 - 3600);
  await removeLeftovers(directory, now);
  t.strictSame(readdirSync(directory).sort(), ['.ba9876543210.tmp', 'note.tmp']);
  await t.resolves(removeLeftovers(join(directory, 'absent'), now));
  mkdirSync(join(directory, 'x'));
  writeFileSync(join(directory, 'x', 'y'), '');
  await t.resolves(removeLeftovers(join(directory, 'x', 'y'), now), 'no directory at all');
});
