import type { Constraint } from './constraints.js';

/** Marathon's reasons why an offer was not used (`processedOffersSummary`), in the order of its funnel. */
export const rejectReasons = [
  'UnfulfilledRole',
  'UnfulfilledConstraint',
  'NoCorrespondingReservationFound',
  'AgentMaintenance',
  'InsufficientCpus',
  'InsufficientMemory',
  'InsufficientDisk',
  'InsufficientGpus',
  'InsufficientPorts',
  'DeclinedScarceResources',
] as const;
export type RejectReason = (typeof rejectReasons)[number];

/** Amounts of what there is too little of; `ports` = how many. */
export type ShortAmounts = Readonly<Partial<Record<'cpus' | 'memMib' | 'diskMib' | 'gpus' | 'ports', number>>>;

/** One filter's no, with what was needed and what the offer had: in words, and as far as there are any, in numbers. */
export interface Refusal {
  readonly reason: RejectReason;
  readonly needed: string;
  readonly had: string;
  readonly amounts?: { readonly needed: ShortAmounts; readonly had: ShortAmounts };
  /** The constraint that is not met. */
  readonly constraint?: Constraint;
  /** Wanted ports of the agent that are not offered. */
  readonly missingPorts?: readonly number[];
}
