import type { Parcel } from './parcel.js';

/** So many parcels are under way to one worker at a time: it works on one while the next one travels. */
export const maxUnderWay = 2;

/** What one worker has yet to be told of the zone, in order. */
export class Outbox {
  #waiting: Parcel[] = [];
  /** Index of the first one that waits: those before it have gone. */
  #first = 0;
  #weight = 0;
  #underWay = 0;
  readonly #maxWeight: number;

  /** `first` is the zone as it is; what comes to wait on top of it may weigh `maxWeight`. */
  constructor(first: readonly Parcel[], maxWeight: number) {
    for (const parcel of first) this.add(parcel);
    this.#maxWeight = this.#weight + maxWeight;
  }

  add(parcel: Parcel): void {
    this.#waiting.push(parcel);
    this.#weight += parcel.weight;
  }

  /** Everything was told, and the worker has said so. */
  get isDone(): boolean {
    return this.#underWay === 0 && this.#first === this.#waiting.length;
  }

  /** More waits than may: the worker does not follow. */
  get isOverfull(): boolean {
    return this.#weight > this.#maxWeight;
  }

  /** What is to be sent now, if anything. */
  next(): Parcel | undefined {
    if (this.#underWay >= maxUnderWay) return undefined;
    const parcel = this.#waiting[this.#first];
    if (parcel === undefined) return undefined;
    this.#first += 1;
    this.#weight -= parcel.weight;
    this.#underWay += 1;
    // Now and then, so that it costs little; what has gone is not kept for long.
    if (this.#first >= 64 || this.#first === this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    return parcel;
  }

  /** The worker has applied one. */
  applied(): void {
    this.#underWay -= 1;
  }
}
