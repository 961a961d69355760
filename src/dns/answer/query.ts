import { ednsUdpPayloadBytes, plainUdpPayloadBytes, tcpPayloadBytes } from './protocol.js';

export interface Question {
  /** As asked, without the trailing dot; the root is empty. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** A client's message, as far as an answer depends on it. */
export interface Query {
  readonly opcode: number;
  readonly questions: readonly Question[];
  /** undefined: the client did not send an OPT record. */
  readonly edns: { readonly version: number; readonly udpPayloadBytes: number; readonly dnssecOk: boolean } | undefined;
  readonly transport: 'udp' | 'tcp';
  /** The client's address allows it to have names outside the zone looked up. */
  readonly mayRecurse: boolean;
  /** It may have the whole zone. */
  readonly mayTransfer: boolean;
  /** Of the SOA record that an IXFR query comes with: what the client has of the zone. */
  readonly serial?: number | undefined;
}

/** How long a reply may be. RFC 6891 §6.2.3: less than 512 means 512; more than we are willing to send is cut down. */
export function maxReplyBytes(query: Pick<Query, 'edns' | 'transport'>): number {
  if (query.transport === 'tcp') return tcpPayloadBytes;
  if (query.edns === undefined) return plainUdpPayloadBytes;
  return Math.min(Math.max(query.edns.udpPayloadBytes, plainUdpPayloadBytes), ednsUdpPayloadBytes);
}

/** The name to look up: lower case, with every `.*` cut out (`x.*.mesos` is `x.mesos`), as Mesos-DNS does. */
export function lookupNameOf(name: string): string {
  const lower = name.toLowerCase();
  return lower.includes('.*') ? lower.replaceAll('.*', '') : lower;
}
