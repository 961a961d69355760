import type { SchedulerEvent } from '../model/events.js';
import type { OfferOperation } from '../model/offer.js';
import type { OfferConstraints } from '../model/offer-constraints.js';
import type { Outcome } from './commands.js';

/** Something to be said to Mesos. */
export type ClusterCall =
  | {
      readonly type: 'accept';
      readonly offerId: string;
      /** That the offer was made to. */
      readonly role: string;
      readonly operations: readonly OfferOperation[];
    }
  | { readonly type: 'decline'; readonly offerIds: readonly string[]; readonly refuseSeconds: number }
  | {
      /** Under which roles offers are asked for, now and with every later subscription. */
      readonly type: 'subscribeRoles';
      readonly roles: readonly string[];
      /** Those of them for which none are wanted now. */
      readonly suppressedRoles: readonly string[];
      /** For as long as this connection lasts; absent: every agent is of use. */
      readonly offerConstraints?: OfferConstraints;
    }
  | { readonly type: 'revive'; readonly roles: readonly string[] }
  | { readonly type: 'suppress'; readonly roles: readonly string[] }
  | { readonly type: 'kill'; readonly taskId: string; readonly agentId: string; readonly gracePeriodSeconds?: number }
  | { readonly type: 'acknowledge'; readonly taskId: string; readonly agentId: string; readonly uuid: string }
  | { readonly type: 'reconcile'; readonly tasks: readonly { readonly taskId: string; readonly agentId: string }[] };

/** One change of the store: `value` undefined = the record is deleted. */
export interface StoreOperation {
  readonly key: string;
  readonly value: object | string | undefined;
}

/**
 * What a step wants done, in this order: the store operations become durable, then the calls go out, then the events are
 * published, then the replies are sent (design.md §3).
 */
export interface Effects {
  readonly store: readonly StoreOperation[];
  readonly calls: readonly ClusterCall[];
  /** URLs whose content is to be brought into the artifact store; each is answered by an `artifact` input. */
  readonly downloads: readonly string[];
  readonly events: readonly SchedulerEvent[];
  readonly replies: readonly { readonly requestId: number; readonly outcome: Outcome }[];
}
