import { tcBit } from '../answer/header-bits.js';
import type { AnswerCounts, CountName } from './answer-counts.js';

const headerBytes = 12;
/** By the four bits of the header. */
const names: readonly CountName[] = ['noerror', 'formerr', 'servfail', 'nxdomain', 'notimp', 'refused'];

/** Whether a reply without any record but OPT has a rcode with upper bits (RFC 6891 §6.1.3), which the header does not show. */
function isExtended(reply: Uint8Array): boolean {
  if (reply[5] !== 1 || reply[7] !== 0 || reply[9] !== 0 || reply[11] !== 1 || reply[6] !== 0 || reply[8] !== 0)
    return false;
  let at = headerBytes;
  for (let label = reply[at]; label !== undefined && label !== 0; label = reply[at]) at += label + 1;
  const opt = at + 5;
  return reply[opt] === 0 && reply[opt + 1] === 0 && reply[opt + 2] === 41 && reply[opt + 5] !== 0;
}

/** Counts a reply by its rcode, and whether it is truncated. */
export function countReply(counts: AnswerCounts, reply: Uint8Array): void {
  const code = (reply[3] as number) & 0x0f;
  const name = names[code];
  if (name === undefined || (code === 0 && isExtended(reply))) counts.otherRcode++;
  else counts[name]++;
  if (((reply[2] as number) & tcBit) !== 0) counts.truncated++;
}

/** One reply of so many has its time taken: asking for the time costs as much as a good part of an answer. */
export const timedEvery = 64;

const bounds: readonly (readonly [micros: number, name: CountName])[] = [
  [50, 'within50us'],
  [100, 'within100us'],
  [250, 'within250us'],
  [1_000, 'within1ms'],
  [10_000, 'within10ms'],
  [100_000, 'within100ms'],
  [1_000_000, 'within1s'],
];

/** Counts how long a reply took. */
export function countTime(counts: AnswerCounts, milliseconds: number): void {
  const micros = milliseconds * 1000;
  counts.timed++;
  counts.timedMicros += Math.round(micros);
  for (const [bound, name] of bounds) if (micros <= bound) counts[name]++;
}
