/** What came in the way of an answer of the leader: it refused the connection, it was too slow, or the connection was of no use. */
export type FailureKind = 'refused' | 'timedOut' | 'broken';

/** The leader gave no answer. */
export class LeaderFailure extends Error {
  override readonly name = 'LeaderFailure';
  readonly kind: FailureKind;
  /** Whether it was a connection that had waited for this request, and was closed meanwhile: the leader may have had no part in that. */
  readonly wasStale: boolean;

  /** `message` says what happened, for whoever looks after the schedulers. */
  constructor(kind: FailureKind, message: string, wasStale = false) {
    super(message);
    this.kind = kind;
    this.wasStale = wasStale;
  }
}
