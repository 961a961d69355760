/** Where a message of another server, or of a client, is not what RFC 1035 says. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** Names are text as in zone files: with a dot at the end, and `\.` or `\DDD` for what is no part of an ordinary name. */
export interface WireQuestion {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** A name within the data of a record. `compress`: it may be written as a pointer to where it stands already (RFC 3597 §4). */
export interface DataName {
  readonly name: string;
  readonly compress: boolean;
}

export interface WireRecord {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** Octets and names in the order in which they are written. */
  readonly data: readonly (Buffer | DataName)[];
}

/** A whole message. */
export interface WireMessage {
  readonly id: number;
  /** The 16 bits behind the id. */
  readonly flags: number;
  readonly questions: readonly WireQuestion[];
  readonly answers: readonly WireRecord[];
  readonly authorities: readonly WireRecord[];
  readonly additionals: readonly WireRecord[];
}

/** Bits of `flags` (RFC 1035 §4.1.1). */
export const flag = { QR: 0x8000, AA: 0x0400, TC: 0x0200, RD: 0x0100, RA: 0x0080, CD: 0x0010 } as const;
const opcodeMask = 0x7800;

/** An empty reply to `query` with its first question: id and opcode are the query's, RD and CD are too when it is an ordinary query. */
export function replyTo(query: WireMessage, rcode: number, flags = 0): WireMessage {
  const copied = (query.flags & opcodeMask) === 0 ? flag.RD | flag.CD : 0;
  return {
    id: query.id,
    flags: flag.QR | flags | (query.flags & (opcodeMask | copied)) | rcode,
    questions: query.questions.slice(0, 1),
    answers: [],
    authorities: [],
    additionals: [],
  };
}
