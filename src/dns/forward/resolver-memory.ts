import type { Clock } from '../../common/time.js';

/** How long a resolver that did not answer is asked last: this, then twice as long each time, up to the maximum. */
const firstRestMs = 1_000;
const longestRestMs = 60_000;

interface Health {
  /** Since it answered last. */
  failures: number;
  restsUntil: number;
}

/**
 * Remembers which resolvers do not answer. They are asked after all others for a while; then one query tries such a resolver again, in
 * its place of the configuration.
 */
export class ResolverMemory {
  readonly #health: readonly Health[];
  readonly #probeMs: number;
  readonly #clock: Clock;

  /** `probeMs`: how long a resolver that is tried again may take, during which others do not wait for it. */
  constructor(count: number, probeMs: number, clock: Clock) {
    this.#health = Array.from({ length: count }, () => ({ failures: 0, restsUntil: -Infinity }));
    this.#probeMs = probeMs;
    this.#clock = clock;
  }

  /** The numbers of the resolvers in the order they are to be asked. */
  order(): number[] {
    const now = this.#clock();
    const all = this.#health.map((health, index) => ({ index, rests: health.restsUntil > now }));
    return [...all.filter(({ rests }) => !rests), ...all.filter(({ rests }) => rests)].map(({ index }) => index);
  }

  asked(index: number): void {
    const health = this.#health[index] as Health;
    if (health.failures > 0) health.restsUntil = Math.max(health.restsUntil, this.#clock() + this.#probeMs);
  }

  answered(index: number): void {
    Object.assign(this.#health[index] as Health, { failures: 0, restsUntil: -Infinity });
  }

  failed(index: number): void {
    const health = this.#health[index] as Health;
    const restMs = Math.min(longestRestMs, firstRestMs * 2 ** health.failures);
    health.failures++;
    health.restsUntil = this.#clock() + restMs;
  }
}
