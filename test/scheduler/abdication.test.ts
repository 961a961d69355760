import { mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { silentLogger } from '../../src/common/logger.js';
import { createAbdication } from '../../src/scheduler/abdication.js';
import { startScheduler } from '../../src/scheduler/start.js';
import { ask } from '../e2e/support/http.js';
import { options } from '../support/fake-service.js';
import { createMemoryStore } from '../support/memory-store.js';
import { freePort } from '../support/ports.js';
import { waitFor } from '../support/wait.js';

interface Scheduler {
  api(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; text: string; json: { message: string } }>;
  appIds(): Promise<string[]>;
  /** Statuses with which the process was to end. */
  readonly ends: readonly number[];
  /** Ends it, as the process does then. */
  stop(): Promise<void>;
}

/** The real scheduler over the embedded store, without a master. */
async function start(t: Test, workDir: string, backupLocation?: string): Promise<Scheduler> {
  const httpPort = await freePort();
  const ends: number[] = [];
  const handle = await startScheduler(
    { ...options, master: '127.0.0.1:1', httpPort, workDir, backupLocation },
    { logger: silentLogger, fatal: (_error, status) => void ends.push(status) },
  );
  t.teardown(() => handle.stop('self'));
  const api: Scheduler['api'] = async (method, path, body) => {
    const { status, text } = await ask(httpPort, path, { method, ...(body === undefined ? {} : { body }) });
    return { status, text, json: JSON.parse(text) as { message: string } };
  };
  return {
    api,
    ends,
    async appIds() {
      const { apps } = (await api('GET', '/v2/apps')).json as unknown as { apps: { id: string }[] };
      return apps.map(({ id }) => id).sort();
    },
    stop: () => handle.stop('self'),
  };
}

const app = (id: string) => ({ id, cmd: 'sleep 1', instances: 1 });

t.test('a backup is written, and a later one restored, before the process ends', async (t) => {
  const workDir = t.testdir({ backups: { deep: {} } });
  const backups = join(workDir, 'backups');
  const uri = (name: string): string => `file://${join(backups, name)}`;
  let scheduler = await start(t, workDir, uri('usual.json.gz'));
  t.equal((await scheduler.api('POST', '/v2/apps', app('/one'))).status, 201);

  const gave = await scheduler.api('DELETE', `/v2/leader?backup=${uri('deep/first.json')}`);
  t.equal(gave.status, 200, gave.text);
  t.equal(gave.json.message, 'Leadership abdicated');
  t.same(scheduler.ends, [], 'the answer goes first');
  t.equal((await scheduler.api('POST', '/v2/apps', app('/late'))).status, 503, 'what would not be in it is not taken');
  t.equal((await scheduler.api('DELETE', '/v2/leader')).status, 200, 'said again');
  t.equal((await scheduler.api('DELETE', `/v2/leader?backup=${uri('x')}`)).status, 503);
  await waitFor('the end', () => scheduler.ends.length > 0);
  t.same(scheduler.ends, [103]);
  await scheduler.stop();
  t.match(await readFile(join(backups, 'deep', 'first.json'), 'utf8'), '"app:/one"');
  t.equal((await stat(join(backups, 'deep', 'first.json'))).mode & 0o777, 0o600);

  scheduler = await start(t, workDir, uri('usual.json.gz'));
  t.same(await scheduler.appIds(), ['/one']);
  t.equal((await scheduler.api('POST', '/v2/apps', app('/two'))).status, 201);
  t.equal((await scheduler.api('DELETE', '/v2/apps/one?force=true')).status, 200);
  await waitFor('the end of it', async () => (await scheduler.appIds()).join() === '/two');
  const restored = await scheduler.api('DELETE', `/v2/leader?restore=${uri('deep/first.json')}`);
  t.equal(restored.status, 200, restored.text);
  await waitFor('the end', () => scheduler.ends.length > 0);
  await scheduler.stop();
  t.same((await readdir(backups)).sort(), ['deep', 'usual.json.gz'], 'what was there went to the usual place');

  scheduler = await start(t, workDir, uri('usual.json.gz'));
  t.same(await scheduler.appIds(), ['/one']);
  const back = await scheduler.api('DELETE', `/v2/leader?restore=${uri('usual.json.gz')}&backup=${uri('other.json')}`);
  t.equal(back.status, 200, back.text);
  await waitFor('the end', () => scheduler.ends.length > 0);
  await scheduler.stop();
  scheduler = await start(t, workDir);
  t.same(await scheduler.appIds(), ['/two']);
});

t.test('what cannot be done is refused, and the scheduler goes on to lead', async (t) => {
  const workDir = t.testdir({ backups: { usual: {}, folder: { 'x.txt': '' } }, elsewhere: {}, 'backups-too': {} });
  const backups = join(workDir, 'backups');
  await symlink(join(workDir, 'elsewhere'), join(backups, 'link'));
  await writeFile(join(workDir, 'elsewhere', 'secret'), 'secret');
  await symlink(join(workDir, 'elsewhere', 'secret'), join(backups, 'secret'));
  await writeFile(join(backups, 'broken.json'), '{}\n');
  const uri = (name: string): string => `file://${join(workDir, name)}`;
  const cases: readonly (readonly [query: string, status: number, why: RegExp])[] = [
    ['backup=nothing', 422, /must be a URI like/],
    ['backup=file://host/x', 422, /must be a URI like/],
    ['backup=file:///x%252fy', 422, /must be a URI like/],
    [`backup=${uri('elsewhere/x')}`, 422, /must be in .*backups, the directory of --backup_location/],
    [`backup=${uri('backups-too/x')}`, 422, /must be in/],
    [`backup=${uri('backups/../elsewhere/x')}`, 422, /must be in/],
    [`backup=${uri('backups/link/x')}`, 422, /must be in/],
    [`backup=${uri('backups/absent/x')}`, 422, /there is no directory .*absent/],
    [`backup=${uri('backups/folder')}`, 500, /The backup could not be written to .*, and the leadership is kept: /],
    [`restore=${uri('backups/absent')}`, 422, /there is no file .*absent/],
    [`restore=${uri('backups/secret')}`, 422, /must be in/],
    [`restore=${uri('backups/broken.json')}&backup=${uri('backups/x')}`, 422, /broken\.json, line 1: this is not/],
    [`restore=${uri('backups/broken.json')}&backup=${uri('backups/broken.json')}`, 422, /is the file that the present/],
    ['backup=s3://bucket/key', 501, /S3 is not supported/],
  ];
  let scheduler = await start(t, workDir, uri('backups/usual.json'));
  for (const [query, status, why] of cases) {
    const refused = await scheduler.api('DELETE', `/v2/leader?${query}`);
    t.equal(refused.status, status, query);
    t.match(refused.text, why, query);
  }
  t.notOk((await readdir(backups)).includes('x'), 'nothing is written when the restore is refused');
  t.equal((await scheduler.api('POST', '/v2/apps', app('/one'))).status, 201, 'it goes on');
  t.same(scheduler.ends, []);
  await scheduler.stop();

  scheduler = await start(t, workDir, uri('gone/usual.json'));
  const failed = await scheduler.api('DELETE', '/v2/leader');
  t.equal(failed.status, 500, 'the usual place is no good');
  t.match(failed.json.message, /^The backup could not be written to .*there is no directory .*gone/);
  t.equal((await scheduler.api('POST', '/v2/apps', app('/two'))).status, 201);
  await mkdir(join(workDir, 'gone'));
  t.equal((await scheduler.api('DELETE', '/v2/leader')).status, 200, 'and then it is');
  await waitFor('the end', () => scheduler.ends.length > 0);
  await scheduler.stop();

  scheduler = await start(t, workDir);
  const unset = await scheduler.api('DELETE', `/v2/leader?backup=${uri('backups/x')}`);
  t.equal(unset.status, 422);
  t.match(unset.text, 'needs --backup_location');
  t.same(await scheduler.appIds(), ['/one', '/two']);
});

t.test('a backup that never comes to its end takes the process along', async (t) => {
  const backup = `file://${join(t.testdir(), 'state.json')}`;
  const ends: { readonly message: string; readonly status: number }[] = [];
  const forever = new Promise<never>(() => undefined);
  const abdicate = createAbdication({
    engine: { pause: () => Promise.resolve(), resume: () => undefined },
    store: { ...createMemoryStore(), get: () => forever },
    options: { ...options, backupLocation: backup },
    fatal: ({ message }, status) => ends.push({ message, status }),
    logger: silentLogger,
    clock: Date.now,
    pauseLimitMs: 20,
  });
  void abdicate({ backup });
  t.match(await waitFor('its end', () => ends[0]), { status: 103, message: /not done within 20 ms/ });
});
