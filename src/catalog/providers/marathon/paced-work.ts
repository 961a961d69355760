/** At least so long lies between the end of a piece of work and the beginning of the next one. */
const minDistanceMs = 100;
const maxDistanceMs = 5_000;
/** Work takes at most a third of the time, however often it is asked for. */
const distanceFactor = 2;

/**
 * Does one piece of work after the other: soon after it was asked for, once for however many asked meanwhile, and at a distance that
 * grows with what it costs.
 */
export class PacedWork {
  readonly #work: () => Promise<void>;
  #isAsked = false;
  #isBusy = false;
  #notBeforeMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #later: NodeJS.Timeout | undefined;
  #closed = false;

  /** `work` must not reject. */
  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  /** Wants it done soon. */
  ask(): void {
    this.#isAsked = true;
    this.#next();
  }

  /** Wants it done in `ms`, whatever happens until then; a later word replaces this one. */
  askIn(ms: number): void {
    clearTimeout(this.#later);
    if (!this.#closed) this.#later = setTimeout(() => this.ask(), ms);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#later);
  }

  #next(): void {
    if (!this.#isAsked || this.#isBusy || this.#closed) return;
    clearTimeout(this.#timer);
    const waitMs = this.#notBeforeMs - performance.now();
    if (waitMs > 0) {
      this.#timer = setTimeout(() => this.#next(), waitMs);
      return;
    }
    this.#isAsked = false;
    this.#isBusy = true;
    const startedAt = performance.now();
    void this.#work().then(() => {
      const endedAt = performance.now();
      const distanceMs = Math.min(maxDistanceMs, Math.max(minDistanceMs, distanceFactor * (endedAt - startedAt)));
      this.#notBeforeMs = endedAt + distanceMs;
      this.#isBusy = false;
      this.#next();
    });
  }
}
