import type { PathId } from '../../common/path-id.js';
import type { Timestamp } from '../model/app-definition.js';
import type { Offer } from '../model/offer.js';

/** The place of an app or pod among all that wait: the longest waiting first, by id where they wait equally long. */
export interface Turnstile {
  readonly since: Timestamp;
  readonly appId: PathId;
}

/** Offers that came together and that not all that waits has been held against yet. */
export interface HeldOffers {
  readonly offers: readonly Offer[];
  /** What was last held against them; undefined = nothing. */
  readonly after: Turnstile | undefined;
  /** While launches lack tokens, the offers are kept until then. */
  readonly untilMs: number;
}

/** Between Mesos' offers and the launches; in memory only. */
export interface OfferFlow {
  /** Roles that are subscribed to. */
  readonly roles: readonly string[];
  /** When a REVIVE was last sent for each of them. */
  readonly lastReviveMs: ReadonlyMap<string, number>;
  /** Those of them of which Mesos was told that no offers are wanted. */
  readonly suppressed: ReadonlySet<string>;
  /** Which agents Mesos was told to be of use, as JSON text, and when. */
  readonly constraints: { readonly text: string; readonly atMs: number };
  /**
   * Launches since the tokens were last refreshed, less those that have become running and healthy since: below 0 when tasks of an earlier
   * time give their tokens back.
   */
  readonly spentTokens: number;
  /** The oldest first. */
  readonly held: readonly HeldOffers[];
}

/** What a new connection begins with. */
export const noConstraints: OfferFlow['constraints'] = { text: '{}', atMs: -Infinity };

export const initialOfferFlow: OfferFlow = {
  roles: [],
  lastReviveMs: new Map(),
  suppressed: new Set(),
  constraints: noConstraints,
  spentTokens: 0,
  held: [],
};

/** Whether `a` comes before `b`. */
export function comesBefore(a: Turnstile, b: Turnstile): boolean {
  return a.since === b.since ? a.appId < b.appId : a.since < b.since;
}
