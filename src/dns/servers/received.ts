import { rrType } from '../answer/protocol.js';
import type { Query } from '../answer/query.js';
import type { ParsedMessage } from './dns2.js';
import { questionEnd } from './wire.js';

/**
 * A decoded message as the answer chain sees it. Undefined when it could not be decoded whole: such a message is answered
 * with FORMERR, and nothing in it is believed.
 */
export function toQuery(
  message: ParsedMessage,
  origin: Pick<Query, 'transport' | 'mayRecurse' | 'mayTransfer'>,
): Query | undefined {
  if (message.errors.length > 0) return undefined;
  // There is nothing before the question that its name could point to (RFC 1035 §4.1.4).
  if (message.questions.length === 1 && questionEnd(message.bytes) === undefined) return undefined;
  const opts = message.additionals.filter((record) => record.type === rrType.OPT);
  const [opt] = opts;
  if (opts.length > 1 || (opt?.name ?? '') !== '') return undefined; // RFC 6891 §6.1.1, §6.1.2
  return {
    opcode: message.header.opcode,
    questions: message.questions,
    edns:
      opt === undefined
        ? undefined
        : { version: opt.version ?? 0, udpPayloadBytes: opt.class, dnssecOk: opt.doFlag === true },
    serial: message.authorities.find((record) => record.type === rrType.SOA)?.serial,
    ...origin,
  };
}
