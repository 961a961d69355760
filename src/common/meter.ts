/** How often something happens, per second. `m1` … `m15`: exponentially weighted over 1, 5 and 15 minutes, as `uptime` does it. */
export interface Rates {
  /** All occurrences so far. */
  readonly count: number;
  readonly mean: number;
  readonly m1: number;
  readonly m5: number;
  readonly m15: number;
}

const tickMs = 5000;
const decayOf = (minutes: number): number => Math.exp(-tickMs / 60_000 / minutes);
const decays = [decayOf(1), decayOf(5), decayOf(15)] as const;

/**
 * Counts occurrences and their rates. The averages move in ticks of 5 s, which are caught up with when the meter is used or read:
 * it needs no timer.
 */
export class Meter {
  readonly #clock: () => number;
  readonly #startedMs: number;
  #tickedMs: number;
  #count = 0;
  /** Occurrences since the last tick. */
  #fresh = 0;
  /** Per second; undefined before the first tick, which sets what the averages start from. */
  #averages: readonly [number, number, number] | undefined;

  /** `clock` gives milliseconds and never goes back. */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.#startedMs = clock();
    this.#tickedMs = this.#startedMs;
  }

  mark(): void {
    this.#catchUp();
    this.#count++;
    this.#fresh++;
  }

  get rates(): Rates {
    this.#catchUp();
    const seconds = (this.#clock() - this.#startedMs) / 1000;
    const [m1, m5, m15] = this.#averages ?? [0, 0, 0];
    return { count: this.#count, mean: seconds > 0 ? this.#count / seconds : 0, m1, m5, m15 };
  }

  #catchUp(): void {
    const ticks = Math.floor((this.#clock() - this.#tickedMs) / tickMs);
    if (ticks <= 0) return;
    this.#tickedMs += ticks * tickMs;
    const rate = (this.#fresh * 1000) / tickMs;
    this.#fresh = 0;
    const before = this.#averages;
    // What is fresh belongs to the first of these ticks; nothing happened in the others.
    const average = (i: 0 | 1 | 2): number => {
      const decay = decays[i];
      const first = before === undefined ? rate : before[i] * decay + rate * (1 - decay);
      return first * decay ** (ticks - 1);
    };
    this.#averages = [average(0), average(1), average(2)];
  }
}
