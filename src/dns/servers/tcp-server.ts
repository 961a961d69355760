import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { AnswerCounts } from '../metrics/answer-counts.js';
import { countReply } from '../metrics/count-reply.js';
import { parseMessage } from './dns2.js';
import type { ParsedMessage } from './dns2.js';
import type { Responder } from './responder.js';
import { serveConnection } from './tcp-connection.js';
import type { ConnectionLimits } from './tcp-connection.js';
import { Turns } from './turns.js';
import { clearTruncated } from './wire.js';

export interface TcpLimits extends ConnectionLimits {
  /** Connections at a time, all in all and of one address: for a new one, the one that has asked nothing for longest is closed. */
  readonly maxConnections: number;
  readonly maxConnectionsOfAddress: number;
}

const usualLimits: TcpLimits = {
  idleMs: 10_000,
  maxUnanswered: 64,
  maxUnreadBytes: 64 << 10,
  maxConnections: 512,
  maxConnectionsOfAddress: 128,
};

/** Open connections, those that asked something last at the end. */
class OpenConnections {
  readonly #limits: TcpLimits;
  readonly #sockets = new Map<Socket, string>();

  constructor(limits: TcpLimits) {
    this.#limits = limits;
  }

  add(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const own = Array.from(this.#sockets).filter(([, other]) => other === address);
    const all = this.#sockets.size >= this.#limits.maxConnections ? this.#sockets : [];
    const [quietest] = own.length >= this.#limits.maxConnectionsOfAddress ? own : all;
    if (quietest !== undefined) this.#close(quietest[0]);
    this.#sockets.set(socket, address);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  /** `socket` asked something. */
  touch(socket: Socket): void {
    const address = this.#sockets.get(socket);
    if (address === undefined) return;
    this.#sockets.delete(socket);
    this.#sockets.set(socket, address);
  }

  destroyAll(): void {
    for (const socket of this.#sockets.keys()) socket.destroy();
  }

  #close(socket: Socket): void {
    this.#sockets.delete(socket);
    socket.destroy();
  }
}

/**
 * Answers queries over TCP until the returned function is called. Throws what the socket says when the port cannot be had. The messages are
 * taken from the connection here rather than by dns2's server: that one reads as long as there is something, whatever a client
 * takes of the replies and however many of its queries wait for other resolvers.
 */
export async function startTcp(
  host: string,
  port: number,
  parts: {
    readonly respond: Responder;
    readonly counts: AnswerCounts;
    /** false: no reply has the TC bit. */
    readonly setTruncateBit: boolean;
    readonly logger: Logger;
  },
  limits: TcpLimits = usualLimits,
): Promise<() => Promise<void>> {
  const { respond, counts, setTruncateBit, logger } = parts;
  const connections = new OpenConnections(limits);
  const turns = new Turns();

  function parsed(bytes: Buffer): ParsedMessage {
    try {
      return parseMessage(bytes);
    } catch (error) {
      counts.ignored++;
      logger.debug({ reason: messageOf(error) }, 'a TCP connection is closed');
      throw error;
    }
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const address = socket.remoteAddress ?? '';
    connections.add(socket);
    serveConnection(socket, {
      limits,
      turns,
      onMessage: () => connections.touch(socket),
      answer: (bytes, stream, reply) => {
        counts.queriesTcp++;
        respond(parsed(bytes), { transport: 'tcp', address, stream }, (message) => {
          if (!setTruncateBit) clearTruncated(message);
          countReply(counts, message);
          reply(message);
        });
      },
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  server.on('error', (error: Error) => logger.warn({ err: error }, 'TCP server error'));
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      connections.destroyAll();
    });
}
