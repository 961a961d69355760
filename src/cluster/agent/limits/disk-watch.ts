import { opendir, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../../common/logger.js';

/** Mesos' `--container_disk_watch_interval`. */
const defaultIntervalMs = 15_000;
/** A sandbox with more entries is not counted to its end. */
const maxEntries = 1_000_000;
const bytesPerBlock = 512;

interface Watched {
  readonly directory: string;
  readonly limitBytes: number;
  readonly onExceeded: (usedBytes: number) => void;
}

/** What a directory takes on its disk, links not followed; stops counting above `enoughBytes`. Files that vanish count for nothing. */
export async function diskUsage(directory: string, enoughBytes: number): Promise<number> {
  let used = 0;
  let entries = 0;
  const waiting = [directory];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    let open;
    try {
      open = await opendir(next);
    } catch {
      continue;
    }
    for await (const entry of open) {
      if (++entries > maxEntries || used > enoughBytes) return used;
      const path = join(next, entry.name);
      const stats = await lstat(path).catch(() => undefined);
      if (stats === undefined) continue;
      used += stats.blocks * bytesPerBlock;
      if (stats.isDirectory()) waiting.push(path);
    }
  }
  return used;
}

/** Looks from time to time, one after the other, how much the sandboxes of running tasks take. */
export class DiskWatch {
  readonly #intervalMs: number;
  readonly #logger: Logger;
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: { logger: Logger; intervalMs?: number | undefined }) {
    this.#logger = options.logger;
    this.#intervalMs = options.intervalMs ?? defaultIntervalMs;
  }

  /** `onExceeded` is called once, when the directory takes more; the result ends the watch. */
  add(watched: Watched): () => void {
    this.#watched.add(watched);
    this.#plan();
    return () => void this.#watched.delete(watched);
  }

  #plan(): void {
    if (this.#timer !== undefined || this.#closed || this.#watched.size === 0) return;
    this.#timer = setTimeout(() => void this.#look(), this.#intervalMs).unref();
  }

  async #look(): Promise<void> {
    for (const watched of [...this.#watched]) {
      if (this.#closed) return;
      if (!this.#watched.has(watched)) continue;
      const used = await diskUsage(watched.directory, watched.limitBytes);
      if (used <= watched.limitBytes || !this.#watched.delete(watched)) continue;
      this.#logger.info({ directory: watched.directory, used }, 'a sandbox takes more disk than its task may');
      watched.onExceeded(used);
    }
    this.#timer = undefined;
    this.#plan();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watched.clear();
  }
}
