import type { Logger } from '../../common/logger.js';
import type { Clock } from '../../common/time.js';
import { decide } from '../answer/decide.js';
import type { AnswerContext } from '../answer/decide.js';
import { plainUdpPayloadBytes, rcode } from '../answer/protocol.js';
import { maxReplyBytes } from '../answer/query.js';
import type { Query } from '../answer/query.js';
import { serverFailure } from '../answer/reply.js';
import type { ClientPolicy } from '../policy/client-policy.js';
import type { ParsedMessage } from './dns2.js';
import { encodeReply } from './encode.js';
import type { Forwarder } from './forwarder.js';
import { toQuery } from './received.js';
import { hasDotInLabel, headerOnlyReply, truncatedToQuestion } from './wire.js';

export interface Client {
  readonly transport: 'udp' | 'tcp';
  readonly address: string;
}

/** Takes a decoded message and calls `respond` with the reply, once: at once for names of the zone, later when forwarded. */
export type Responder = (message: ParsedMessage, client: Client, respond: (reply: Buffer) => void) => void;

/** A fault of ours would be told for every query: once in this time is enough. */
const faultLogIntervalMs = 10_000;

/** Joins the answer chain to the wire. Never throws: what goes wrong with one message is answered with SERVFAIL. */
export function createResponder(options: {
  context: AnswerContext;
  forwarder: Forwarder;
  policy: ClientPolicy;
  logger: Logger;
  clock: Clock;
}): Responder {
  const { context, forwarder, policy, logger, clock } = options;
  let faultLoggedAt = -Infinity;

  function onFault(message: ParsedMessage, error: unknown): Buffer {
    if (clock() - faultLoggedAt >= faultLogIntervalMs) {
      faultLoggedAt = clock();
      logger.error({ err: error, question: message.questions[0] }, 'a query could not be answered');
    }
    return headerOnlyReply(message.bytes, rcode.SERVFAIL);
  }

  function failure(message: ParsedMessage, query: Query): Buffer {
    return encodeReply(message, serverFailure(query, true), context.zone.settings, maxReplyBytes(query));
  }

  async function forwarded(message: ParsedMessage, query: Query): Promise<Buffer> {
    const reply = await forwarder.forward(message.bytes, query.transport);
    if (reply === undefined) return failure(message, query);
    // A resolver was told the client's own limit: what is within it is passed on as it is.
    const limit =
      query.transport === 'tcp' ? reply.length : Math.max(query.edns?.udpPayloadBytes ?? 0, plainUdpPayloadBytes);
    return reply.length <= limit ? reply : truncatedToQuestion(reply);
  }

  return (message, client, respond) => {
    try {
      const query = toQuery(message, {
        transport: client.transport,
        mayRecurse: policy.rightsOf(client.address).mayRecurse,
      });
      if (query === undefined) {
        respond(headerOnlyReply(message.bytes, rcode.FORMERR));
        return;
      }
      const decision = decide(query, context);
      if (decision.action === 'forward') {
        forwarded(message, query)
          .catch((error: unknown) => onFault(message, error))
          .then(respond)
          .catch((error: unknown) => onFault(message, error));
      } else if (hasDotInLabel(message.bytes)) {
        // As text it is another name, and the question could not be repeated as it was asked.
        respond(headerOnlyReply(message.bytes, rcode.FORMERR));
      } else {
        respond(encodeReply(message, decision.reply, context.zone.settings, maxReplyBytes(query)));
      }
    } catch (error) {
      respond(onFault(message, error));
    }
  };
}
