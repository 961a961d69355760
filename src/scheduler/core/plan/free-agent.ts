import type { Offer } from '../../model/offer.js';

/** An agent, with what nobody uses of it now. */
export interface FreeAgent {
  /** What is free, as it would be offered; its id is empty. */
  readonly offer: Offer;
  /** Why Mesos offers nothing of it, in words; absent: it does. */
  readonly withheld?: string;
}
