import type { ZoneChange } from '../served/zone-change.js';
import { parcelsOf } from './parcel.js';
import type { Parcel, Position } from './parcel.js';

const nowhere: Position = { serial: 0, synced: false, staleSinceMs: null };

/** Tells the workers what changes of the zone, and those that start all of it. Each parcel is made once for all of them. */
export class ZoneFeed {
  readonly #subscribe: (listener: (change: ZoneChange) => void) => () => void;
  readonly #unsubscribe: () => void;
  #position = nowhere;
  #whole: readonly Parcel[] | undefined;

  /** `tell` is called with each part of each change from now on. `subscribe` tells all of the zone at once, and then what changes. */
  constructor(subscribe: (listener: (change: ZoneChange) => void) => () => void, tell: (parcel: Parcel) => void) {
    this.#subscribe = subscribe;
    let isFirst = true;
    this.#unsubscribe = subscribe((change) => {
      const before = this.#position;
      const { serial, synced, staleSinceMs } = change;
      this.#position = { serial, synced, staleSinceMs };
      if (isFirst) {
        isFirst = false;
        this.#whole = [...parcelsOf(change, nowhere)];
        return;
      }
      this.#whole = undefined;
      for (const parcel of parcelsOf(change, before)) tell(parcel);
    });
  }

  /** All of the zone: whoever starts with it is to be told all that changes from now on. */
  whole(): readonly Parcel[] {
    if (this.#whole === undefined) {
      this.#subscribe((change) => {
        this.#whole ??= [...parcelsOf(change, nowhere)];
      })();
    }
    return this.#whole ?? [];
  }

  /** It may be large: whoever starts next has it made anew. */
  forgetWhole(): void {
    this.#whole = undefined;
  }

  stop(): void {
    this.#unsubscribe();
  }
}
