/** What a histogram of durations says. */
export interface Durations {
  readonly count: number;
  /** Of all of them. */
  readonly sumSeconds: number;
  /** How many took at most so many seconds, in ascending order. */
  readonly buckets: readonly (readonly [seconds: number, count: number])[];
}

/** Upper bounds in milliseconds: from one turn of the event loop to what anybody would notice. */
const boundsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

/** Durations, counted by how long they were. */
export class DurationBuckets {
  readonly #counts = boundsMs.map(() => 0);
  #count = 0;
  #sumMs = 0;

  /** What is less than nothing, as the clock was moved, counts as nothing. */
  record(milliseconds: number): void {
    const duration = Math.max(0, milliseconds);
    this.#count++;
    this.#sumMs += duration;
    const bound = boundsMs.findIndex((limit) => duration <= limit);
    if (bound >= 0) this.#counts[bound] = (this.#counts[bound] ?? 0) + 1;
  }

  get reading(): Durations {
    let below = 0;
    const buckets = boundsMs.map((bound, i) => [bound / 1000, (below += this.#counts[i] ?? 0)] as const);
    return { count: this.#count, sumSeconds: this.#sumMs / 1000, buckets };
  }
}
