import type { Logger } from '../../common/logger.js';
import type { Clock } from '../../common/time.js';
import { plainUdpPayloadBytes, rcode, rrType } from '../answer/protocol.js';
import type { Judge } from '../servers/forwarder.js';
import { headerBytes, headerOnlyReply, isResponse, messageId } from '../servers/wire.js';
import { answerExactly, outcomeOf } from './answer.js';
import type { ExactContext } from './answer.js';
import { count } from './exact-counts.js';
import type { ExactCounts } from './exact-counts.js';
import type { FastPath } from './fast/fast-path.js';
import { flag, FormatError, replyTo } from './message.js';
import type { WireMessage, WireQuestion } from './message.js';
import type { OrderedResolvers } from './ordered-resolvers.js';
import { packTruncated } from './truncate.js';
import { unpack } from './unpack.js';

/** The reply to a message, undefined where Mesos-DNS is silent. Never throws nor rejects. */
export type ExactResponder = (
  message: Buffer,
  transport: 'udp' | 'tcp',
) => Buffer | undefined | Promise<Buffer | undefined>;

/** A request over UDP is read so far; what is longer is cut off. */
const maxUdpRequestBytes = 512;
/** The same fault would be told for every query: once in this time is enough. */
const faultLogIntervalMs = 10_000;
/** DS, which belongs to the zone above (RFC 4035 §3.1.4.1): Mesos-DNS takes that for the root even for names of the domain. */
const dsType = 43;

/** `name` and what is left of it without its first label, its first two …; not the root. */
function* suffixesOf(name: string): Generator<string, void, undefined> {
  let start = 0;
  while (start < name.length) {
    yield name.slice(start);
    while (start < name.length && name[start] !== '.') start += name[start] === '\\' ? 2 : 1;
    start++;
  }
}

/** The same octets as a message with an error in it. */
function formatError(message: Buffer): Buffer {
  const reply = headerOnlyReply(message, rcode.FORMERR);
  reply[2] = flag.QR >>> 8;
  return reply;
}

/** Whatever can be read and has the id of the query is the answer; anything else ends the exchange (mesos-dns.md §10). */
function judgeFor(query: WireMessage, transport: 'udp' | 'tcp'): Judge {
  const wanted = query.additionals.find(({ type }) => type === rrType.OPT)?.class ?? 0;
  const room = transport === 'tcp' ? Infinity : Math.max(wanted, plainUdpPayloadBytes);
  return (reply, asked) => {
    if (reply.length < headerBytes || !isResponse(reply) || messageId(reply) !== messageId(asked)) return 'failure';
    try {
      unpack(reply.subarray(0, room));
      return 'answer';
    } catch {
      return 'failure';
    }
  };
}

/** Answers as Mesos-DNS does (mesos-dns.md §7–10). */
export function createExactResponder(options: {
  /** Read anew for every question: its zone changes as a whole. */
  readonly context: () => ExactContext;
  readonly setsTruncateBit: boolean;
  /** For names that are not in the domain; undefined: they are REFUSED. */
  readonly resolvers: OrderedResolvers | undefined;
  /** By zone, with a dot at the end; compared octet by octet, as in Mesos-DNS. */
  readonly zoneResolvers: ReadonlyMap<string, OrderedResolvers>;
  /** Answers what it can at once; undefined: everything is answered the long way. */
  readonly fastPath?: FastPath;
  readonly counts: ExactCounts;
  readonly logger: Logger;
  readonly clock: Clock;
}): ExactResponder {
  const { context, setsTruncateBit, zoneResolvers, fastPath, counts, logger, clock } = options;
  let toldAt = -Infinity;

  function tell(fields: object, text: string): void {
    if (clock() - toldAt < faultLogIntervalMs) return;
    toldAt = clock();
    logger.error(fields, text);
  }

  function packed(reply: WireMessage, transport: 'udp' | 'tcp'): Buffer | undefined {
    const result = packTruncated(reply, transport, setsTruncateBit);
    if (result?.sendable === true) return result.bytes;
    tell({ question: reply.questions[0] }, 'no message can hold the answer: a name in it has a label that is too long');
    return undefined;
  }

  /** Who answers: the domain, or resolvers; undefined: nobody. */
  function handlerOf({ name, type }: WireQuestion, domain: string): 'domain' | OrderedResolvers | undefined {
    if (type === dsType) return options.resolvers;
    for (const suffix of suffixesOf(name.toLowerCase())) {
      if (suffix === `${domain}.`) return 'domain';
      const resolvers = zoneResolvers.get(suffix);
      if (resolvers !== undefined) return resolvers;
    }
    return options.resolvers;
  }

  async function forwarded(
    resolvers: OrderedResolvers,
    bytes: Buffer,
    query: WireMessage,
    transport: 'udp' | 'tcp',
  ): Promise<Buffer | undefined> {
    const reply = await resolvers.ask(bytes, transport, judgeFor(query, transport));
    if (reply === undefined) {
      count(counts, false, 'Failed');
      return packed(replyTo(query, rcode.SERVFAIL), transport);
    }
    const message = unpack(reply);
    count(counts, false, message.answers.length > 0 ? 'Success' : 'NXDomain');
    return packed(message, transport);
  }

  function fault(message: Buffer, error: unknown): Buffer {
    tell({ err: error }, 'a query could not be answered');
    return headerOnlyReply(message, rcode.SERVFAIL);
  }

  function respond(bytes: Buffer, transport: 'udp' | 'tcp'): ReturnType<ExactResponder> {
    const query = unpack(bytes);
    if ((query.flags & flag.TC) !== 0) return formatError(bytes);
    const [question] = query.questions;
    if (question === undefined) return packed(replyTo(query, rcode.SERVFAIL), transport);
    const current = context();
    const handler = handlerOf(question, current.zone.settings.domain);
    if (handler === 'domain') {
      const answer = answerExactly(query, question, current);
      const reply = packed(answer, transport);
      count(counts, true, reply === undefined ? 'Failed' : outcomeOf(answer));
      return reply;
    }
    if (handler === undefined) {
      count(counts, false, 'Failed');
      return packed(replyTo(query, rcode.REFUSED), transport);
    }
    return forwarded(handler, bytes, query, transport).catch((error: unknown) => fault(bytes, error));
  }

  return (message, transport) => {
    if (message.length < headerBytes || isResponse(message)) return undefined;
    const fast = transport === 'udp' ? fastPath?.answer(message) : undefined;
    if (fast !== undefined) return fast;
    const bytes = transport === 'udp' ? message.subarray(0, maxUdpRequestBytes) : message;
    try {
      return respond(bytes, transport);
    } catch (error) {
      return error instanceof FormatError ? formatError(bytes) : fault(bytes, error);
    }
  };
}
