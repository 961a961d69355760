import type { Logger } from '../../common/logger.js';
import type { Clock } from '../../common/time.js';
import { decide } from '../answer/decide.js';
import type { AnswerContext } from '../answer/decide.js';
import { opcode, rcode } from '../answer/protocol.js';
import type { ExtendedError } from '../answer/protocol.js';
import { maxReplyBytes } from '../answer/query.js';
import type { Query } from '../answer/query.js';
import { emptyReply } from '../answer/reply.js';
import { shortened } from '../forward/shorten.js';
import type { Upstream } from '../forward/upstream.js';
import type { ClientPolicy } from '../policy/client-policy.js';
import type { ZoneTransfers } from '../transfer/zone-transfers.js';
import type { ParsedMessage } from './dns2.js';
import { encodeReply } from './encode.js';
import { toQuery } from './received.js';
import { hasDotInLabel, headerOnlyReply } from './wire.js';

/** For a reply of several messages. */
export interface ReplyStream {
  /** Sends one that is not the last; resolves when there is room for the next one, with false when the connection is gone. */
  send(message: Buffer): Promise<boolean>;
}

export interface Client {
  readonly transport: 'udp' | 'tcp';
  readonly address: string;
  /** Over TCP. */
  readonly stream?: ReplyStream;
}

/** Takes a decoded message and calls `respond` with the reply, once: at once for names of the zone, later when forwarded. */
export type Responder = (message: ParsedMessage, client: Client, respond: (reply: Buffer) => void) => void;

/** A fault of ours would be told for every query: once in this time is enough. */
const faultLogIntervalMs = 10_000;

/** Joins the answer chain to the wire. Never throws: what goes wrong with one message is answered with SERVFAIL. */
export function createResponder(options: {
  context: AnswerContext;
  forwarder: Upstream;
  policy: ClientPolicy;
  /** Absent: the zone is not transferred to anybody. */
  transfers?: ZoneTransfers;
  logger: Logger;
  clock: Clock;
}): Responder {
  const { context, forwarder, policy, transfers, logger, clock } = options;
  let faultLoggedAt = -Infinity;

  function onFault(message: ParsedMessage, error: unknown): Buffer {
    if (clock() - faultLoggedAt >= faultLogIntervalMs) {
      faultLoggedAt = clock();
      logger.error({ err: error, question: message.questions[0] }, 'a query could not be answered');
    }
    return headerOnlyReply(message.bytes, rcode.SERVFAIL);
  }

  function failure(message: ParsedMessage, query: Query, error: ExtendedError | undefined): Buffer {
    const reply = emptyReply(query, rcode.SERVFAIL, true, error);
    return encodeReply(message, reply, context.zone.settings, maxReplyBytes(query));
  }

  async function forwarded(message: ParsedMessage, query: Query): Promise<Buffer> {
    const result = await forwarder.forward(message.bytes, query.transport);
    if (!Buffer.isBuffer(result)) return failure(message, query, result);
    const limit = maxReplyBytes(query);
    return result.length <= limit ? result : shortened(result, limit);
  }

  async function transferred(message: ParsedMessage, query: Query, client: Client): Promise<Buffer | undefined> {
    if (transfers === undefined || client.stream === undefined) {
      return encodeReply(message, emptyReply(query, rcode.REFUSED, false), context.zone.settings, maxReplyBytes(query));
    }
    return transfers.transfer(message, query, client.stream);
  }

  /** Gives the client the reply when it is there; undefined: nobody waits for it any more. */
  function respondLater(
    message: ParsedMessage,
    coming: Promise<Buffer | undefined>,
    respond: (reply: Buffer) => void,
  ): void {
    coming
      .catch((error: unknown) => onFault(message, error))
      .then((reply) => {
        if (reply !== undefined) respond(reply);
      })
      .catch((error: unknown) => onFault(message, error));
  }

  return (message, client, respond) => {
    try {
      const rights = policy.rightsOf(client.address);
      const query = toQuery(message, { transport: client.transport, ...rights });
      if (query === undefined) {
        // Messages of other kinds may look as they like: an update has any number of records.
        const isQuery = message.header.opcode === opcode.QUERY;
        respond(headerOnlyReply(message.bytes, isQuery ? rcode.FORMERR : rcode.NOTIMP));
        return;
      }
      const decision = decide(query, context);
      if (decision.action === 'forward') {
        respondLater(message, forwarded(message, query), respond);
      } else if (hasDotInLabel(message.bytes)) {
        // As text it is another name, and the question could not be repeated as it was asked.
        respond(headerOnlyReply(message.bytes, rcode.FORMERR));
      } else if (decision.action === 'transfer') {
        respondLater(message, transferred(message, query, client), respond);
      } else {
        respond(encodeReply(message, decision.reply, context.zone.settings, maxReplyBytes(query)));
      }
    } catch (error) {
      respond(onFault(message, error));
    }
  };
}
