import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { codeOf, messageOf } from '../../common/errors.js';
import { answersTo } from '../servers/wire.js';

export interface ResolverAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * What a message of a resolver is: the answer, the end of the exchange without one, or, over UDP, something to pass over, as others may
 * have sent it.
 */
export type Judge = (reply: Buffer, query: Buffer) => 'answer' | 'failure' | 'stray';

/** Only the same question under the same id is answered. */
export const byIdAndQuestion: Judge = (reply, query) => (answersTo(query, reply) ? 'answer' : 'stray');

/** How an exchange with one resolver ended. */
export type Outcome =
  | { readonly reply: Buffer }
  /** In a few words; `network`: no packet reached the resolver, or it was sent away. */
  | { readonly failure: string; readonly network: boolean }
  /** It was given up, as it was not needed any more. */
  | 'aborted';

/** One exchange with one resolver: ends at the latest when it is aborted. Never rejects. */
export type Exchange = (
  query: Buffer,
  resolver: ResolverAddress,
  judge: Judge,
  signal: AbortSignal,
) => Promise<Outcome>;

/** What an abort is for; anything else as a reason means that the exchange is not needed any more. */
export const timedOut = Symbol('timed out');

const noAnswer: Outcome = { failure: 'sent no answer', network: false };

function abortOutcome(signal: AbortSignal): Outcome {
  return signal.reason === timedOut ? { failure: 'did not answer in time', network: false } : 'aborted';
}

function networkFailure(error: unknown): Outcome {
  return { failure: codeOf(error) ?? messageOf(error), network: true };
}

/** A fresh socket, so that its port is as hard to guess as the id; connected, so that only the resolver can answer. */
export const overUdp: Exchange = (query, { host, port }, judge, signal) =>
  new Promise((resolve) => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    let open = true;
    const finish = (outcome: Outcome): void => {
      if (!open) return;
      open = false;
      signal.removeEventListener('abort', onAbort);
      socket.close();
      resolve(outcome);
    };
    const onAbort = (): void => finish(abortOutcome(signal));
    signal.addEventListener('abort', onAbort);
    socket.on('error', (error) => finish(networkFailure(error)));
    socket.on('message', (reply) => {
      const judged = judge(reply, query);
      if (judged !== 'stray') finish(judged === 'answer' ? { reply } : noAnswer);
    });
    socket.connect(port, host, (error?: Error) => {
      if (error !== undefined) finish(networkFailure(error));
      else if (open) socket.send(query);
    });
  });

export const overTcp: Exchange = (query, { host, port }, judge, signal) =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    let received = Buffer.alloc(0);
    const finish = (outcome: Outcome): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(outcome);
    };
    const onAbort = (): void => finish(abortOutcome(signal));
    signal.addEventListener('abort', onAbort);
    socket.on('error', (error) => finish(networkFailure(error)));
    socket.on('close', () => finish(noAnswer));
    socket.on('connect', () => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(query.length);
      socket.write(Buffer.concat([length, query]));
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2) return;
      const end = 2 + received.readUInt16BE(0);
      if (received.length < end) return;
      const reply = received.subarray(2, end);
      finish(judge(reply, query) === 'answer' ? { reply } : noAnswer);
    });
  });
