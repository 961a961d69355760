import { createLimiter } from '../../common/concurrency.js';

/** There is no place for another preview; it may be asked for again. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

const maxWaiting = 8;

/** One preview at a time, and at most eight that wait: each costs as much as an update. Throws BusyError beyond. */
export class PreviewQueue {
  readonly #limit = createLimiter(1);
  #taken = 0;

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken > maxWaiting) {
      throw new BusyError(`${maxWaiting} previews wait already: ask again in a moment`);
    }
    this.#taken += 1;
    try {
      return await this.#limit(work);
    } finally {
      this.#taken -= 1;
    }
  }
}
