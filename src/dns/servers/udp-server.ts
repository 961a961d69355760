import type { RemoteInfo } from 'node:dgram';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { FastAnswers } from '../fast/fast-answers.js';
import type { AnswerCounts } from '../metrics/answer-counts.js';
import { countReply, countTime, timedEvery } from '../metrics/count-reply.js';
import type { ClientPolicy } from '../policy/client-policy.js';
import { parseMessage } from './dns2.js';
import type { ParsedMessage } from './dns2.js';
import type { Responder } from './responder.js';
import { openUdpSocket } from './udp-socket.js';
import { clearTruncated, truncatedToQuestion } from './wire.js';

/** Replies that the system does not take at once wait for it; above this they are lost, as on any full link. */
const maxWaitingBytes = 1 << 20;

export interface UdpParts {
  /** What can be answered at once. */
  readonly fast: FastAnswers;
  /** Everything else. */
  readonly respond: Responder;
  readonly policy: ClientPolicy;
  readonly counts: AnswerCounts;
  /** false: no reply has the TC bit, and what would be cut down to it is not sent. */
  readonly setTruncateBit: boolean;
  readonly logger: Logger;
}

/**
 * Answers queries over UDP until the returned function is called. Throws what the socket says when the port cannot be had.
 * Plain questions are answered before the next message is read, without a promise or a closure of ours.
 */
export async function startUdp(
  host: string,
  port: number,
  { fast, respond, policy, counts, setTruncateBit, logger }: UdpParts,
): Promise<() => Promise<void>> {
  const socket = await openUdpSocket(host, port, logger);
  let isOpen = true;
  let untilTimed = timedEvery;
  /** The system did not take the last reply at once. */
  let isWaiting = false;

  /** What is sent of a reply; undefined: nothing. */
  function admitted(reply: Buffer, address: string): Buffer | undefined {
    const admission = policy.admit(address);
    if (admission === 'send') return reply;
    counts.rateLimited++;
    return admission === 'truncate' && setTruncateBit ? truncatedToQuestion(reply) : undefined;
  }

  function send(reply: Buffer, client: RemoteInfo): void {
    const sent = admitted(reply, client.address);
    if (sent === undefined || (isWaiting && socket.getSendQueueSize() > maxWaitingBytes)) return;
    countReply(counts, sent);
    // Without a callback errors of one reply (its route, its size) concern nobody: as on any link, it is lost.
    socket.send(sent, client.port, client.address);
    isWaiting = socket.getSendQueueCount() > 0;
  }

  /** `startedAt`: undefined when its time is not taken. */
  function sendLater(reply: Buffer, client: RemoteInfo, startedAt: number | undefined): void {
    if (!isOpen) return;
    if (!setTruncateBit) clearTruncated(reply);
    send(reply, client);
    if (startedAt !== undefined) countTime(counts, performance.now() - startedAt);
  }

  function answerOther(bytes: Buffer, client: RemoteInfo, startedAt: number | undefined): void {
    let message: ParsedMessage;
    try {
      message = parseMessage(bytes);
    } catch (error) {
      counts.ignored++;
      logger.debug({ reason: messageOf(error) }, 'a UDP message is ignored');
      return;
    }
    respond(message, { transport: 'udp', address: client.address }, (reply) => sendLater(reply, client, startedAt));
  }

  socket.on('message', (bytes, client) => {
    counts.queriesUdp++;
    let startedAt: number | undefined;
    if (--untilTimed === 0) {
      untilTimed = timedEvery;
      startedAt = performance.now();
    }
    // Nobody can be at port 0, and nothing be sent there: the sender is forged.
    if (client.port === 0) {
      counts.ignored++;
      return;
    }
    const reply = fast.answer(bytes, client.address);
    if (reply === undefined) {
      answerOther(bytes, client, startedAt);
      return;
    }
    send(reply, client);
    if (isWaiting) fast.keepLast(); // the next reply must not be written over it
    if (startedAt !== undefined) countTime(counts, performance.now() - startedAt);
  });

  return () => {
    isOpen = false;
    return new Promise((resolve) => socket.close(resolve));
  };
}
