import fc from 'fast-check';
import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Test } from 'tap';
import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { openEmbeddedStore } from '../../../src/scheduler/adapters/embedded/embedded-store.js';
import { formatKinds, kindsOf } from '../../../src/scheduler/backup/kinds.js';
import { BackupError, readBackupFile } from '../../../src/scheduler/backup/read-backup.js';
import { restoreBackup } from '../../../src/scheduler/backup/restore-backup.js';
import { writeBackupFile, writeBackupStream } from '../../../src/scheduler/backup/write-backup.js';
import type { Store } from '../../../src/scheduler/ports/store.js';
import { createMemoryStore } from '../../support/memory-store.js';
import { backupText, contentOf, sampleRecords } from './support.js';

const nowMs = Date.UTC(2026, 10, 20, 12);
const source = (store: Store) => ({ store, epoch: 7, holder: 'a:8080' });

async function directory(t: Test): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'ekiden-backup-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return made;
}

async function filledStore(apps: number): Promise<Store> {
  const store = createMemoryStore();
  await store.write(sampleRecords(apps));
  return store;
}

async function refusalOf(path: string): Promise<string> {
  try {
    await readBackupFile(path);
  } catch (error) {
    if (error instanceof BackupError) return error.message;
    throw error;
  }
  return 'it was read';
}

t.test('a state goes from one store to another, plain and compressed', async (t) => {
  const folder = await directory(t);
  const store = await filledStore(20);
  for (const name of ['state.json', 'state.json.gz']) {
    const path = join(folder, name);
    const { header } = await writeBackupFile(path, source(store), nowMs);
    t.match(header, {
      format: 1,
      time: '2026-11-20T12:00:00.000Z',
      epoch: 7,
      holder: 'a:8080',
      frameworkId: 'framework-1',
    });
    t.equal((await stat(path)).mode & 0o777, 0o600, 'nobody else can read it');

    const other = await openEmbeddedStore(join(folder, `store of ${name}`), silentLogger);
    await other.write([
      { key: 'app:/old', value: { versions: [] } },
      { key: 'framework-id', value: 'another' },
    ]);
    const restored = await restoreBackup(other, await readBackupFile(path), { withoutFrameworkId: false });
    t.same(await contentOf(other), await contentOf(store), 'everything, and nothing else');
    t.equal(formatKinds(restored.before), '1 app, 1 framework id');
    t.equal(formatKinds(restored.now), '20 apps, 20 versions, 2 groups, 1 framework id');
    t.equal(restored.frameworkId, 'framework-1');
    await other.close();
  }
  t.same(
    (await readdir(folder)).filter((name) => name.startsWith('.')),
    [],
    'no temporary file is left',
  );
});

t.test('it is one JSON document, and two of one state differ in the first line alone', async (t) => {
  const folder = await directory(t);
  const store = await filledStore(3);
  const texts: string[] = [];
  for (const time of [nowMs, nowMs + 1000]) {
    const path = join(folder, String(time));
    await writeBackupFile(path, source(store), time);
    texts.push(await readFile(path, 'utf8'));
  }
  const document = JSON.parse(texts[0] ?? '') as { records: object; end: { records: number } };
  t.same(new Map(Object.entries(document.records).map(([k, v]) => [k, JSON.stringify(v)])), await contentOf(store));
  t.equal(document.end.records, 9);
  const [one, two] = texts.map((text) => text.split('\n'));
  t.same(
    one?.flatMap((line, n) => (line === two?.[n] ? [] : [n])),
    [0, (one?.length ?? 0) - 2],
    'and in the sum',
  );

  let streamed = '';
  await writeBackupStream(async (bytes) => void (streamed += bytes.toString()), source(store), nowMs);
  t.equal(streamed, texts[0]);
  await writeBackupFile(join(folder, 'state.gz'), source(store), nowMs);
  t.equal(gunzipSync(await readFile(join(folder, 'state.gz'))).toString(), texts[0]);
});

t.test('an empty store', async (t) => {
  const path = join(await directory(t), 'empty.json');
  await writeBackupFile(path, { store: createMemoryStore(), epoch: undefined, holder: undefined }, nowMs);
  const store = await filledStore(1);
  const { now } = await restoreBackup(store, await readBackupFile(path), { withoutFrameworkId: false });
  t.equal((await contentOf(store)).size, 0);
  t.equal(formatKinds(now), 'no records');
});

t.test('10,000 records', async (t) => {
  const path = join(await directory(t), 'large.json.gz');
  const store = await filledStore(5_000);
  const { kinds } = await writeBackupFile(path, source(store), nowMs);
  t.equal(kinds.get('app'), 5_000);
  const other = createMemoryStore();
  await restoreBackup(other, await readBackupFile(path), { withoutFrameworkId: false });
  t.same(await contentOf(other), await contentOf(store));
});

t.test('without the framework id', async (t) => {
  const path = join(await directory(t), 'state.json');
  const store = await filledStore(1);
  await writeBackupFile(path, source(store), nowMs);
  const restored = await restoreBackup(store, await readBackupFile(path), { withoutFrameworkId: true });
  t.equal(restored.frameworkId, undefined);
  t.equal(await store.get('framework-id'), undefined, 'also where there was one');
  t.equal((await contentOf(store)).size, 4);
});

