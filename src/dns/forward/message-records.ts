import { questionEnd, sectionCounts } from '../servers/wire.js';

/** Where a record of a message is, in octets. */
export interface PlacedRecord {
  readonly section: 'answer' | 'authority' | 'additional';
  readonly type: number;
  readonly class: number;
  readonly start: number;
  /** Of the TTL, four octets. */
  readonly ttlAt: number;
  readonly ttl: number;
  readonly dataAt: number;
  readonly end: number;
}

const fixedBytes = 10;

/** Where a name ends; undefined when it is cut off. */
function nameEnd(message: Buffer, start: number): number | undefined {
  for (let offset = start; ;) {
    const length = message[offset];
    if (length === undefined || (length > 63 && length < 0xc0)) return undefined;
    if (length >= 0xc0) return offset + 2;
    offset += 1 + length;
    if (length === 0) return offset;
  }
}

function recordAt(message: Buffer, start: number, section: PlacedRecord['section']): PlacedRecord | undefined {
  const fixed = nameEnd(message, start);
  if (fixed === undefined || fixed + fixedBytes > message.length) return undefined;
  const dataAt = fixed + fixedBytes;
  const end = dataAt + message.readUInt16BE(fixed + 8);
  if (end > message.length) return undefined;
  return {
    section,
    type: message.readUInt16BE(fixed),
    class: message.readUInt16BE(fixed + 2),
    start,
    ttlAt: fixed + 4,
    ttl: message.readUInt32BE(fixed + 4),
    dataAt,
    end,
  };
}

/** The records of a message with one question, in their order. Undefined when it has not one question, or is cut off. */
export function recordsOf(message: Buffer): readonly PlacedRecord[] | undefined {
  const [questions, answers, authorities, additionals] = sectionCounts(message);
  let offset = questions === 1 ? questionEnd(message) : undefined;
  if (offset === undefined) return undefined;
  const records: PlacedRecord[] = [];
  for (const [section, count] of [
    ['answer', answers],
    ['authority', authorities],
    ['additional', additionals],
  ] as const) {
    for (let i = 0; i < count; i++) {
      const record = recordAt(message, offset, section);
      if (record === undefined) return undefined;
      records.push(record);
      offset = record.end;
    }
  }
  return records;
}
