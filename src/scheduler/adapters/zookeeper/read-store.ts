import { createLimiter } from '../../../common/concurrency.js';
import { StartupError } from '../../../common/errors.js';
import { sleep } from '../../../common/time.js';
import type { ZooKeeperClient } from '../../../zookeeper/client.js';
import { zooKeeperCodeOf } from '../../../zookeeper/errors.js';
import type { ReadableStore } from '../../ports/store.js';
import { blobReferenceOf, readBlobBody } from './blobs.js';
import { decodeBody } from './body.js';
import { parseFence } from './fence.js';
import type { StoreLayout } from './layout.js';
import { storeLayout } from './layout.js';
import type { Read } from './load.js';
import { heldCommits, loadPages, readCommits } from './load.js';
import type { PageTable } from './pages.js';
import { pageIndexOf } from './pages.js';
import type { Stored, StoredRecord } from './records.js';
import { byKey, findRecord } from './records.js';
import { storedRecords } from './stored-records.js';

/** The records as they were together at one moment; what is written later is not seen. */
export interface StoreSnapshot extends ReadableStore {
  /** How many processes had held the store. */
  readonly epoch: number;
  /** `host:port` of the last one. */
  readonly holder: string;
}

/** A store that changes its pages all the time is read anew so many times, with a pause between. */
const maxAttempts = 100;
const pauseMs = 50;

interface Reading {
  readonly client: ZooKeeperClient;
  readonly layout: StoreLayout;
  readonly read: Read;
}

interface Content {
  readonly table: PageTable;
  readonly changes: Map<string, Stored>;
  /** Large values by what refers to them, as they lie in their nodes. */
  readonly blobs: Map<string, Buffer>;
}

async function baseOf({ layout, read }: Reading): Promise<number> {
  const { base } = JSON.parse((await read(layout.checkpoint)).toString()) as { base: number };
  return base;
}

const sortedNames = async ({ client, layout }: Reading): Promise<string> =>
  (await client.children(layout.pages)).sort().join();

/**
 * What the nodes hold; undefined when it is not of one moment. While a checkpoint is under way a page may be read before or after it: the
 * journal, which is read after the pages and stays until the checkpoint is done, says the same of both. So nothing was mixed up when
 * the checkpoint is not done in between, and no page was divided or joined.
 */
async function tryToRead(reading: Reading): Promise<Content | undefined> {
  const { client, layout, read } = reading;
  const base = await baseOf(reading);
  const pages = await sortedNames(reading);
  const isStill = async (): Promise<boolean> =>
    (await baseOf(reading)) === base && (await sortedNames(reading)) === pages;
  try {
    const table = await loadPages(pages === '' ? [] : pages.split(','), layout, read);
    const { held } = heldCommits(await client.children(layout.journal), base, layout);
    const { changes } = await readCommits(held, layout, read);
    const blobs = new Map<string, Buffer>();
    for await (const [, stored] of storedRecords(table, [...changes].sort(byKey), '')) {
      const reference = blobReferenceOf(stored);
      if (stored === undefined || reference === undefined) continue;
      const body = await readBlobBody(client, layout, reference);
      if (body === undefined) {
        if (await isStill()) throw new StartupError(`the store at ${layout.root} is damaged: a large value is missing`);
        return undefined;
      }
      blobs.set(stored, body);
    }
    return (await isStill()) ? { table, changes, blobs } : undefined;
  } catch (error) {
    // What was looked for may have gone into other nodes
    if (zooKeeperCodeOf(error) !== 'NO_NODE' && !(error instanceof StartupError)) throw error;
    if (await isStill()) throw error;
    return undefined;
  }
}

function snapshotOf({ table, changes, blobs }: Content, epoch: number, holder: string): StoreSnapshot {
  async function valueOf(stored: string): Promise<unknown> {
    const body = blobs.get(stored);
    return JSON.parse(body === undefined ? stored : await decodeBody(body)) as unknown;
  }
  const storedOf = async (key: string): Promise<Stored> => {
    if (changes.has(key)) return changes.get(key);
    const page = table[pageIndexOf(table, key)];
    return page === undefined ? undefined : findRecord(await decodeBody(page.body), key);
  };
  return {
    epoch,
    holder,
    async get(key) {
      const stored = await storedOf(key);
      return stored === undefined ? undefined : valueOf(stored);
    },
    async *list(prefix) {
      const over: StoredRecord[] = [...changes].filter(([key]) => key.startsWith(prefix)).sort(byKey);
      for await (const [key, stored] of storedRecords(table, over, prefix)) {
        if (stored !== undefined) yield [key, await valueOf(stored)];
      }
    },
  };
}

/**
 * Reads the store below `path` as it is at one moment, while another process may hold it and write: nothing is changed, and nobody is
 * disturbed. It holds all that was acknowledged before this was called. All of it is kept in memory, compressed as it lies in ZooKeeper.
 * Throws StartupError when there is no store, when it cannot be read, and when it never stood still; ZooKeeperError when ZooKeeper does
 * not answer.
 */
export async function readZooKeeperStore(options: {
  readonly client: ZooKeeperClient;
  /** Of `--zk`. */
  readonly path: string;
  /** Nodes read at once. */
  readonly concurrency: number;
}): Promise<StoreSnapshot> {
  const { client, path } = options;
  const layout = storeLayout(path);
  const limited = createLimiter(options.concurrency);
  const reading: Reading = { client, layout, read: (node) => limited(async () => (await client.get(node)).data) };
  try {
    // Goes through the majority of the servers, so that the one that answers here has caught up with what was acknowledged before.
    await client.multi([{ type: 'check', path: layout.fence }]);
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const { epoch, holder } = parseFence(await reading.read(layout.fence), layout.root);
      const content = await tryToRead(reading);
      if (content !== undefined) return snapshotOf(content, epoch, holder);
      await sleep(pauseMs);
    }
  } catch (error) {
    if (zooKeeperCodeOf(error) !== 'NO_NODE') throw error;
    throw new StartupError(`there is no store at ${layout.root}: is the path in --zk that of the scheduler?`);
  }
  throw new StartupError(
    `the store at ${layout.root} has changed too quickly to be read ${maxAttempts} times: try again when less is going on`,
  );
}
