import type { Logger } from '../../../common/logger.js';
import { chargedBytesOfSession, usageBySession } from '../process-table.js';

const defaultIntervalMs = 1000;
/** Looking costs a pass over the process table: not more of the time than this part is spent with it. */
const maxShare = 0.02;

interface Watched {
  /** The session of the task's processes; undefined while there is none. */
  readonly session: () => number | undefined;
  readonly limitBytes: number;
  readonly onExceeded: (usedBytes: number) => void;
}

/** Looks from time to time how much memory the processes of running tasks have, for nothing else holds them to their limit. */
export class MemoryWatch {
  readonly #intervalMs: number;
  readonly #logger: Logger;
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: { logger: Logger; intervalMs?: number | undefined }) {
    this.#logger = options.logger;
    this.#intervalMs = options.intervalMs ?? defaultIntervalMs;
  }

  /** `onExceeded` is called once, when the processes have more; the result ends the watch. */
  add(watched: Watched): () => void {
    this.#watched.add(watched);
    this.#plan(this.#intervalMs);
    return () => void this.#watched.delete(watched);
  }

  #plan(inMs: number): void {
    if (this.#timer !== undefined || this.#closed || this.#watched.size === 0) return;
    this.#timer = setTimeout(() => void this.#look(), inMs).unref();
  }

  async #look(): Promise<void> {
    const beganMs = performance.now();
    const usage = await usageBySession();
    for (const watched of [...this.#watched]) {
      const session = watched.session();
      if (session === undefined || (usage.get(session)?.residentBytes ?? 0) <= watched.limitBytes) continue;
      // Pages that processes share are in the resident size of each: only what is their own counts.
      const used = await chargedBytesOfSession(session);
      if (used <= watched.limitBytes || this.#closed || !this.#watched.delete(watched)) continue;
      this.#logger.info({ session, used }, 'a task has more memory than it may');
      watched.onExceeded(used);
    }
    const tookMs = performance.now() - beganMs;
    this.#timer = undefined;
    this.#plan(Math.max(this.#intervalMs, tookMs / maxShare));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watched.clear();
  }
}
