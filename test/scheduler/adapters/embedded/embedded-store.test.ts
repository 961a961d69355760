import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { StartupError } from '../../../../src/common/errors.js';
import type { Logger } from '../../../../src/common/logger.js';
import { silentLogger } from '../../../../src/common/logger.js';
import { openEmbeddedStore } from '../../../../src/scheduler/adapters/embedded/embedded-store.js';
import { StoreLockedError } from '../../../../src/scheduler/ports/store.js';

function listeningLogger(lines: string[]): Logger {
  const say = (_: object, message: string): void => void lines.push(message);
  return { debug: say, info: say, warn: say, error: say, child: () => listeningLogger(lines) };
}

t.test('a store that is open cannot be opened again, and the error says what to do', async (t) => {
  const directory = t.testdir();
  const store = await openEmbeddedStore(directory, silentLogger);
  const error = await openEmbeddedStore(directory, silentLogger).catch((e: unknown) => e);
  t.type(error, StoreLockedError);
  t.match(error, { message: /another process has the store in .* open: .*--work_dir/ });
  await store.close();
  await (await openEmbeddedStore(directory, silentLogger)).close();
});

t.test('a damaged store is repaired, once and audibly', async (t) => {
  const directory = t.testdir();
  const store = await openEmbeddedStore(directory, silentLogger);
  await store.write([{ key: 'a', value: { n: 1 } }]);
  await store.close();
  await writeFile(`${directory}/CURRENT`, 'no manifest');
  const lines: string[] = [];
  const repaired = await openEmbeddedStore(directory, listeningLogger(lines));
  t.match(lines, [/damaged/, /repaired/]);
  t.same(await repaired.get('a'), { n: 1 });
  await repaired.close();
  const quiet: string[] = [];
  await (await openEmbeddedStore(directory, listeningLogger(quiet))).close();
  t.same(quiet, []);
});

t.test('a directory that cannot be one is a start-up error', async (t) => {
  const directory = t.testdir({ file: 'text' });
  await t.rejects(openEmbeddedStore(`${directory}/file`, silentLogger), StartupError);
  t.equal(await readFile(`${directory}/file`, 'utf8'), 'text');
});

t.test('kill -9 at any instant: all that was acknowledged is there, and every write is whole', async (t) => {
  const directory = t.testdir();
  const parts = 7;
  let next = 0;
  let acknowledged = -1;
  for (const killAfter of [1, 40, 150]) {
    const script = fileURLToPath(new URL('store-writer.js', import.meta.url));
    const child = spawn(process.execPath, [script, directory, String(next), String(parts)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    let seen = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Math.max(acknowledged, Number(line));
      if (++seen === killAfter) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    t.equal(child.signalCode, 'SIGKILL', `after ${seen} acknowledgements`);

    const store = await openEmbeddedStore(directory, silentLogger);
    const found = new Map<string, number>();
    for await (const [key] of store.list('g')) {
      const generation = key.slice(0, key.indexOf('/'));
      found.set(generation, (found.get(generation) ?? 0) + 1);
    }
    await store.close();
    t.same(
      [...found].filter(([, count]) => count !== parts),
      [],
      'no write is torn',
    );
    t.ok(found.size > acknowledged, `${found.size} writes are there, ${acknowledged + 1} were acknowledged`);
    next = found.size;
  }
});
