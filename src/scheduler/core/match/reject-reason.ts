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

/** One filter's no, with what was needed and what the offer had. */
export interface Refusal {
  readonly reason: RejectReason;
  readonly needed: string;
  readonly had: string;
}
