/** What is told of a reading. */
export interface ReadingState<T> {
  /** The last that was read; stays while it is read again, and when that fails. */
  readonly data: T | undefined;
  /** Why the last reading failed. */
  readonly error: unknown;
  /** It is being read, or about to be. */
  readonly isLoading: boolean;
}

export interface PacedReadingOptions<T> {
  readonly load: (signal: AbortSignal) => Promise<T>;
  readonly tell: (state: ReadingState<T>) => void;
  /** From one beginning to the next, at least; in milliseconds. */
  readonly minDistanceMs: number;
}

/** What takes long is read less often: so many times as long as the last reading took lies between two beginnings. */
const restFactor = 2;
/** However long it took. */
const maxRestMs = 10_000;

/**
 * Reads something again whenever it is asked to, one reading at a time. A reading that has begun ends, however often it is asked meanwhile:
 * what changes all the time would else never be seen. What was asked for meanwhile is read once, afterwards.
 */
export class PacedReading<T> {
  readonly #options: PacedReadingOptions<T>;
  readonly #abort = new AbortController();
  #state: ReadingState<T> = { data: undefined, error: undefined, isLoading: false };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isReading = false;
  #isAsked = false;
  #notBefore = -Infinity;

  constructor(options: PacedReadingOptions<T>) {
    this.#options = options;
  }

  ask(): void {
    if (this.#abort.signal.aborted) return;
    this.#isAsked = true;
    if (this.#isReading || this.#timer !== undefined) return;
    this.#change({ isLoading: true });
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.#read();
      },
      Math.max(0, this.#notBefore - performance.now()),
    );
  }

  /** Nothing is told from now on. */
  close(): void {
    clearTimeout(this.#timer);
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    const { load, minDistanceMs } = this.#options;
    const { signal } = this.#abort;
    const beganAt = performance.now();
    this.#isReading = true;
    this.#isAsked = false;
    let change: Partial<ReadingState<T>>;
    try {
      change = { data: await load(signal), error: undefined };
    } catch (error) {
      change = { error };
    }
    if (signal.aborted) return;
    this.#isReading = false;
    const restMs = Math.min(maxRestMs, restFactor * (performance.now() - beganAt));
    this.#notBefore = beganAt + Math.max(minDistanceMs, restMs);
    this.#change({ ...change, isLoading: this.#isAsked });
    if (this.#isAsked) this.ask();
  }

  #change(change: Partial<ReadingState<T>>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.tell(this.#state);
  }
}
