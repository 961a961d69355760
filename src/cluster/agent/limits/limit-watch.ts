import { messageOf } from '../../../common/errors.js';
import type { Logger } from '../../../common/logger.js';

/** Something that may use so much and no more. */
export interface Limited {
  readonly limitBytes: number;
  readonly onExceeded: (usedBytes: number) => void;
}

export interface LimitWatchOptions<Watched extends Limited> {
  readonly logger: Logger;
  /** The pause between two looks, at least. */
  readonly intervalMs: number;
  /** A look takes at most this part of the pause after it: after a slow one the pause is longer. */
  readonly maxShare: number;
  /** Begins a look at everything: gives what tells how much one of them uses, in bytes. */
  readonly look: () => Promise<(watched: Watched) => Promise<number>>;
  /** Logs that one of them uses more than it may. */
  readonly logExceeded: (watched: Watched, usedBytes: number) => void;
}

/** Looks from time to time how much each of several things uses, one after the other; while there are none it does nothing. */
export class LimitWatch<Watched extends Limited> {
  readonly #options: LimitWatchOptions<Watched>;
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: LimitWatchOptions<Watched>) {
    this.#options = options;
  }

  /** `onExceeded` is called once, when more is used; the result ends the watch. */
  add(watched: Watched): () => void {
    this.#watched.add(watched);
    this.#plan(this.#options.intervalMs);
    return () => void this.#watched.delete(watched);
  }

  #plan(inMs: number): void {
    if (this.#timer !== undefined || this.#closed || this.#watched.size === 0) return;
    this.#timer = setTimeout(() => void this.#look(), inMs).unref();
  }

  async #look(): Promise<void> {
    const { intervalMs, maxShare, logger } = this.#options;
    const beganMs = performance.now();
    try {
      await this.#compare();
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'what tasks use cannot be found out; it is tried again');
    }
    const tookMs = performance.now() - beganMs;
    this.#timer = undefined;
    this.#plan(Math.max(intervalMs, tookMs / maxShare));
  }

  async #compare(): Promise<void> {
    const usedBy = await this.#options.look();
    for (const watched of [...this.#watched]) {
      // What has ended meanwhile is not looked at
      if (!this.#watched.has(watched)) continue;
      const used = await usedBy(watched);
      if (used <= watched.limitBytes || !this.#watched.delete(watched)) continue;
      this.#options.logExceeded(watched, used);
      watched.onExceeded(used);
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#watched.clear();
  }
}
