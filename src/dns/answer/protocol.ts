/** Numbers of the DNS protocol, as far as they are used here (IANA "Domain Name System Parameters"). */
export const rrType = {
  A: 1,
  NS: 2,
  SOA: 6,
  PTR: 12,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const;
export const rrClass = { IN: 1, ANY: 255 } as const;
export const opcode = { QUERY: 0 } as const;
/** What an opcode asks for, by its number. */
export const opcodeNames: readonly (string | undefined)[] = [
  'QUERY',
  'IQUERY',
  'STATUS',
  undefined,
  'NOTIFY',
  'UPDATE',
];
export const rcode = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  /** RFC 2136 §2.2; RFC 5936 §2.2.1: of the name asked for there is no zone here. */
  NOTAUTH: 9,
  /** RFC 6891 §9: needs an OPT record for its upper bits. */
  BADVERS: 16,
} as const;
export type Rcode = (typeof rcode)[keyof typeof rcode];

/** Without EDNS (RFC 1035 §4.2.1). */
export const plainUdpPayloadBytes = 512;
/** What we take and send over UDP with EDNS: fits an Ethernet frame behind IPv6, so nothing is fragmented. */
export const ednsUdpPayloadBytes = 1232;
export const tcpPayloadBytes = 65_535;

/** RFC 8914 §4: why an answer is what it is, as a number. */
export const extendedError = {
  OTHER: 0,
  STALE_ANSWER: 3,
  NOT_READY: 14,
  PROHIBITED: 18,
  STALE_NXDOMAIN: 19,
  NOT_AUTHORITATIVE: 20,
  NOT_SUPPORTED: 21,
  NO_REACHABLE_AUTHORITY: 22,
  NETWORK_ERROR: 23,
} as const;

/** An Extended DNS Error: the number, and the same for a human. Sent to those who speak EDNS. */
export interface ExtendedError {
  readonly code: (typeof extendedError)[keyof typeof extendedError];
  readonly text: string;
}
