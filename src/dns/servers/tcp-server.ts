import type { Socket } from 'node:net';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { createTcpServer } from './dns2.js';
import type { Responder } from './responder.js';

/** RFC 7766 §6.2.3. A connection that is idle for so long is closed, whether or not the client agrees. */
const tcpIdleTimeoutMs = 10_000;
const maxTcpConnections = 512;
/** A client that asks and asks but does not read is disconnected. */
const maxUnreadReplyBytes = 512 << 10;

/** Answers queries over TCP until the returned function is called. Throws what the socket says when the port cannot be had. */
export async function startTcp(
  host: string,
  port: number,
  respond: Responder,
  logger: Logger,
): Promise<() => Promise<void>> {
  const server = createTcpServer(tcpIdleTimeoutMs);
  const sockets = new Set<Socket>();
  server.maxConnections = maxTcpConnections;
  server.on('requestError', (error: Error) => logger.debug({ reason: messageOf(error) }, 'a TCP connection is closed'));
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // dns2 only ends its own half: a client that keeps the other one open would hold the connection for ever.
    socket.on('timeout', () => socket.destroy());
  });
  server.on('request', (message, send, socket) => {
    respond(message, { transport: 'tcp', address: socket.remoteAddress ?? '' }, (reply) => {
      void send(reply);
      if (socket.writableLength > maxUnreadReplyBytes) socket.destroy();
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
      for (const socket of sockets) socket.destroy();
    });
}
