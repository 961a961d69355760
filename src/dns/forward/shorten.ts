import { rrType } from '../answer/protocol.js';
import { headerBytes, questionEnd, sectionCounts, setSectionCounts, setTruncated } from '../servers/wire.js';
import { recordsOf } from './message-records.js';

/**
 * A reply that is too long for the client, cut to `maxBytes`: as many whole answers as fit, the OPT record, nothing else, and TC, so that
 * the client asks again over TCP.
 */
export function shortened(reply: Buffer, maxBytes: number): Buffer {
  const records = recordsOf(reply) ?? [];
  const last = records.at(-1);
  const [questions] = sectionCounts(reply);
  const question = questions === 1 ? questionEnd(reply) : undefined;
  let end = question ?? headerBytes;
  const hasOpt = last?.type === rrType.OPT && end + last.end - last.start <= maxBytes;
  const opt = hasOpt ? reply.subarray(last.start, last.end) : Buffer.alloc(0);
  let answers = 0;
  for (const record of records) {
    if (record.section !== 'answer' || record.end + opt.length > maxBytes) break;
    end = record.end;
    answers++;
  }
  const cut = Buffer.concat([reply.subarray(0, end), opt]);
  setSectionCounts(cut, [question === undefined ? 0 : 1, answers, 0, opt.length > 0 ? 1 : 0]);
  setTruncated(cut);
  return cut;
}
