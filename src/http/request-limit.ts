import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream';

/** Counts the requests that are under way. */
export class RequestLimit {
  readonly #limit: number;
  #underWay = 0;

  /** `limit` requests may be under way at a time. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /**
   * Lets a request in, and counts it until its answer is sent or its connection is gone, whichever comes first. False when there are
   * too many already; then it is not counted.
   */
  enter(response: ServerResponse): boolean {
    if (this.#underWay >= this.#limit) return false;
    this.#underWay++;
    finished(response, () => this.#underWay--);
    return true;
  }
}
