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
import { heldCommits, readCommits, readPages, tableOf } from './load.js';
import type { Page, PageTable } from './pages.js';
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

/** A store that moves while it is read is read anew so many times, with a pause between. */
const maxAttempts = 100;
const pauseMs = 50;
/** After so many pages it is looked what was committed meanwhile, before a checkpoint takes it out of the journal. */
const pagesAtATime = 64;

interface Reading {
  readonly client: ZooKeeperClient;
  readonly layout: StoreLayout;
  readonly read: Read;
}

interface Content {
  readonly table: PageTable;
  readonly changes: ReadonlyMap<string, Stored>;
  /** Large values by what refers to them, as they lie in their nodes. */
  readonly blobs: ReadonlyMap<string, Buffer>;
}

/** What is being read has moved: nothing of it can be used. */
class MovedError extends Error {}

async function baseOf({ layout, read }: Reading): Promise<number> {
  const { base } = JSON.parse((await read(layout.checkpoint)).toString()) as { base: number };
  return base;
}

/** Changes whenever a page is made or removed. */
async function shapeOf({ client, layout }: Reading): Promise<number | undefined> {
  return (await client.exists(layout.pages))?.childrenVersion;
}

/** The commits after `base`, without a gap, as far as they have been followed. */
class Tail {
  readonly #reading: Reading;
  readonly changes = new Map<string, Stored>();
  #sequence: number;

  constructor(reading: Reading, base: number) {
    this.#reading = reading;
    this.#sequence = base;
  }

  /** Adds what was committed since. Throws MovedError when some of it has gone into the pages already. */
  async follow(): Promise<void> {
    const { client, layout, read } = this.#reading;
    try {
      const { held, sequence } = heldCommits(await client.children(layout.journal), this.#sequence, layout);
      const { changes } = await readCommits(held, layout, read);
      for (const [key, stored] of changes) this.changes.set(key, stored);
      this.#sequence = sequence;
    } catch (error) {
      if (zooKeeperCodeOf(error) !== 'NO_NODE' && !(error instanceof StartupError)) throw error;
      if ((await baseOf(this.#reading)) > this.#sequence) throw new MovedError();
      throw error;
    }
    // Nothing new, because it was taken out already
    if ((await baseOf(this.#reading)) > this.#sequence) throw new MovedError();
  }
}

async function pagesOf(reading: Reading, tail: Tail): Promise<PageTable> {
  const { client, layout, read } = reading;
  const shape = await shapeOf(reading);
  const pages: Page[] = [];
  try {
    const names = await client.children(layout.pages);
    for (let start = 0; start < names.length; start += pagesAtATime) {
      pages.push(...(await readPages(names.slice(start, start + pagesAtATime), layout, read)));
      await tail.follow();
    }
    if ((await shapeOf(reading)) === shape) return tableOf(pages, layout);
  } catch (error) {
    if (zooKeeperCodeOf(error) !== 'NO_NODE' || (await shapeOf(reading)) === shape) throw error;
  }
  throw new MovedError();
}

/** The large values that are in force; undefined when one is gone, because a later commit has replaced it. */
async function blobsOf(
  { client, layout }: Reading,
  table: PageTable,
  { changes }: Tail,
): Promise<Content['blobs'] | undefined> {
  const blobs = new Map<string, Buffer>();
  for await (const [, stored] of storedRecords(table, [...changes].sort(byKey), '')) {
    const reference = blobReferenceOf(stored);
    if (stored === undefined || reference === undefined) continue;
    const body = await readBlobBody(client, layout, reference);
    if (body === undefined) return undefined;
    blobs.set(stored, body);
  }
  return blobs;
}

/**
 * What the nodes hold at one moment. Pages are read one after the other, some before a checkpoint came to them and some after it. All
 * commits that may be in one of them and not in another are laid over them, so that it makes no difference; only when a page was divided or
 * joined meanwhile, or a commit was missed, it is read anew (MovedError).
 */
async function readContent(reading: Reading): Promise<Content> {
  const tail = new Tail(reading, await baseOf(reading));
  await tail.follow();
  const table = await pagesOf(reading, tail);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const blobs = await blobsOf(reading, table, tail);
    if (blobs !== undefined) return { table, changes: tail.changes, blobs };
    await tail.follow();
  }
  throw new StartupError(`the store at ${reading.layout.root} is damaged: a large value is missing`);
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
      const content = await readContent(reading).catch((error: unknown) => {
        if (!(error instanceof MovedError)) throw error;
      });
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
