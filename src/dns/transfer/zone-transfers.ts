import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../common/time.js';
import { extendedError, rcode, tcpPayloadBytes } from '../answer/protocol.js';
import type { Query } from '../answer/query.js';
import { emptyReply } from '../answer/reply.js';
import type { ZoneSettings } from '../answer/zone.js';
import type { AnswerCounts } from '../metrics/answer-counts.js';
import type { ParsedMessage } from '../servers/dns2.js';
import { encodeReply } from '../servers/encode.js';
import type { ReplyStream } from '../servers/responder.js';
import { portionsOf } from './zone-records.js';
import type { ZoneSnapshot } from './zone-records.js';

/** At a time: each has a copy of the zone. */
const maxTransfers = 4;
/** Whoever takes longer is cut off. */
const maxTransferMs = 120_000;
/** Of a message: names are compressed by pointing into the first 16,384 octets. */
const messageBytes = 16_000;

/** Sends the zone as a whole (RFC 5936). */
export interface ZoneTransfers {
  /**
   * Sends all messages but the last, which it resolves with; undefined when the connection is gone. What is sent is the zone as it is now, whatever
   * becomes of it meanwhile.
   */
  transfer(message: ParsedMessage, query: Query, stream: ReplyStream): Promise<Buffer | undefined>;
}

export function createZoneTransfers(options: {
  readonly zone: { readonly settings: ZoneSettings; snapshot(): ZoneSnapshot };
  readonly counts: Pick<AnswerCounts, 'zoneTransfers'>;
  readonly clock: Clock;
}): ZoneTransfers {
  const { zone, counts, clock } = options;
  let underWay = 0;

  async function send(message: ParsedMessage, query: Query, stream: ReplyStream): Promise<Buffer | undefined> {
    const snapshot = zone.snapshot();
    const endMs = clock() + maxTransferMs;
    const empty = { ...emptyReply(query, rcode.NOERROR, false), authoritative: true };
    let last: Buffer | undefined;
    for (const answers of portionsOf(snapshot, messageBytes)) {
      if (last !== undefined && !(await stream.send(last))) return undefined;
      if (clock() > endMs) throw new Error(`a zone transfer takes longer than ${maxTransferMs / 1000} seconds`);
      last = encodeReply(message, { ...empty, answers }, snapshot.settings, tcpPayloadBytes);
      await turn(); // other queries are answered in between
    }
    return last;
  }

  return {
    async transfer(message, query, stream) {
      if (underWay >= maxTransfers) {
        const error = { code: extendedError.OTHER, text: `${maxTransfers} transfers are under way already` };
        const reply = emptyReply(query, rcode.SERVFAIL, false, error);
        return encodeReply(message, reply, zone.settings, tcpPayloadBytes);
      }
      underWay++;
      counts.zoneTransfers++;
      try {
        return await send(message, query, stream);
      } finally {
        underWay--;
      }
    },
  };
}
