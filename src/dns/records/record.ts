/**
 * What the cluster owns in the zone. Names are without the trailing dot. SOA and NS belong to the zone itself and are made by
 * the answer chain.
 */
export type DnsRecord = AddressRecord | SrvRecord | PtrRecord;

export interface AddressRecord {
  readonly type: 'A' | 'AAAA';
  readonly name: string;
  /** Dotted IPv4, or IPv6 in RFC 5952 text. */
  readonly address: string;
}

export interface SrvRecord {
  readonly type: 'SRV';
  readonly name: string;
  readonly target: string;
  readonly port: number;
}

/** The name of an address: `name` is in one of the two reverse zones (`4.3.2.1.in-addr.arpa`). Not in exact mode. */
export interface PtrRecord {
  readonly type: 'PTR';
  readonly name: string;
  readonly target: string;
}

export const recordTypes = ['A', 'AAAA', 'SRV', 'PTR'] as const;
export type RecordType = (typeof recordTypes)[number];

/** The record's data as text, in the form that Mesos-DNS' HTTP API shows (`target.:port` for SRV). */
export function dataOf(record: DnsRecord): string {
  switch (record.type) {
    case 'SRV':
      return `${record.target}.:${record.port}`;
    case 'PTR':
      return `${record.target}.`;
    default:
      return record.address;
  }
}

/** Two records with the same key are the same record. */
export function keyOf(record: DnsRecord): string {
  return `${record.type} ${record.name} ${dataOf(record)}`;
}
