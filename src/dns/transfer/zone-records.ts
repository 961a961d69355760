import { soaOf } from '../answer/lookup.js';
import type { ReplyRecord } from '../answer/reply.js';
import { isInDomain } from '../answer/zone.js';
import type { ZoneSettings } from '../answer/zone.js';
import { recordsOfType } from '../records/record-set.js';
import type { NameRecords } from '../records/record-set.js';

/** A zone as it was at one moment: it does not change while it is read. */
export interface ZoneSnapshot {
  readonly settings: ZoneSettings;
  readonly serial: number;
  /** All names that have records. */
  names(): Iterable<NameRecords & { readonly name: string }>;
}

/** Owner (two octets or more, most names share their end), type, class, TTL, length and data, at most. */
const usualRecordBytes = 48;

/** More than a record takes in a message, in octets. */
function sizeOf(record: ReplyRecord): number {
  const target = 'target' in record ? record.target.length : 0;
  return usualRecordBytes + record.name.length + target;
}

/** All records of a zone as a transfer has them (RFC 5936 §2.2): the SOA record, all others, and the SOA record again. */
function* recordsOf(snapshot: ZoneSnapshot): Generator<ReplyRecord, void, undefined> {
  const { settings } = snapshot;
  const soa = soaOf(snapshot);
  yield soa;
  yield { type: 'NS', name: settings.domain, nameServer: settings.soa.nameServer };
  for (const records of snapshot.names()) {
    // Names of addresses belong to other zones.
    if (isInDomain(records.name, settings.domain)) yield* recordsOfType(records, 'ANY');
  }
  yield soa;
}

/** The same in portions for one message each, of `maxBytes` at most. */
export function* portionsOf(snapshot: ZoneSnapshot, maxBytes: number): Generator<ReplyRecord[], void, undefined> {
  let portion: ReplyRecord[] = [];
  let bytes = 0;
  for (const record of recordsOf(snapshot)) {
    const size = sizeOf(record);
    if (bytes + size > maxBytes && portion.length > 0) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(record);
    bytes += size;
  }
  yield portion;
}
