import type { Admission } from './client-policy.js';

/** Every second reply that is refused is sent as TC: a client whose address others forge gets through over TCP. */
const slip = 2;

/** The replies of one network: `perSecond` of them at once or one after the other, then as many as time has made room for. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number;
  #refused = 0;

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#filledAt = nowMs;
  }

  take(nowMs: number): Admission {
    const elapsedMs = Math.max(0, nowMs - this.#filledAt);
    this.#filledAt = nowMs;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + (elapsedMs * this.#perSecond) / 1000);
    if (this.#tokens >= 1) {
      this.#tokens--;
      return 'send';
    }
    this.#refused = (this.#refused + 1) % slip;
    return this.#refused === 0 ? 'truncate' : 'drop';
  }
}
