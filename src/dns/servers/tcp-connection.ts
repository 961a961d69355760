import type { Socket } from 'node:net';
import type { ReplyStream } from './responder.js';
import { framed, TcpFrames } from './tcp-frames.js';
import type { Turns } from './turns.js';

export interface ConnectionLimits {
  /**
   * A connection is closed when for so long no message became whole, no reply was sent and no reply was taken (RFC 7766 §6.2.3): a client
   * that sends or reads an octet now and then gains nothing by it.
   */
  readonly idleMs: number;
  /** Queries that are not answered yet; then no more is read until one is. */
  readonly maxUnanswered: number;
  /** Replies that the client has not taken; then no more is read, nor answered, until it has. */
  readonly maxUnreadBytes: number;
}

/** So many messages of one connection are answered one after the other; then it is the turn of those who wait. */
const maxMessagesAtOnce = 8;
/** To send so many octets is as much work as to answer a message. */
const bytesPerWork = 1024;

/** Answers one message: calls `reply` once, sooner or later. Throws for what is not answered at all. */
export type Answer = (message: Buffer, stream: ReplyStream, reply: (message: Buffer) => void) => void;

/**
 * Answers the messages of one connection as they come, each as soon as its answer is there (RFC 7766 §6.2.1.1), until the client has ended
 * its side and has all replies. `onMessage` is called for each.
 */
export function serveConnection(
  socket: Socket,
  {
    limits,
    turns,
    answer,
    onMessage,
  }: {
    readonly limits: ConnectionLimits;
    /** Those of all connections. */
    readonly turns: Turns;
    readonly answer: Answer;
    readonly onMessage: () => void;
  },
): void {
  const frames = new TcpFrames();
  /** Those who want to send more when the client has taken what there is. */
  const waiting: ((isOpen: boolean) => void)[] = [];
  let unanswered = 0;
  let hasEnded = false;
  let serving = false;
  /** There are messages to be answered when it is this connection's turn. */
  let waitsForTurn = false;
  /** Something came that is no message: what follows is none either. */
  let isBroken = false;

  const deadline = setTimeout(() => {
    // Whoever waits for other resolvers has nothing to send or to take.
    if (unanswered > 0 && socket.writableLength === 0) deadline.refresh();
    else socket.destroy();
  }, limits.idleMs);

  const isFull = (): boolean => socket.writableLength > limits.maxUnreadBytes;

  function send(message: Buffer): void {
    if (socket.destroyed || !socket.writable) return;
    turns.spend(Math.floor(message.length / bytesPerWork));
    socket.write(framed(message));
    if (!isFull()) deadline.refresh();
  }

  const stream: ReplyStream = {
    send(message) {
      send(message);
      if (socket.destroyed || !isFull()) return Promise.resolve(!socket.destroyed);
      return new Promise((resolve) => waiting.push(resolve));
    },
  };

  function answerNext(message: Buffer): void {
    deadline.refresh();
    unanswered++;
    turns.spend(1);
    onMessage();
    let isAnswered = false;
    answer(message, stream, (reply) => {
      if (isAnswered) return;
      isAnswered = true;
      unanswered--;
      send(reply);
      serve();
    });
  }

  function isHeld(): boolean {
    return unanswered >= limits.maxUnanswered || isFull();
  }

  function waitForTurn(): void {
    waitsForTurn = true;
    turns.wait(() => {
      waitsForTurn = false;
      serve();
    });
  }

  function serve(): void {
    if (serving || waitsForTurn) return;
    serving = true;
    for (let answered = 0; !socket.destroyed && !isBroken && !isHeld(); answered++) {
      if (frames.length > 0 && (answered === maxMessagesAtOnce || !turns.hasTime)) {
        waitForTurn();
        break;
      }
      const message = frames.take();
      if (message === undefined) break;
      try {
        answerNext(message);
      } catch {
        isBroken = true;
        socket.destroySoon(); // with the replies that are there
      }
    }
    serving = false;
    if (socket.destroyed) return;
    if (isBroken || waitsForTurn || isHeld()) socket.pause();
    else if (!hasEnded) socket.resume();
    else if (frames.length > 0) socket.destroy();
    else if (unanswered === 0) socket.end();
  }

  socket.on('data', (piece) => {
    frames.push(piece);
    serve();
  });
  socket.on('end', () => {
    hasEnded = true;
    serve();
  });
  socket.on('drain', () => {
    deadline.refresh();
    for (const resolve of waiting.splice(0)) resolve(true);
    serve();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    clearTimeout(deadline);
    for (const resolve of waiting.splice(0)) resolve(false);
  });
}
