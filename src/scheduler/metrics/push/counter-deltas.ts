import type { Sample } from './samples.js';

/** Turns counters into how much they grew since they were last delivered, for systems that add up by themselves. */
export class CounterDeltas {
  readonly #delivered = new Map<string, number>();

  /** The same samples, each counter with what has not been delivered of it. */
  since(samples: readonly Sample[]): readonly Sample[] {
    return samples.map((sample) =>
      sample.kind === 'gauge' ? sample : { ...sample, value: sample.value - (this.#delivered.get(sample.name) ?? 0) },
    );
  }

  /** These samples, as they were given to `since`, have been delivered. */
  delivered(samples: readonly Sample[]): void {
    for (const { name, kind, value } of samples) if (kind === 'counter') this.#delivered.set(name, value);
  }
}
