import { createHistogram } from 'node:perf_hooks';
import type { RecordableHistogram } from 'node:perf_hooks';

/** How values are spread; all 0 when there is none. */
export interface Distribution {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
  readonly p98: number;
  readonly p99: number;
  readonly p999: number;
  readonly stddev: number;
}

const nothing: Distribution = {
  min: 0,
  mean: 0,
  max: 0,
  p50: 0,
  p75: 0,
  p95: 0,
  p98: 0,
  p99: 0,
  p999: 0,
  stddev: 0,
};

/** Half of what the distribution looks back on, at most. */
const periodMs = 30_000;
/** Two significant digits: quantiles are exact to 1 %, in some ten KiB. */
const figures = 2;

/**
 * The distribution of the whole numbers, from 1 to `highest`, that were recorded in the last 30 to 60 seconds: a scraper that comes every
 * half minute or more often misses none. Recording costs no memory.
 */
export class RollingHistogram {
  readonly #clock: () => number;
  readonly #highest: number;
  #current: RecordableHistogram;
  #previous: RecordableHistogram;
  readonly #both: RecordableHistogram;
  #periodStartMs: number;

  /** `clock` gives milliseconds and never goes back. */
  constructor(options: { readonly highest: number; readonly clock: () => number }) {
    const { highest, clock } = options;
    this.#clock = clock;
    this.#highest = highest;
    const histogram = (): RecordableHistogram => createHistogram({ lowest: 1, highest, figures });
    this.#current = histogram();
    this.#previous = histogram();
    this.#both = histogram();
    this.#periodStartMs = clock();
  }

  /** Records a value, rounded; one that is out of range counts as the nearest that is not. */
  record(value: number): void {
    this.#rotate();
    // The histogram would drop what is too large without a word
    this.#current.record(Math.min(this.#highest, Math.max(1, Math.round(value))));
  }

  get distribution(): Distribution {
    this.#rotate();
    const all = this.#both;
    all.reset();
    all.add(this.#previous);
    all.add(this.#current);
    if (all.count === 0) return nothing;
    return {
      min: all.min,
      mean: all.mean,
      max: all.max,
      p50: all.percentile(50),
      p75: all.percentile(75),
      p95: all.percentile(95),
      p98: all.percentile(98),
      p99: all.percentile(99),
      p999: all.percentile(99.9),
      stddev: all.stddev,
    };
  }

  #rotate(): void {
    const periods = Math.floor((this.#clock() - this.#periodStartMs) / periodMs);
    if (periods <= 0) return;
    this.#periodStartMs += periods * periodMs;
    const oldest = this.#previous;
    this.#previous = this.#current;
    this.#current = oldest;
    this.#current.reset();
    if (periods > 1) this.#previous.reset();
  }
}
