import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, StartupError } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { Opened } from '../../common/opened.js';
import { formatServer } from '../../zookeeper/address.js';
import { inOrder } from '../../zookeeper/candidates.js';
import type { ZooKeeperClient } from '../../zookeeper/client.js';
import { ZooKeeperError, zooKeeperCodeOf } from '../../zookeeper/errors.js';
import { childPath } from '../../zookeeper/paths.js';
import { openEmbeddedStore } from '../adapters/embedded/embedded-store.js';
import { StoreFencedError } from '../adapters/zookeeper/fence.js';
import { readZooKeeperStore } from '../adapters/zookeeper/read-store.js';
import { openZooKeeperStore } from '../adapters/zookeeper/zookeeper-store.js';
import type { SchedulerOptions, ZooKeeperOptions } from '../options.js';
import { openSession } from '../own-zookeeper-store.js';
import type { Store } from '../ports/store.js';
import { StoreLockedError } from '../ports/store.js';
import type { BackupSource } from './write-backup.js';

/** Where the state of a scheduler is that does not run, or that is left alone. */
export interface StatePlace extends Pick<SchedulerOptions, 'workDir' | 'zookeeper'> {
  /** For people who look into ZooKeeper: who has held the store. */
  readonly holder: string;
  readonly logger: Logger;
}

function storeDirectory({ workDir }: StatePlace): string {
  return join(workDir, 'scheduler', 'store');
}

/** A directory, or `zk://…` without a password. */
export function nameOfPlace(place: StatePlace): string {
  if (place.zookeeper === undefined) return storeDirectory(place);
  const { servers, path } = place.zookeeper.address;
  return `zk://${servers.map(formatServer).join(',')}${path}`;
}

async function connect(zookeeper: ZooKeeperOptions, place: StatePlace, opened: Opened): Promise<ZooKeeperClient> {
  const client = opened.add(openSession(zookeeper, place));
  await client.connected(zookeeper.sessionTimeoutMs);
  return client;
}

/** `use` with the embedded store, which must be free. */
async function withEmbedded<Result>(
  place: StatePlace,
  { mustExist, whenLocked }: { readonly mustExist: boolean; readonly whenLocked: string },
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  const directory = storeDirectory(place);
  if (mustExist) {
    await access(join(directory, 'CURRENT')).catch((error: unknown) => {
      throw new StartupError(
        `there is no store in ${directory}: --work_dir must be that of the scheduler, or --zk its ZooKeeper (${messageOf(error)})`,
      );
    });
  }
  let store: Store;
  try {
    store = await openEmbeddedStore(directory, place.logger);
  } catch (error) {
    if (!(error instanceof StoreLockedError)) throw error;
    throw new StartupError(`a scheduler has the store in ${directory} open: ${whenLocked}`, { cause: error });
  }
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** `use` with a session; what ZooKeeper refuses is one line. */
async function withZooKeeper<Result>(
  zookeeper: ZooKeeperOptions,
  place: StatePlace,
  use: (client: ZooKeeperClient, opened: Opened) => Promise<Result>,
): Promise<Result> {
  const opened = new Opened();
  try {
    return await use(await connect(zookeeper, place, opened), opened);
  } catch (error) {
    if (error instanceof StoreFencedError) {
      const why = 'a scheduler was started meanwhile and has taken the store';
      throw new StartupError(`${nameOfPlace(place)}: ${why}. Stop all of them first`, { cause: error });
    }
    if (!(error instanceof ZooKeeperError)) throw error;
    throw new StartupError(`${nameOfPlace(place)}: ${error.message}`, { cause: error });
  } finally {
    await opened.close();
  }
}

/**
 * Lets `use` read the state, which holds still meanwhile. In ZooKeeper that is a view of one moment, and a scheduler may lead and write;
 * the embedded store must not be open elsewhere. Throws StartupError, one line that names the way out.
 */
export function readStoredState<Result>(
  place: StatePlace,
  use: (source: BackupSource) => Promise<Result>,
): Promise<Result> {
  const { zookeeper } = place;
  if (zookeeper === undefined) {
    const whenLocked =
      'stop it first, or let it write the backup itself with DELETE /v2/leader?backup=file:///… (--backup_location), after which it starts anew';
    return withEmbedded(place, { mustExist: true, whenLocked }, (store) =>
      use({ store, epoch: undefined, holder: undefined }),
    );
  }
  return withZooKeeper(zookeeper, place, async (client) => {
    const { address, maxConcurrency } = zookeeper;
    const snapshot = await readZooKeeperStore({ client, path: address.path, concurrency: maxConcurrency });
    return use({ store: snapshot, epoch: snapshot.epoch, holder: snapshot.holder });
  });
}

/** Schedulers that stand for election, the leader first, by the address that each has given. */
async function candidatesOf(client: ZooKeeperClient, path: string): Promise<string[]> {
  const folder = childPath(path, 'leader');
  const absent = <Nothing>(nothing: Nothing) => {
    return (error: unknown): Nothing => {
      if (zooKeeperCodeOf(error) === 'NO_NODE') return nothing;
      throw error;
    };
  };
  const names = inOrder(await client.children(folder).catch(absent<string[]>([])));
  const addresses = await Promise.all(
    names.map((name) =>
      client
        .get(childPath(folder, name))
        .then(({ data }) => data.toString() || 'one without an address', absent(undefined)),
    ),
  );
  return addresses.filter((address) => address !== undefined);
}

/**
 * Lets `use` change the state, of which no scheduler may make use meanwhile: with the embedded store none can, in ZooKeeper none may stand
 * for election, and one that does not take part in it loses the store and ends. Throws StartupError, one line that names the way out.
 */
export function changeStoredState<Result>(
  place: StatePlace,
  { mustExist }: { readonly mustExist: boolean },
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  const { zookeeper, holder, logger } = place;
  if (zookeeper === undefined) {
    return withEmbedded(place, { mustExist, whenLocked: 'stop it first' }, use);
  }
  return withZooKeeper(zookeeper, place, async (client, opened) => {
    const { address, compression, maxConcurrency } = zookeeper;
    const running = await candidatesOf(client, address.path);
    if (running.length > 0) {
      throw new StartupError(
        `schedulers use the store at ${nameOfPlace(place)}: ${running.join(', ')}. Stop all of them first; one that was killed is gone when its session is (--zk_session_timeout)`,
      );
    }
    if (mustExist && (await client.exists(childPath(address.path, 'ekiden'))) === undefined) {
      throw new StartupError(`there is no store at ${nameOfPlace(place)}: is the path that of the scheduler?`);
    }
    const store = opened.add(
      await openZooKeeperStore({
        client,
        path: address.path,
        holder,
        compression,
        concurrency: maxConcurrency,
        logger,
      }),
    );
    return use(store);
  });
}
