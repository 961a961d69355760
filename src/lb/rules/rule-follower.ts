import type { Limiter } from '../../common/concurrency.js';
import { messageOf } from '../../common/errors.js';
import { sleep } from '../../common/time.js';
import type { ZooKeeperClient } from '../../zookeeper/client.js';
import { ZooKeeperError, zooKeeperCodeOf } from '../../zookeeper/errors.js';
import { childPath } from '../../zookeeper/paths.js';

export interface RuleFollowerOptions {
  readonly client: ZooKeeperClient;
  /** Of the session. */
  readonly signal: AbortSignal;
  readonly path: string;
  /** With more nodes than this nothing is read. */
  readonly maxNodes: number;
  readonly limited: Limiter;
  /** The names of the nodes that were read, in this session or one before. */
  readonly known: () => Iterable<string>;
  /** A node was read; undefined = it is gone. Called as the answers come. */
  readonly read: (name: string, data: Buffer | undefined) => void;
  /** A node that ZooKeeper does not show to this user. */
  readonly unreadable: (name: string, reason: string) => void;
  /** Makes the path, which is not there; false when it is not to be made. */
  readonly make: () => Promise<boolean>;
  /** What was read is complete. */
  readonly published: () => void;
  /** It cannot be read, and why. */
  readonly trouble: (reason: string) => void;
}

/** After a request that failed, before the next look. */
const retryMs = 500;
/** After one that is refused until somebody changes something. */
const refusedRetryMs = 5_000;
/** Everything is read again after so long, whatever the watches say. */
const everyMs = 300_000;

/**
 * Follows the nodes below a path for one session: all are read, each is watched, and so are their names. A watch that rings is set
 * again with the reading that follows; after each reconnection everything is read again.
 */
export class RuleFollower {
  readonly #options: RuleFollowerOptions;
  /** What the next look has to read: everything, the names and those that are new, or `#dirty` alone. */
  #due: 'all' | 'names' | 'dirty' = 'all';
  readonly #dirty = new Set<string>();
  /** Nodes with a watch that has not rung. */
  readonly #watched = new Set<string>();
  /** The names were read, and could be taken, when they were last looked at. */
  #isComplete = false;
  readonly #watchers = new Map<string, () => void>();
  #wake: (() => void) | undefined;
  #writes = 0;
  /** The last write of this edge to a node that was not read since: what was asked for before it may be older. */
  readonly #writtenAt = new Map<string, number>();

  constructor(options: RuleFollowerOptions) {
    this.#options = options;
  }

  /** A write to a node has ended, one way or another. It is read again; answers to what was asked before do not count. */
  written(name: string): void {
    this.#writtenAt.set(name, ++this.#writes);
    this.#lookAt(name);
  }

  /** Follows until the session is over. */
  async run(): Promise<void> {
    const { client, signal, trouble } = this.#options;
    const all = (): void => this.#want('all');
    const stop = client.onState((state) => {
      if (state === 'connected') all();
    });
    const timer = setInterval(all, everyMs);
    try {
      while (!signal.aborted) {
        try {
          await this.#look();
          await this.#wakened();
        } catch (error) {
          if (!(error instanceof ZooKeeperError) || signal.aborted) throw error;
          this.#due = 'all';
          if (error.code === 'NO_AUTH') trouble(error.message);
          await sleep(error.code === 'NO_AUTH' ? refusedRetryMs : retryMs, signal);
        }
      }
    } finally {
      clearInterval(timer);
      stop();
    }
  }

  #lookAt(name: string): void {
    this.#dirty.add(name);
    this.#wake?.();
  }

  #want(due: 'all' | 'names'): void {
    if (this.#due !== 'all') this.#due = due;
    this.#wake?.();
  }

  async #wakened(): Promise<void> {
    const { signal } = this.#options;
    if (this.#due !== 'dirty' || this.#dirty.size > 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#wake = undefined;
  }

  async #look(): Promise<void> {
    const due = this.#due;
    this.#due = 'dirty';
    const dirty = new Set(this.#dirty);
    this.#dirty.clear();
    if (due !== 'dirty') {
      const names = await this.#names();
      this.#isComplete = names !== undefined;
      if (names === undefined) return;
      for (const name of names) if (due === 'all' || !this.#watched.has(name)) dirty.add(name);
    }
    const { limited, published } = this.#options;
    await Promise.all([...dirty].map((name) => limited(() => this.#read(name))));
    if (this.#isComplete) published();
  }

  /** The names of the nodes, the ones that are gone forgotten; undefined when there is nothing to be read. */
  async #names(): Promise<ReadonlySet<string> | undefined> {
    const { client, path, maxNodes, known, read, make, trouble } = this.#options;
    const askedAt = this.#writes;
    let list: string[];
    try {
      list = await client.children(path, this.#namesChanged);
    } catch (error) {
      if (zooKeeperCodeOf(error) !== 'NO_NODE') throw error;
      if (await make()) {
        this.#due = 'all';
        return undefined;
      }
      trouble(`${path} is gone from ZooKeeper: make it again, with what was in it`);
      if ((await client.exists(path, this.#pathMade)) !== undefined) this.#due = 'all';
      return undefined;
    }
    if (list.length > maxNodes) {
      trouble(`there are ${list.length} rules in ${path}, ${maxNodes} at most are taken`);
      return undefined;
    }
    const names = new Set(list);
    for (const name of [...known()]) {
      if (!names.has(name) && (this.#writtenAt.get(name) ?? 0) <= askedAt) read(name, undefined);
    }
    return names;
  }

  async #read(name: string): Promise<void> {
    const { client, path, read, unreadable } = this.#options;
    const askedAt = this.#writes;
    const isNewest = (): boolean => {
      if ((this.#writtenAt.get(name) ?? 0) > askedAt) return false;
      this.#writtenAt.delete(name);
      return true;
    };
    try {
      const asked = client.get(childPath(path, name), this.#watcherOf(name));
      // Before the answer: the watch may ring together with it.
      this.#watched.add(name);
      const { data } = await asked;
      if (isNewest()) read(name, data);
    } catch (error) {
      this.#watched.delete(name);
      const code = zooKeeperCodeOf(error);
      if (code !== 'NO_NODE' && code !== 'NO_AUTH') throw error;
      if (!isNewest()) return;
      if (code === 'NO_NODE') read(name, undefined);
      else unreadable(name, messageOf(error));
    }
  }

  readonly #namesChanged = (): void => {
    this.#want('names');
  };

  readonly #pathMade = (): void => {
    this.#want('all');
  };

  /** Always the same for a node: given again while it has not rung, it rings once all the same. */
  #watcherOf(name: string): () => void {
    const known = this.#watchers.get(name);
    if (known !== undefined) return known;
    const watcher = (): void => {
      this.#watched.delete(name);
      this.#watchers.delete(name);
      this.#lookAt(name);
    };
    this.#watchers.set(name, watcher);
    return watcher;
  }
}
