import { pack } from '../pack.js';
import type { WireQuestion, WireRecord } from '../message.js';

/** Records of one length, one behind the other: each as it stands in an answer to a question in lower case. */
export interface PreparedAddresses {
  readonly count: number;
  readonly recordBytes: number;
  readonly octets: Buffer;
}

/** The addresses of one target of SRV records, as they stand in the additional section but for the owner; undefined: it has none of a family. */
export interface PreparedTarget {
  readonly a: PreparedAddresses | undefined;
  readonly aaaa: PreparedAddresses | undefined;
}

export interface PreparedServices {
  readonly count: number;
  readonly octets: Buffer;
  /** Where each record starts, and where the last one ends. */
  readonly starts: Uint32Array;
  /** Index of each record's target. */
  readonly targetOf: Uint16Array;
  /** In the order in which they are met first. */
  readonly targets: readonly PreparedTarget[];
  /** Of the whole additional section. */
  readonly glueBytes: number;
  readonly glueCount: number;
}

/** A pointer to where the name of a record is, in front of everything else of it. */
export const ownerBytes = 2;
/** Between the owner of an SRV record and its target: type, class, TTL, length, priority, weight, port. */
export const beforeTargetBytes = 16;
/** More records than this of one name are not prepared: only some dozens fit into a message. */
export const maxPrepared = 4_096;

/** A record as it stands behind this question; undefined when no message can hold it. */
function octetsOf(question: WireQuestion, record: WireRecord): Buffer | undefined {
  const before = pack(messageWith(question, []), Infinity);
  const packed = pack(messageWith(question, [record]), Infinity);
  if (before === undefined || packed?.sendable !== true) return undefined;
  return packed.bytes.subarray(before.bytes.length);
}

function messageWith(question: WireQuestion, answers: readonly WireRecord[]): Parameters<typeof pack>[0] {
  return { id: 0, flags: 0, questions: [question], answers, authorities: [], additionals: [] };
}

function allOctetsOf(question: WireQuestion, records: readonly WireRecord[]): Buffer[] | undefined {
  if (records.length > maxPrepared) return undefined;
  const all: Buffer[] = [];
  for (const record of records) {
    const octets = octetsOf(question, record);
    if (octets === undefined) return undefined;
    all.push(octets);
  }
  return all;
}

/** Addresses as answers. Null when they cannot be copied as they are. */
export function prepareAddresses(question: WireQuestion, records: readonly WireRecord[]): PreparedAddresses | null {
  const all = allOctetsOf(question, records);
  const recordBytes = all?.[0]?.length ?? 0;
  if (all === undefined || all.some(({ length }) => length !== recordBytes)) return null;
  return { count: all.length, recordBytes, octets: Buffer.concat(all) };
}

/** The same without owners, for the additional section. */
function prepareGlue(question: WireQuestion, records: readonly WireRecord[]): PreparedAddresses | undefined | null {
  if (records.length === 0) return undefined;
  // Behind a question for its own name the owner is a pointer, which is two octets as it is behind an SRV record
  const prepared = prepareAddresses(question, records);
  if (prepared === null) return null;
  const recordBytes = prepared.recordBytes - ownerBytes;
  const octets = Buffer.alloc(recordBytes * prepared.count);
  for (let index = 0; index < prepared.count; index++) {
    const start = index * prepared.recordBytes + ownerBytes;
    prepared.octets.copy(octets, index * recordBytes, start, start + recordBytes);
  }
  return { count: prepared.count, recordBytes, octets };
}

/**
 * SRV records as answers, and what goes along with them. `addressesOf` gives the addresses of a target. Null when they cannot be copied as they are.
 */
export function prepareServices(
  question: WireQuestion,
  records: readonly { readonly target: string; readonly record: WireRecord }[],
  addressesOf: (target: string) => { readonly a: readonly WireRecord[]; readonly aaaa: readonly WireRecord[] },
): PreparedServices | null {
  const all = allOctetsOf(
    question,
    records.map(({ record }) => record),
  );
  if (all === undefined) return null;
  const indexes = new Map<string, number>();
  const targets: PreparedTarget[] = [];
  const targetOf = new Uint16Array(records.length);
  const starts = new Uint32Array(records.length + 1);
  let glueBytes = 0;
  let glueCount = 0;
  for (const [index, { target }] of records.entries()) {
    starts[index + 1] = (starts[index] as number) + (all[index] as Buffer).length;
    let known = indexes.get(target);
    if (known === undefined) {
      const addresses = addressesOf(target);
      const own = { ...question, name: `${target}.` };
      const a = prepareGlue(own, addresses.a);
      const aaaa = prepareGlue(own, addresses.aaaa);
      if (a === null || aaaa === null) return null;
      for (const one of [a, aaaa]) {
        if (one === undefined) continue;
        glueBytes += ownerBytes + one.recordBytes;
        glueCount++;
      }
      known = targets.push({ a, aaaa }) - 1;
      indexes.set(target, known);
    }
    targetOf[index] = known;
  }
  return { count: records.length, octets: Buffer.concat(all), starts, targetOf, targets, glueBytes, glueCount };
}
