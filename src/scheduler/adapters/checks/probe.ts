import { messageOf } from '../../../common/errors.js';

/** Where a check goes. */
export interface ProbeTarget {
  readonly host: string;
  readonly port: number;
  readonly ipProtocol: 'IPv4' | 'IPv6';
}

/** What one run of a check found. */
export type ProbeResult =
  | { readonly result: 'healthy' }
  | { readonly result: 'unhealthy'; readonly cause: string }
  /** The target answered with a 1xx only, and such answers do not count. */
  | { readonly result: 'ignored' };

/** The address family to insist on; IPv4 is Marathon's default and leaves the choice to the resolver. */
export function familyOf({ ipProtocol }: ProbeTarget): 0 | 6 {
  return ipProtocol === 'IPv6' ? 6 : 0;
}

/** A failed connection as a cause. A host with several addresses fails with one error per address: the first one is told. */
export function causeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return messageOf(error);
}
