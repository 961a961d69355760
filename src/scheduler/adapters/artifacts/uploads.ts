import type { Readable } from 'node:stream';

/**
 * A file that waits for its content is written to all the time, and no request takes this long: one that was not touched since is
 * what a process left behind that died. Several schedulers may share a store, so age is all that tells.
 */
export const staleAfterMs = 3_600_000;

/** Writes that are under way: closing a store waits until they have ended and cleaned up. */
export class PendingWrites {
  readonly #pending = new Set<Promise<unknown>>();

  /** Runs a write of `content`, and destroys it in the end. */
  async run<T>(content: Readable, work: () => Promise<T>): Promise<T> {
    // It may break off before it is read: whoever reads it then gets the error, and nobody else need hear of it.
    content.on('error', () => undefined);
    const running = work();
    this.#pending.add(running);
    try {
      return await running;
    } finally {
      this.#pending.delete(running);
      content.destroy();
    }
  }

  async ended(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }
}
