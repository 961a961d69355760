// ekiden backup, restore and forget-framework as the processes that an operator starts.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Test } from 'tap';
import t from 'tap';
import { silentLogger } from '../../src/common/logger.js';
import { sleep } from '../../src/common/time.js';
import { openEmbeddedStore } from '../../src/scheduler/adapters/embedded/embedded-store.js';
import { readZooKeeperStore } from '../../src/scheduler/adapters/zookeeper/read-store.js';
import { openZooKeeperStore } from '../../src/scheduler/adapters/zookeeper/zookeeper-store.js';
import { writeBackupFile } from '../../src/scheduler/backup/write-backup.js';
import type { StoreOperation } from '../../src/scheduler/core/effects.js';
import type { Store } from '../../src/scheduler/ports/store.js';
import { ensurePath } from '../../src/zookeeper/paths.js';
import { contentOf, sampleRecords } from '../scheduler/backup/support.js';
import { killProcess } from '../support/kill.js';
import { createMemoryStore } from '../support/memory-store.js';
import { startZooKeeper, withoutZooKeeper } from '../support/zookeeper.js';
import { zooKeeperClient } from '../support/zookeeper-client.js';

t.setTimeout(180_000);

const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (status) => resolve({ status, stdout, stderr })));
  return { child, ended };
}
const ekiden = (...args: string[]): Promise<Ended> => start(args).ended;

const storeOf = (workDir: string): Promise<Store> =>
  openEmbeddedStore(join(workDir, 'scheduler', 'store'), silentLogger);

