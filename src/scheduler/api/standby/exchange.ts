import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { codeOf, messageOf } from '../../../common/errors.js';
import type { HttpReply } from '../../../http/server.js';
import { LeaderFailure } from './leader-failure.js';
import { headersForClient } from './passed-headers.js';
import { Silence } from './silence.js';

/** A request of a client on its way to the leader, and the leader's answer on its way back. */
export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly reply: HttpReply;
  /** The request to the leader, of which nothing but the head was given. */
  readonly upstream: ClientRequest;
  /** Whether the incoming request has a body. */
  readonly hasBody: boolean;
  readonly secure: boolean;
  /** `host:port` of the leader, and of this scheduler. */
  readonly leader: string;
  readonly own: string;
  readonly connectTimeoutMs: number;
  /** Of silence of the leader. */
  readonly readTimeoutMs: number;
}

/**
 * Ends an answer so that nobody takes what has come for the whole. The end of a connection without TLS would be the proper end of an
 * answer to HTTP/1.0; a reset is not.
 */
function breakOff(outgoing: ServerResponse): void {
  const { socket } = outgoing;
  if (socket === null || socket instanceof TLSSocket || outgoing.chunkedEncoding) outgoing.destroy();
  else socket.resetAndDestroy();
}

/** Writes the body of `incoming` as fast as `upstream` takes it; what is not `wanted` any more is read and dropped. */
function upload(incoming: IncomingMessage, upstream: ClientRequest, wanted: () => boolean, moved: () => void): void {
  const resume = (): void => {
    moved();
    incoming.resume();
  };
  incoming.on('data', (chunk: Buffer) => {
    moved();
    incoming.pause();
    // A leader that refuses a body answers and closes. What it said is read before the next write finds the connection closed.
    setImmediate(() => {
      if (upstream.destroyed || !wanted() || upstream.write(chunk)) incoming.resume();
      else upstream.once('drain', resume);
    });
  });
  upstream.on('close', () => incoming.resume());
  incoming.on('end', () => {
    moved();
    // After the last chunk, which may wait still
    setImmediate(() => upstream.end());
  });
  incoming.on('close', () => {
    if (!incoming.complete) upstream.destroy();
  });
}

/**
 * Passes on a request's body and the leader's answer, both as they come and no faster than they are taken; whoever goes away takes the
 * other with him. Resolves when the leader has no further part in it. Throws LeaderFailure when no answer has begun: then another one
 * is to be given. One that breaks off breaks off for the client, too.
 */
export function exchange(given: Exchange): Promise<void> {
  const { incoming, reply, upstream, hasBody, secure, leader, own, connectTimeoutMs, readTimeoutMs } = given;
  const outgoing = reply.raw;
  return new Promise((resolve, reject) => {
    let isConnected = false;
    let answer: IncomingMessage | undefined;
    let failure: LeaderFailure | undefined;
    let silence: Silence | undefined;

    function fail(reason: LeaderFailure): void {
      failure ??= reason;
      upstream.destroy();
      if (answer !== undefined && !outgoing.writableEnded) breakOff(outgoing);
    }

    const connecting = setTimeout(() => {
      fail(new LeaderFailure('timedOut', `${leader} could not be connected to within ${connectTimeoutMs} ms`));
    }, connectTimeoutMs);

    function connected(): void {
      clearTimeout(connecting);
      if (isConnected) return;
      isConnected = true;
      silence = new Silence(readTimeoutMs, isLeadersTurn, () => {
        fail(new LeaderFailure('timedOut', `${leader} said nothing for ${readTimeoutMs} ms`));
      });
    }

    /** Not while the client sends its request, or reads what it has. */
    function isLeadersTurn(): boolean {
      if (hasBody && !incoming.readableEnded) return upstream.writableNeedDrain;
      return !outgoing.writableNeedDrain;
    }

    const moved = (): void => silence?.heard();
    // A leader that means to close the connection when it has answered reads no more of the request
    const wanted = (): boolean => answer?.headers.connection?.toLowerCase() !== 'close';

    function failureOf(error: unknown): LeaderFailure {
      const said = messageOf(error);
      const code = codeOf(error);
      if (isConnected) {
        const wasStale = upstream.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
        return new LeaderFailure('broken', `${leader} was connected to, but gave no answer: ${said}`, wasStale);
      }
      const kind = code === 'ECONNREFUSED' ? 'refused' : code === 'ETIMEDOUT' ? 'timedOut' : 'broken';
      return new LeaderFailure(kind, `${leader} could not be connected to: ${said}`);
    }

    function passAnswer(received: IncomingMessage): void {
      const { statusCode = 502, statusMessage = '', rawHeaders, headers } = received;
      try {
        outgoing.writeHead(statusCode, statusMessage, headersForClient(rawHeaders, headers.connection, own));
      } catch (error) {
        outgoing.statusMessage = '';
        fail(new LeaderFailure('broken', `${leader} gave an answer that cannot be passed on: ${messageOf(error)}`));
        return;
      }
      answer = received;
      reply.hijack();
      outgoing.flushHeaders();
      received.on('data', (chunk: Buffer) => {
        moved();
        if (!outgoing.write(chunk)) received.pause();
      });
      outgoing.on('drain', () => {
        moved();
        received.resume();
      });
      received.on('end', () => outgoing.end());
      received.on('error', () => breakOff(outgoing));
    }

    upstream.on('socket', (socket) => {
      if (upstream.reusedSocket) connected();
      else socket.once(secure ? 'secureConnect' : 'connect', connected);
    });
    upstream.on('response', (received) => {
      moved();
      passAnswer(received);
    });
    upstream.on('drain', moved);
    // With an answer, its own end tells the same
    upstream.on('error', (error) => {
      if (answer === undefined) failure ??= failureOf(error);
    });
    upstream.on('close', () => {
      clearTimeout(connecting);
      silence?.end();
      if (answer !== undefined || outgoing.destroyed) resolve();
      else reject(failure ?? failureOf(new Error('the connection was closed')));
    });
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) upstream.destroy();
    });

    if (outgoing.destroyed) upstream.destroy();
    else if (hasBody) upload(incoming, upstream, wanted, moved);
    else upstream.end();
  });
}
