import { messageOf } from '../../../common/errors.js';
import type { Logger } from '../../../common/logger.js';
import { createWriteQueue } from '../../../common/write-queue.js';
import type { ZooKeeperClient } from '../../../zookeeper/client.js';
import { zooKeeperCodeOf } from '../../../zookeeper/errors.js';
import { childPath, ensurePath } from '../../../zookeeper/paths.js';
import type { MultiOperation } from '../../../zookeeper/requests.js';
import type { StoreOperation } from '../../core/effects.js';
import type { Store } from '../../ports/store.js';
import { blobNames, blobOf, blobReferenceOf, readBlob } from './blobs.js';
import type { Compression } from './body.js';
import { cut, decodeBody, encodeBody } from './body.js';
import { pageSteps } from './checkpoint.js';
import type { Fence } from './fence.js';
import { multisOf, takeFence } from './fence.js';
import type { StoreLayout } from './layout.js';
import {
  formatJournalName,
  maxInlineBytes,
  maxKeyBytes,
  maxMultiBytes,
  maxMultiOperations,
  maxNodeBytes,
  storeLayout,
} from './layout.js';
import type { Loaded } from './load.js';
import { loadStore } from './load.js';
import { pageIndexOf } from './pages.js';
import type { PageTable } from './pages.js';
import type { Stored } from './records.js';
import { byKey, findRecord, formatRecord } from './records.js';
import { storedRecords } from './stored-records.js';

export interface ZooKeeperStoreOptions {
  /** Stays the caller's. When its session is over, no write succeeds any more. */
  readonly client: ZooKeeperClient;
  /** Of `--zk`; the store lies in `ekiden` below it. */
  readonly path: string;
  /** The node by which this process takes part in the election; undefined without an election. */
  readonly candidate?: string;
  /** `host:port` of this process, for people who look into ZooKeeper. */
  readonly holder: string;
  readonly compression?: Compression;
  /** Nodes read at once while the store is opened; Marathon's `--zk_max_concurrency`. */
  readonly concurrency?: number;
  /** The pages are brought up to date after so many commits, or so many bytes of them. */
  readonly checkpointAfter?: { readonly commits: number; readonly bytes: number };
  readonly logger: Logger;
}

/** A store that knows how many processes have held it. */
export interface ZooKeeperStore extends Store {
  /** One more than that of whoever held it before. */
  readonly epoch: number;
}

const defaultCompression: Compression = { enabled: true, thresholdBytes: 1_024 };
const defaultCheckpointAfter = { commits: 256, bytes: 4 << 20 };
/** Writes wait for the checkpoint when the journal has grown to so many times what starts one. */
const patience = 8;
/** Of what is written at once, in code units before compression. */
const maxBatchSize = 1 << 20;
/** A commit is tried again for so many session timeouts. */
const retrySessions = 2;

interface Change {
  readonly key: string;
  readonly text: Stored;
}

