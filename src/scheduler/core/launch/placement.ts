import type { Offer, OfferOperation } from '../../model/offer.js';
import type { Refusal } from '../match/reject-reason.js';
import type { Spreads } from '../match/spread.js';
import type { Tx } from '../tx.js';

/**
 * What comes of holding an offer against an app or pod: operations on it and what is left of the offer then, or every reason
 * why not. `launched`: whether an instance is launched by them, rather than a place prepared for one.
 */
export type Placement =
  | {
      readonly fits: true;
      readonly operations: readonly OfferOperation[];
      readonly rest: Offer;
      readonly launched: boolean;
      /** The instance was there before: it comes back to its place. */
      readonly isKnown?: true;
    }
  | { readonly fits: false; readonly refusals: readonly Refusal[] };

/** Uses an offer for one instance of `runSpec`, if it fits: the instance is stored before its ACCEPT goes out. `spreads`: where its instances are. */
export type Placer<T> = (tx: Tx, runSpec: T, offer: Offer, spreads: Spreads) => Placement;