/** Does something with the embedded store, and leaves it free. */
async function withStore<Result>(workDir: string, use: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await storeOf(workDir);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function backupOf(path: string, records: readonly StoreOperation[]): Promise<Map<string, string>> {
  const store = createMemoryStore();
  await store.write(records);
  await writeBackupFile(path, { store, epoch: undefined, holder: undefined }, Date.now());
  return contentOf(store);
}

const resident = (appId: string) => ({ appId, reservation: { volumes: [] } });

t.test('with the embedded store', async (t) => {
  const workDir = t.testdir();
  const flags = ['--work_dir', workDir];
  const file = join(workDir, 'state.json.gz');
  const absent = await ekiden('backup', ...flags, '--file', file);
  t.match(absent, {
    status: 1,
    stdout: '',
    stderr: /^ekiden backup: there is no store in .*--work_dir must be that of/,
  });
  t.notOk((await readdir(workDir)).includes('scheduler'), 'and none is made');

  const store = await storeOf(workDir);
  await store.write(sampleRecords(3));
  const content = await contentOf(store);
  for (const command of ['backup', 'restore', 'forget-framework']) {
    await backupOf(join(workDir, 'other.json'), []);
    const named = command === 'forget-framework' ? [] : ['--file', join(workDir, 'other.json')];
    const locked = await ekiden(command, ...flags, ...named);
    t.match(
      locked,
      { status: 1, stdout: '', stderr: /: a scheduler has the store in .* open: stop it first/ },
      command,
    );
    t.equal(locked.stderr.split('\n').length, 2, 'one line');
    if (command === 'backup') t.match(locked.stderr, 'DELETE /v2/leader?backup=file:///');
  }
  await store.close();

  const made = await ekiden('backup', ...flags, '--file', file);
  t.match(made, {
    status: 0,
    stderr: '',
    stdout: /is backed up to .*state\.json\.gz: 3 apps, 3 versions, 2 groups, 1 framework id\n$/,
  });
  t.equal((await stat(file)).mode & 0o777, 0o600);
  const text = gunzipSync(await readFile(file)).toString();
  const printed = await ekiden('backup', ...flags, '--file=-');
  t.match(printed, { status: 0, stderr: /is backed up to the standard output/ });
  t.same(printed.stdout.split('\n').slice(1, -2), text.split('\n').slice(1, -2), 'nothing but the backup');
  const lost = await ekiden('backup', ...flags, '--file', join(workDir, 'no', 'x.json'));
  t.match(lost, { status: 1, stderr: /could not be written to .*: there is no directory .*no\n$/ });

  await withStore(workDir, (other) =>
    other.write([
      { key: 'app:/later', value: { versions: [] } },
      { key: 'framework-id', value: 'framework-2' },
    ]),
  );
  const restored = await ekiden('restore', ...flags, '--file', file);
  t.match(restored, { status: 0, stderr: '' });
  t.match(restored.stdout, /is restored from .*state\.json\.gz, of 20/);
  t.match(
    restored.stdout,
    /before: {4}4 apps, .*\n {2}now: {7}3 apps, .*\n {2}framework: framework-1: its tasks are taken over/,
  );
  t.same(await withStore(workDir, contentOf), content);

  const elsewhere = join(workDir, 'elsewhere');
  const fresh = await ekiden('restore', '--work_dir', elsewhere, '--file', file, '--without_framework_id');
  t.match(fresh, {
    status: 0,
    stdout: /before: {4}no records\n[^]*framework-1 is left out: the scheduler registers as a new/,
  });
  t.equal((await withStore(elsewhere, contentOf)).size, content.size - 1);

  await writeFile(file, (await readFile(file)).subarray(0, 200));
  t.match(await ekiden('restore', ...flags, '--file', file), {
    status: 1,
    stderr: /state\.json\.gz, line \d+: unexpected end of file\n$/,
  });
  t.same(await withStore(workDir, contentOf), content, 'nothing is touched');
  t.match(await ekiden('restore', ...flags, '--file', '-'), { status: 2, stderr: /give a file/ });
  t.match(await ekiden('restore', ...flags), { status: 2, stderr: /--file is required/ });
  t.match(await ekiden('backup', '--http_port', '1'), {
    status: 2,
    stderr: /--http_port is an option of ekiden up and ekiden/,
  });
});

t.test('forget-framework', async (t) => {
  const workDir = t.testdir();
  const flags = ['--work_dir', workDir];
  t.match(await ekiden('forget-framework', ...flags), { status: 1, stderr: /there is no store in/ });
  await withStore(workDir, (store) =>
    store.write([
      ...sampleRecords(1),
      { key: 'instance:a', value: { appId: '/g/app-0' } },
      { key: 'instance:b', value: resident('/db') },
      { key: 'instance:c', value: resident('/db') },
    ]),
  );
  const forgotten = await ekiden('forget-framework', ...flags);
  t.match(forgotten, { status: 0, stderr: '', stdout: /has forgotten the framework framework-1\n/ });
  t.match(forgotten.stdout, /of the 3 stored instances[^]*wait for theirs in vain:\n {2}\/db \(2\)\n/);
  const content = await withStore(workDir, contentOf);
  t.notOk(content.has('framework-id'));
  t.ok(content.has('app:/g/app-0'));
  t.match(await ekiden('forget-framework', ...flags), {
    status: 0,
    stdout: /knows no framework id: nothing to forget/,
  });
});

/**
 * Restores again and again and kills the process, later when nothing had happened yet, earlier when everything had: the kills come ever
 * closer to the moment that decides. Whatever is found then must be what was there before or the backup.
 */
async function killedRestores(
  t: Test,
  args: readonly string[],
  files: readonly (readonly [file: string, content: ReadonlyMap<string, string>])[],
  read: () => Promise<Map<string, string>>,
): Promise<void> {
  const restore = (file: string) => start(['restore', ...args, '--file', file]);
  const [first, second] = files;
  if (first === undefined || second === undefined) throw new Error('two files are needed');
  const startedMs = performance.now();
  t.equal((await restore(first[0]).ended).status, 0);
  const tookMs = performance.now() - startedMs;
  t.same(await read(), first[1]);
  let present = first;
  let outcomes = '';
  let [early, late] = [0.3, 1.5];
  for (let round = 0; round < 6; round++) {
    const part = (early + late) / 2;
    const wanted = present === first ? second : first;
    const { child, ended } = restore(wanted[0]);
    await sleep(tookMs * part);
    if (child.exitCode === null) killProcess(child.pid);
    await ended;
    const found = JSON.stringify([...(await read())]);
    const isNew = found === JSON.stringify([...wanted[1]]);
    const isOld = found === JSON.stringify([...present[1]]);
    t.ok(isNew || isOld, `killed after ${Math.round(tookMs * part)} ms: before or after, nothing between`);
    if (isNew) [present, late] = [wanted, part];
    else early = part;
    outcomes += isNew ? 'N' : 'o';
  }
  t.comment(`old or new: ${outcomes}`);
}

/** Two backups of thousands of records that have little in common. */
async function twoBackups(folder: string) {
  const [one, two] = [join(folder, 'one.json'), join(folder, 'two.json')];
  const second = sampleRecords(2_000).map(({ key, value }) =>
    typeof value === 'object' ? { key, value: { ...value, changed: true } } : { key, value },
  );
  return [
    [one, await backupOf(one, sampleRecords(3_000))],
    [two, await backupOf(two, second)],
  ] as const;
}

t.test('a restore that is killed has happened or not: the embedded store', async (t) => {
  const workDir = t.testdir();
  await killedRestores(t, ['--work_dir', workDir], await twoBackups(workDir), () => withStore(workDir, contentOf));
});

t.test('with ZooKeeper', { skip: withoutZooKeeper() }, async (t) => {
  const folder = t.testdir();
  const { hosts } = await startZooKeeper(t);
  const client = zooKeeperClient(t, hosts, { sessionTimeoutMs: 10_000 });
  const zk = (path: string): string[] => ['--zk', `zk://${hosts}${path}`];
  const file = join(folder, 'state.json');

  await t.test('a backup while a scheduler leads, a restore only when none runs', async (t) => {
    const absent = await ekiden('backup', ...zk('/none'), '--file', file);
    t.match(absent, { status: 1, stdout: '', stderr: /^ekiden backup: there is no store at \/none\/ekiden/ });
    t.match(await ekiden('forget-framework', ...zk('/none')), {
      status: 1,
      stderr: /there is no store at zk:.*\/none/,
    });

    const store = await openZooKeeperStore({ client, path: '/m', holder: 'leader:8080', logger: silentLogger });
    await store.write(sampleRecords(4));
    const content = await contentOf(store);
    await ensurePath(client, '/m/leader');
    const nodes: string[] = [];
    for (const address of ['leader:8080', 'standby:8080']) {
      nodes.push(await client.create('/m/leader/x-', Buffer.from(address), 'ephemeralSequential'));
    }
    const made = await ekiden('backup', ...zk('/m'), '--file', file);
    t.match(made, { status: 0, stderr: '', stdout: /4 apps, .*, as of epoch 1 \(leader:8080\)\n$/ });
    await store.write([{ key: 'app:/later', value: { versions: [] } }]);
    t.equal(await store.get('framework-id'), 'framework-1', 'the leader goes on, and writes');

    for (const args of [['restore', '--file', file], ['forget-framework']]) {
      t.match(await ekiden(...args, ...zk('/m')), {
        status: 1,
        stdout: '',
        stderr: /schedulers use the store at zk:.*: leader:8080, standby:8080\. Stop all of them first/,
      });
    }
    for (const node of nodes) await client.remove(node);
    t.match(await ekiden('restore', ...zk('/m'), '--file', file), { status: 0, stdout: /now: {7}4 apps/ });
    await t.rejects(
      store.write([{ key: 'a', value: {} }]),
      { name: 'StoreFencedError' },
      'who led before cannot write',
    );
    const snapshot = await readZooKeeperStore({ client, path: '/m', concurrency: 8 });
    t.same(await contentOf(snapshot), content);
    t.match(snapshot.holder, /^ekiden restore on /);
    t.match(await ekiden('forget-framework', ...zk('/m')), {
      status: 0,
      stdout: /has forgotten the framework framework-1/,
    });

    // From there into an embedded store
    const workDir = join(folder, 'work');
    await mkdir(workDir);
    t.equal((await ekiden('restore', '--work_dir', workDir, '--file', file)).status, 0);
    t.same(await withStore(workDir, contentOf), content);
  });

  await t.test('servers that do not answer', async (t) => {
    const flags = ['--zk', 'zk://127.0.0.1:1/m', '--zk_session_timeout', '500'];
    t.match(await ekiden('backup', ...flags, '--file', file), {
      status: 1,
      stderr: /^ekiden backup: zk:\/\/127\.0\.0\.1:1\/m: .*\n$/,
    });
  });

  await t.test('a restore that is killed has happened or not', async (t) => {
    await killedRestores(t, zk('/killed'), await twoBackups(folder), async () =>
      contentOf(await readZooKeeperStore({ client, path: '/killed', concurrency: 32 })),
    );
  });
});