class LiveStore implements ZooKeeperStore {
  readonly #client: ZooKeeperClient;
  readonly #layout: StoreLayout;
  readonly #fence: Fence;
  readonly #compression: Compression;
  readonly #checkpointAfter: { readonly commits: number; readonly bytes: number };
  readonly #logger: Logger;
  readonly #queue = createWriteQueue<Change>({ commit: (changes) => this.#commit(changes), maxBatchSize });
  #table: PageTable;
  /** Committed since the last checkpoint began, or found in the journal. */
  #recent: Map<string, Stored>;
  /** What a checkpoint is bringing into the pages, under `#recent`. */
  #settling: ReadonlyMap<string, Stored> = new Map();
  /** Nodes of the commits in `#recent`. */
  #journal: string[];
  #journalBytes: number;
  #sequence: number;
  /** The last commit that is in the pages. */
  #base: number;
  #checkpointVersion: number;
  #ids = 0;
  #bytesWritten = 0;
  /** Values that newer commits have replaced before they came into a page. */
  #freed: string[] = [];
  #checkpoint: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: ZooKeeperStoreOptions, layout: StoreLayout, fence: Fence, loaded: Loaded) {
    this.#client = options.client;
    this.#layout = layout;
    this.#fence = fence;
    this.#compression = options.compression ?? defaultCompression;
    this.#checkpointAfter = options.checkpointAfter ?? defaultCheckpointAfter;
    this.#logger = options.logger;
    this.#table = loaded.table;
    this.#recent = loaded.changes;
    this.#journal = [...loaded.journal];
    this.#journalBytes = loaded.journalBytes;
    this.#sequence = loaded.sequence;
    this.#base = loaded.base;
    this.#checkpointVersion = loaded.checkpointVersion;
  }

  get epoch(): number {
    return this.#fence.epoch;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  async get(key: string): Promise<unknown> {
    let missing: Stored;
    for (;;) {
      const stored = await this.#lookUp(key);
      if (stored === undefined) return undefined;
      const text = await this.#textOf(stored);
      if (text !== undefined) return JSON.parse(text) as unknown;
      // A large value that is gone was replaced between the look and the reading, or is really missing.
      if (stored === missing)
        throw new Error(`the store at ${this.#layout.root} is damaged: ${key} has lost its value`);
      missing = stored;
    }
  }

  async *list(prefix: string): AsyncGenerator<readonly [key: string, value: unknown]> {
    const table = this.#table;
    const changes = [...new Map([...this.#settling, ...this.#recent])].filter(([key]) => key.startsWith(prefix));
    changes.sort(byKey);
    for await (const [key, stored] of storedRecords(table, changes, prefix)) {
      const value = await this.#valueOf(key, stored);
      if (value !== undefined) yield [key, value];
    }
  }

  async write(operations: readonly StoreOperation[]): Promise<void> {
    if (this.#closing !== undefined) throw new Error(`the store at ${this.#layout.root} is closed`);
    const changes = operations.map(changeOf);
    const size = changes.reduce((sum, { key, text }) => sum + key.length + (text?.length ?? 0), 0);
    await this.#queue.write({ operations: changes, size });
    this.#bytesWritten += size;
  }

  close(): Promise<void> {
    this.#closing ??= this.#queue.idle().then(async () => {
      while (this.#checkpoint !== undefined) await this.#checkpoint;
    });
    return this.#closing;
  }

  async #lookUp(key: string): Promise<Stored> {
    if (this.#recent.has(key)) return this.#recent.get(key);
    if (this.#settling.has(key)) return this.#settling.get(key);
    const page = this.#table[pageIndexOf(this.#table, key)];
    return page === undefined ? undefined : findRecord(await decodeBody(page.body), key);
  }

  async #textOf(stored: string): Promise<string | undefined> {
    const reference = blobReferenceOf(stored);
    return reference === undefined ? stored : readBlob(this.#client, this.#layout, reference);
  }

  /** Undefined when the record was deleted since it was listed. */
  async #valueOf(key: string, stored: Stored): Promise<unknown> {
    if (stored === undefined) return undefined;
    const text = await this.#textOf(stored);
    return text === undefined ? this.get(key) : (JSON.parse(text) as unknown);
  }

  async #commit(batch: readonly Change[]): Promise<void> {
    if (this.#isOverdue(patience)) await this.#checkpoint;
    this.#throwFailure();

    const changes = new Map<string, Stored>();
    const blobs: MultiOperation[] = [];
    for (const [key, text] of new Map(batch.map((change) => [change.key, change.text]))) {
      if (text === undefined || Buffer.byteLength(text) <= maxInlineBytes) {
        changes.set(key, text);
        continue;
      }
      const blob = await blobOf(this.#nextId(), text, { layout: this.#layout, compression: this.#compression });
      blobs.push(...blob.operations);
      changes.set(key, blob.reference);
    }
    const sequence = this.#sequence + 1;
    const body = await encodeBody([...changes].map(formatRecord).join(''), this.#compression);
    const parts = cut(body, maxNodeBytes);
    const names = parts.map((_, part) => formatJournalName({ sequence, part, parts: parts.length }));
    const nodes = names.map((name, part): MultiOperation => {
      return { type: 'create', path: childPath(this.#layout.journal, name), data: parts[part] ?? Buffer.alloc(0) };
    });
    // All but the last of these multis write what nothing refers to yet.
    for (const operations of multisOf([...blobs, ...nodes], { bytes: maxMultiBytes, operations: maxMultiOperations })) {
      await this.#fence.commit(operations);
    }

    this.#sequence = sequence;
    this.#journal.push(...names);
    this.#journalBytes += body.length;
    for (const [key, stored] of changes) {
      const before = this.#recent.get(key);
      if (blobReferenceOf(before) !== undefined) this.#freed.push(before ?? '');
      this.#recent.set(key, stored);
    }
    if (this.#isOverdue(1) && this.#checkpoint === undefined) this.startCheckpoint();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #isOverdue(times: number): boolean {
    const { commits, bytes } = this.#checkpointAfter;
    return this.#journal.length >= commits * times || this.#journalBytes >= bytes * times;
  }

  #nextId(): string {
    return `${this.epoch}-${++this.#ids}`;
  }

  /** Begins to bring the journal into the pages, beside the commits that follow. */
  startCheckpoint(): void {
    this.#checkpoint = this.#runCheckpoint().then(
      () => {
        this.#checkpoint = undefined;
        // Commits of meanwhile may be enough for the next one, and no other may follow
        if (this.#isOverdue(1)) this.startCheckpoint();
      },
      (error: unknown) => {
        this.#checkpoint = undefined;
        // What the pages hold is unknown now: whoever goes on must read them anew.
        this.#failure = { error };
        this.#logger.error({ reason: messageOf(error) }, 'the store could not bring its journal into its pages');
      },
    );
  }

  async #runCheckpoint(): Promise<void> {
    const layout = this.#layout;
    const base = this.#sequence;
    const journal = this.#journal;
    const freed = this.#freed;
    this.#settling = this.#recent;
    this.#recent = new Map();
    this.#journal = [];
    this.#journalBytes = 0;
    this.#freed = [];

    const changes = [...this.#settling].sort(byKey);
    const steps = pageSteps(this.#table, changes, {
      layout,
      compression: this.#compression,
      nextId: () => this.#nextId(),
      freed: (stored) => freed.push(stored),
    });
    for await (const { operations, table } of steps) {
      await this.#settle(undefined, operations);
      this.#table = table;
    }
    await this.#settle(base, []);
    this.#settling = new Map();

    const superfluous = [
      ...journal.map((name) => childPath(layout.journal, name)),
      ...freed.flatMap((stored) => blobPathsOf(stored, layout)),
    ];
    await this.remove(superfluous);
    this.#logger.debug({ commits: journal.length, pages: this.#table.length }, 'the journal is in the pages');
  }

  /** Removes nodes that nothing refers to. */
  async remove(paths: readonly string[]): Promise<void> {
    const operations = paths.map((path): MultiOperation => ({ type: 'remove', path }));
    for (const some of multisOf(operations, { bytes: maxMultiBytes, operations: maxMultiOperations })) {
      await this.#settle(undefined, some);
    }
  }

  /** Applies operations together with a new version of the checkpoint, whose base stays as it is unless one is given. */
  async #settle(base: number | undefined, operations: readonly MultiOperation[]): Promise<void> {
    this.#base = base ?? this.#base;
    const data = Buffer.from(JSON.stringify({ base: this.#base }));
    const version = this.#checkpointVersion;
    await this.#fence.commit([{ type: 'set', path: this.#layout.checkpoint, data, version }, ...operations]);
    this.#checkpointVersion = version + 1;
  }
}

function blobPathsOf(stored: string, layout: StoreLayout): string[] {
  const reference = blobReferenceOf(stored);
  return reference === undefined ? [] : blobNames(reference).map((name) => childPath(layout.blobs, name));
}

function changeOf({ key, value }: StoreOperation): Change {
  if (key === '' || key.includes('\0')) throw new TypeError(`not a key: ${JSON.stringify(key)}`);
  const bytes = Buffer.byteLength(JSON.stringify(key));
  if (bytes > maxKeyBytes) {
    throw new TypeError(`not a key, for it has ${bytes} bytes and may have ${maxKeyBytes}: ${key.slice(0, 100)}…`);
  }
  return { key, text: value === undefined ? undefined : JSON.stringify(value) };
}

/**
 * Opens the store below `path`, and makes it where it is absent. From then on whoever held it before cannot write any more. Throws
 * StoreFencedError when the candidate is gone, StartupError when what lies there cannot be read, ZooKeeperError when ZooKeeper does
 * not answer. After a write that fails nothing is written any more (Store); why is a StoreFencedError when another process has taken it.
 */
export async function openZooKeeperStore(options: ZooKeeperStoreOptions): Promise<ZooKeeperStore> {
  const { client, path, candidate, holder, logger } = options;
  const layout = storeLayout(path);
  const fence = await takeFence({
    client,
    layout,
    ...(candidate === undefined ? {} : { candidate }),
    holder,
    retryMs: client.sessionTimeoutMs * retrySessions,
  });
  for (const folder of [layout.journal, layout.pages, layout.blobs]) await ensurePath(client, folder);
  await client.create(layout.checkpoint, Buffer.from(JSON.stringify({ base: 0 }))).catch((error: unknown) => {
    const code = zooKeeperCodeOf(error);
    if (code !== 'NODE_EXISTS' && code !== 'CONNECTION_LOSS') throw error;
  });
  const loaded = await loadStore(client, layout, { concurrency: options.concurrency ?? 32 });
  const store = new LiveStore(options, layout, fence, loaded);
  await store.remove(loaded.garbage);
  logger.info(
    { path: layout.root, epoch: fence.epoch, pages: loaded.table.length, commits: loaded.journal.length },
    'the store in ZooKeeper is open',
  );
  return store;
}
