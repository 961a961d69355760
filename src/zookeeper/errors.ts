/**
 * Why a request failed. ZooKeeper's own codes under its own names, and three of this client: `CLOSED` (the client was closed),
 * `TOO_MANY_REQUESTS` (too many wait already), `BAD_REQUEST` (it was never sent because it is no valid request).
 */
export type ZooKeeperErrorCode =
  | 'NO_NODE'
  | 'NODE_EXISTS'
  | 'BAD_VERSION'
  | 'NOT_EMPTY'
  | 'NO_AUTH'
  | 'AUTH_FAILED'
  | 'INVALID_ACL'
  | 'NO_CHILDREN_FOR_EPHEMERALS'
  | 'CONNECTION_LOSS'
  | 'SESSION_EXPIRED'
  | 'SERVER_ERROR'
  | 'CLOSED'
  | 'TOO_MANY_REQUESTS'
  | 'BAD_REQUEST';

/** A request to ZooKeeper that failed, or whose fate is unknown. */
export class ZooKeeperError extends Error {
  override readonly name = 'ZooKeeperError';
  readonly code: ZooKeeperErrorCode;
  /** The servers may have carried it out all the same: it was sent, and the answer is missing. */
  readonly maybeApplied: boolean;
  /** Of a `multi`: which of its operations was refused, counted from 0. None was applied then. */
  readonly operation: number | undefined;

  constructor(
    code: ZooKeeperErrorCode,
    message: string,
    more: { readonly maybeApplied?: boolean; readonly operation?: number } = {},
  ) {
    super(message);
    this.code = code;
    this.maybeApplied = more.maybeApplied ?? false;
    this.operation = more.operation;
  }
}

/** The code of what was thrown, when it comes from here. */
export function zooKeeperCodeOf(error: unknown): ZooKeeperErrorCode | undefined {
  return error instanceof ZooKeeperError ? error.code : undefined;
}
