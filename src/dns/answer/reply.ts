import type { DnsRecord } from '../records/record.js';
import type { ExtendedError, Rcode } from './protocol.js';
import type { Query } from './query.js';

export interface SoaRecord {
  readonly type: 'SOA';
  readonly name: string;
  readonly nameServer: string;
  readonly mailbox: string;
  readonly serial: number;
  readonly refreshSeconds: number;
  readonly retrySeconds: number;
  readonly expireSeconds: number;
  readonly minimumTtlSeconds: number;
}

export interface NsRecord {
  readonly type: 'NS';
  readonly name: string;
  readonly nameServer: string;
}

export type ReplyRecord = DnsRecord | SoaRecord | NsRecord;

/** What to answer; id, opcode, RD, CD and the question are the query's own. All records have the zone's TTL. */
export interface Reply {
  readonly rcode: Rcode;
  readonly authoritative: boolean;
  readonly recursionAvailable: boolean;
  readonly answers: readonly ReplyRecord[];
  readonly authorities: readonly ReplyRecord[];
  readonly additionals: readonly ReplyRecord[];
  /** Present exactly when the client speaks EDNS (RFC 6891 §7). */
  readonly edns: { readonly dnssecOk: boolean } | undefined;
  /** Why it is what it is, where that is not plain; told to clients that speak EDNS. */
  readonly error?: ExtendedError | undefined;
}

/** What is done with a query: it is answered, passed on to a resolver, or, over TCP, answered with the whole zone. */
export type Decision =
  | { readonly action: 'reply'; readonly reply: Reply }
  | { readonly action: 'forward' }
  | { readonly action: 'transfer' };

/** A reply without records. */
export function emptyReply(query: Query, code: Rcode, recursionAvailable: boolean, error?: ExtendedError): Reply {
  return {
    rcode: code,
    authoritative: false,
    recursionAvailable,
    answers: [],
    authorities: [],
    additionals: [],
    edns: query.edns === undefined ? undefined : { dnssecOk: query.edns.dnssecOk },
    error,
  };
}
