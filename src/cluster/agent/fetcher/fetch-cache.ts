import { createHash } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that several tasks may fetch: it is downloaded once. */
interface Entry {
  readonly path: string;
  /** Settled when the file is whole. */
  readonly ready: Promise<void>;
  /** Known once it is ready. */
  bytes: number;
  /** Tasks that are copying it. */
  users: number;
}

/**
 * Keeps what tasks fetch with `cache: true`, by user and URI, until it is too much: then what was not used for the longest time
 * goes. As in Mesos an entry is never renewed, and a new agent begins without any.
 */
export class FetchCache {
  readonly #directory: string;
  readonly #maxBytes: number;
  /** The one that was used last is the last. */
  readonly #entries = new Map<string, Entry>();
  readonly #closing = new AbortController();
  #cleared: Promise<void> | undefined;
  #files = 0;

  constructor(directory: string, maxBytes: number) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  /**
   * Calls `use` with the file that `key` stands for; `download` brings it to the given name of the given directory when it is
   * not here. It is not ended when one of those who wait for it goes away: `signal` ends the waiting.
   */
  async use(
    key: string,
    signal: AbortSignal,
    download: (directory: string, name: string, signal: AbortSignal) => Promise<void>,
    use: (path: string) => Promise<void>,
  ): Promise<void> {
    const entry = this.#entries.get(key) ?? this.#add(key, download);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users++;
    try {
      await unlessAborted(entry.ready, signal);
      await use(entry.path);
    } finally {
      entry.users--;
      await this.#shrink();
    }
  }

  #add(key: string, download: (directory: string, name: string, signal: AbortSignal) => Promise<void>): Entry {
    // A name of its own each time: one that was removed may still be being read.
    const name = `${createHash('sha256').update(key).digest('hex').slice(0, 32)}-${++this.#files}`;
    const path = join(this.#directory, name);
    const bring = async (): Promise<void> => {
      await this.#clear();
      await download(this.#directory, name, this.#closing.signal);
      entry.bytes = (await stat(path)).size;
    };
    const entry: Entry = { path, ready: bring(), bytes: 0, users: 0 };
    entry.ready.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry;
  }

  /** Removes what an earlier agent kept, once. */
  #clear(): Promise<void> {
    this.#cleared ??= rm(this.#directory, { recursive: true, force: true }).then(() =>
      mkdir(this.#directory, { recursive: true, mode: 0o700 }).then(() => undefined),
    );
    return this.#cleared;
  }

  async #shrink(): Promise<void> {
    let sum = 0;
    for (const { bytes } of this.#entries.values()) sum += bytes;
    for (const [key, entry] of this.#entries) {
      if (sum <= this.#maxBytes) return;
      if (entry.users > 0) continue;
      this.#entries.delete(key);
      sum -= entry.bytes;
      await rm(entry.path, { force: true });
    }
  }

  /** Ends what is being downloaded. */
  close(): void {
    this.#closing.abort();
  }
}

async function unlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', onAbort);
  });
  try {
    await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
