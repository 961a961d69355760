import type { StoreOperation } from '../../src/scheduler/core/effects.js';
import type { Store } from '../../src/scheduler/ports/store.js';

/**
 * A store in memory that keeps the port's promises, and breaks them on demand. Its content outlives `close`: `reopen` gives
 * the successor of a crashed process what was durable.
 */
export interface MemoryStore extends Store {
  /** The next write rejects with `error` and leaves nothing behind; all later ones reject, too. */
  failNextWrite(error: Error): void;
  /** The next write becomes durable and is never acknowledged as such: it rejects with `error`, and so do all later ones. */
  loseNextAcknowledgement(error: Error): void;
  /** Holds back writes, in order, until the returned function is called. */
  holdWrites(): () => void;
  /** How many writes are held back. */
  readonly heldWrites: number;
  /** How many writes became durable. */
  readonly writes: number;
  /** A store with the content of this one, as a process finds it after this one's was killed. Writes held back are lost. */
  reopen(): MemoryStore;
}

/** Makes an empty store, or one with the given content (JSON text by key). */
export function createMemoryStore(content: ReadonlyMap<string, string> = new Map()): MemoryStore {
  const records = new Map(content);
  let failure: Error | undefined;
  let fault: { readonly error: Error; readonly durable: boolean } | undefined;
  let held: (() => void)[] | undefined;
  let writes = 0;
  let closed = false;
  let gone = false;

  function apply(operations: readonly { readonly key: string; readonly text: string | undefined }[]): void {
    if (failure !== undefined) throw failure;
    if (fault !== undefined) {
      failure = fault.error;
      if (!fault.durable) throw failure;
    }
    for (const { key, text } of operations) {
      if (text === undefined) records.delete(key);
      else records.set(key, text);
    }
    writes++;
    if (failure !== undefined) throw failure;
  }

  function serialise({ key, value }: StoreOperation): { key: string; text: string | undefined } {
    if (key === '' || key.includes('\0')) throw new TypeError(`not a key: ${JSON.stringify(key)}`);
    return { key, text: value === undefined ? undefined : JSON.stringify(value) };
  }

  return {
    async get(key) {
      const text = records.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    async *list(prefix) {
      const found = [...records].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [key, text] of found) yield [key, JSON.parse(text) as unknown];
    },
    async write(operations) {
      if (closed) throw new Error('the store is closed');
      const serialised = operations.map(serialise);
      if (held !== undefined) await new Promise<void>((resolve) => held?.push(resolve));
      if (gone) throw new Error('the process of this store was killed');
      apply(serialised);
    },
    async close() {
      closed = true;
      await Promise.resolve();
    },
    failNextWrite(error) {
      fault = { error, durable: false };
    },
    loseNextAcknowledgement(error) {
      fault = { error, durable: true };
    },
    holdWrites() {
      const waiting: (() => void)[] = [];
      held = waiting;
      return () => {
        if (held === waiting) held = undefined;
        for (const release of waiting.splice(0)) release();
      };
    },
    get heldWrites() {
      return held?.length ?? 0;
    },
    get writes() {
      return writes;
    },
    reopen() {
      gone = true;
      return createMemoryStore(records);
    },
  };
}
