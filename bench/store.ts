import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../src/common/logger.js';
import type { Logger } from '../src/common/logger.js';
import { openEmbeddedStore } from '../src/scheduler/adapters/embedded/embedded-store.js';
import type { ZooKeeperStore } from '../src/scheduler/adapters/zookeeper/zookeeper-store.js';
import { openZooKeeperStore } from '../src/scheduler/adapters/zookeeper/zookeeper-store.js';
import type { ZooKeeperClient } from '../src/zookeeper/client.js';
import { largeStateTurns } from '../test/sim/large-state.js';
import { memoryLogger } from '../test/support/memory-logger.js';
import { startZooKeeper, withoutZooKeeper } from '../test/support/zookeeper.js';
import { zooKeeperClient } from '../test/support/zookeeper-client.js';
import { measureCheckpoint } from './store/checkpoint.js';
import { measureLoading } from './store/loading.js';
import { measureWriting, writeAll } from './store/writing.js';

const versions = 10;
const instances = 10;
/** Of what one commit of a few instances has in ZooKeeper. */
const bareBytes = 3_000;
const never = { commits: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER };

interface Servers {
  readonly name: string;
  readonly client: ZooKeeperClient;
}

function openAt(
  { client }: Servers,
  path: string,
  more: { readonly checkpointAfter?: typeof never; readonly logger?: Logger } = {},
): Promise<ZooKeeperStore> {
  return openZooKeeperStore({ client, path, holder: 'bench:0', logger: silentLogger, ...more });
}

async function measureSize(apps: number, workDir: string, one: Servers, three: Servers): Promise<void> {
  const turns = [...largeStateTurns({ apps, versions, instances })];
  const what = `${apps} apps × ${versions} versions × ${instances} instances`;
  const path = `/pages-${apps}`;
  const journal = `/journal-${apps}`;
  const embedded = { name: 'embedded store', open: () => openEmbeddedStore(join(workDir, String(apps)), silentLogger) };
  const both = [one, three].map((servers) => ({ name: servers.name, open: () => openAt(servers, path) }));

  const data = Buffer.alloc(bareBytes, 1);
  const bare = [one, three].map(({ name, client }) => ({
    name: `${name}: ${bareBytes / 1000} kB set in one node`,
    write: () => client.set('/bare', data),
  }));
  for (const { client } of [one, three]) {
    if ((await client.exists('/bare')) === undefined) await client.create('/bare', data);
  }
  await measureWriting(`Writing ${what}`, turns, [embedded, ...both], bare);

  const inJournal = {
    name: 'three ZooKeeper servers, all of it in the journal',
    open: () => openAt(three, journal, { checkpointAfter: never }),
  };
  await writeAll(turns, inJournal);
  await measureLoading(`Loading ${what}`, [
    embedded,
    ...both.map((store, n) => ({ ...store, at: { client: [one, three][n]?.client ?? one.client, path } })),
    { ...inJournal, at: { client: three.client, path: journal } },
  ]);

  const { logger, lines } = memoryLogger();
  const store = await openAt(three, journal, { logger });
  await measureCheckpoint(`Bringing ${what} into pages`, turns.at(-1) ?? [], {
    name: 'three ZooKeeper servers, all of it in one checkpoint',
    store,
    settled: () => lines.some(({ message }) => message === 'the journal is in the pages'),
  });
  await store.close();
}

/**
 * The store in ZooKeeper, with one and with three servers on this machine, next to the embedded one; all of them sync what they
 * acknowledge. Both are filled with what the core stores until so many apps, versions and instances are there.
 */
export async function measureStore(args: readonly string[]): Promise<void> {
  const lacking = withoutZooKeeper();
  if (lacking !== false) throw new Error(lacking);
  const apps = Number(args[0] ?? 1_000);
  const ends: (() => Promise<void>)[] = [];
  const lifetime = { teardown: (end: () => Promise<void>) => ends.unshift(end) };
  const workDir = mkdtempSync(join(tmpdir(), 'ekiden-bench-store-'));
  try {
    const start = async (name: string, count: 1 | 3): Promise<Servers> => {
      const { hosts } = await startZooKeeper(lifetime, count, { synced: true });
      return { name, client: zooKeeperClient(lifetime, hosts, { sessionTimeoutMs: 30_000 }) };
    };
    const one = await start('one ZooKeeper server', 1);
    const three = await start('three ZooKeeper servers', 3);
    await measureSize(Math.max(10, Math.round(apps / 10)), workDir, one, three);
    await measureSize(apps, workDir, one, three);
  } finally {
    for (const end of ends) await end();
    rmSync(workDir, { recursive: true, force: true });
  }
}