t.test('what cannot be restored is refused with its line', async (t) => {
  const folder = await directory(t);
  const path = join(folder, 'bad.json');
  const cases: readonly (readonly [text: string | Buffer, why: RegExp])[] = [
    ['', /bad\.json, line 1: the file is empty/],
    ['{}\n', /line 1: this is not the beginning of a backup of Ekiden/],
    [
      backupText(['"records":{', '},'], 0, { format: 2, ekiden: '9.9.9' }),
      /line 1: the backup has format 2, .* use Ekiden 9\.9\.9/,
    ],
    [backupText(['"records":{', '},'], 0, { format: 0 }), /line 1: what the backup says of itself/],
    [backupText(['"records":{', '},'], 0, { frameworkId: 7 }), /line 1: what the backup says of itself/],
    [backupText(['"things":{', '},'], 0), /line 2: it must be "records":\{/],
    [backupText(['"records":{', '"a":{},', '"a":{}', '},'], 2), /line 4: the key "a" is there twice/],
    [backupText(['"records":{', '"b":{},', '"a":{}', '},'], 2), /line 4: the keys are not in order/],
    [backupText(['"records":{', '"a":{', '},'], 1), /line 3: it is not JSON/],
    [backupText(['"records":{', '"a":1,"a":2', '},'], 1), /line 3: it is not JSON/],
    [backupText(['"records":{', '"a":1', '},'], 1), /line 3: the value of "a" is neither an object nor text/],
    [backupText(['"records":{', '"":{}', '},'], 1), /line 3: "" is not a key/],
    [backupText(['"records":{', '"a":{},', '},'], 1), /line 4: it is not a record/],
    [backupText(['"records":{', '"a":{}', '"b":{}', '},'], 2), /line 4: a comma is missing/],
    [backupText(['"records":{', '"a":{}', '},'], 2), /line 5: there must be 2 records, and there are 1/],
    [backupText(['"records":{', '},'], 0).replace('0.1.0', '0.1.1'), /line 4: .* the backup was damaged or changed/],
    [`${backupText(['"records":{', '},'], 0)}\n`, /line 5: nothing may follow the end/],
    [Buffer.concat([Buffer.from(backupText(['"records":{'], 0)), Buffer.from([0xff, 10])]), /line 3: /],
    [gzipSync(backupText(['"records":{', '},'], 0)).subarray(0, -10), /bad\.json, line \d: unexpected end of file/],
    [
      backupText(['"records":{', '"app:/a":{"versions":["1"]}', '},'], 1),
      /bad\.json: a scheduler could not start with it: version 1 of \/a/,
    ],
    [
      backupText(['"records":{', '"app:/a":{}', '},'], 1),
      /a scheduler could not start with it: it is not what Ekiden stores/,
    ],
  ];
  for (const [text, why] of cases) {
    await writeFile(path, text);
    t.match(await refusalOf(path), why);
  }
  await writeFile(path, backupText(['"records":{', '"version:/a@1":{"env":{"PASSWORD":"hunter2"x}}', '},'], 1));
  const refusal = await refusalOf(path);
  t.match(refusal, /line 3: it is not JSON$/);
  t.notMatch(refusal, /hunter2/, 'what apps have in their environment is not shown');
  t.match(await refusalOf(join(folder, 'absent')), /absent: there is no such file/);
  t.match(await refusalOf(folder), /: it is not a file/);
  await symlink('/dev/zero', join(folder, 'endless'));
  t.match(await refusalOf(join(folder, 'endless')), /: it is not a file/);
});

t.test('a backup that was cut off or changed anywhere is refused', async (t) => {
  const folder = await directory(t);
  const whole = join(folder, 'whole');
  await writeBackupFile(whole, source(await filledStore(2)), nowMs);
  const bytes = await readFile(whole);
  const path = join(folder, 'part');
  const isRefused = async (content: Buffer): Promise<boolean> => {
    await writeFile(path, content);
    return /line \d+: /.test(await refusalOf(path));
  };
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), (end) => isRefused(bytes.subarray(0, end))),
    { numRuns: 60 },
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ change;
      return isRefused(changed);
    }),
    { numRuns: 120 },
  );
  t.equal((await readBackupFile(whole)).records.length, 7);
});

t.test('what was there before stays when a backup cannot be written', async (t) => {
  const folder = await directory(t);
  const path = join(folder, 'state.json.gz');
  await writeFile(path, 'the last one');
  const store = await filledStore(2);
  const broken: Store = {
    ...store,
    async *list() {
      yield ['a', {}];
      await Promise.resolve();
      throw new Error('the disk is gone');
    },
  };
  await t.rejects(writeBackupFile(path, source(broken), nowMs), { message: 'the disk is gone' });
  t.equal(await readFile(path, 'utf8'), 'the last one');
  t.same(await readdir(folder), ['state.json.gz']);

  await chmod(path, 0o644);
  await writeBackupFile(path, source(store), nowMs);
  t.equal((await stat(path)).mode & 0o777, 0o600, 'of a file that others could read, too');
});

t.test('kinds are counted by what their keys begin with', (t) => {
  t.equal(formatKinds(kindsOf(['zoo:1', 'app:/a:b', 'framework-id', 'zoo:2'])), '1 app, 1 framework id, 2 zoo');
  t.end();
});
