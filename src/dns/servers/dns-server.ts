import type { Socket as UdpSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Socket } from 'node:net';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { listenError } from '../../http/server.js';
import { createTcpServer, createUdpServer } from './dns2.js';
import type { Responder } from './responder.js';

/** RFC 7766 §6.2.3. A connection that is idle for so long is closed, whether or not the client agrees. */
const tcpIdleTimeoutMs = 10_000;
const maxTcpConnections = 512;
/** A client that asks and asks but does not read is disconnected. */
const maxUnreadReplyBytes = 512 << 10;
/** Room for bursts; the kernel may give less. */
const udpBufferBytes = 4 << 20;

/** The DNS server of one address and port, over UDP and TCP. */
export interface DnsServer {
  close(): Promise<void>;
}

function enlargeBuffers(socket: UdpSocket, logger: Logger): void {
  try {
    socket.setRecvBufferSize(udpBufferBytes);
    socket.setSendBufferSize(udpBufferBytes);
  } catch (error) {
    logger.debug({ err: error }, 'the UDP buffers keep their size');
  }
}

async function startUdp(host: string, port: number, respond: Responder, logger: Logger): Promise<() => Promise<void>> {
  const server = createUdpServer(isIPv6(host) ? 'udp6' : 'udp4');
  server.on('requestError', (error: Error) => logger.debug({ reason: messageOf(error) }, 'a UDP message is ignored'));
  server.on('request', (message, send, { address }) => {
    respond(message, { transport: 'udp', address }, (reply) => {
      send(reply)?.catch((error: unknown) => logger.debug({ reason: messageOf(error) }, 'a UDP reply was not sent'));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.bind({ port, address: host }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  server.on('error', (error: Error) => logger.warn({ err: error }, 'UDP socket error'));
  enlargeBuffers(server, logger);
  return () => new Promise((resolve) => server.close(resolve));
}

async function startTcp(host: string, port: number, respond: Responder, logger: Logger): Promise<() => Promise<void>> {
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

/** Listens on UDP and TCP. Throws StartupError, naming `flag`, when the port cannot be had on either. */
export async function startDnsServer(options: {
  host: string;
  port: number;
  flag: string;
  respond: Responder;
  logger: Logger;
}): Promise<DnsServer> {
  const { host, port, respond, logger } = options;
  const running: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((stop) => stop()));
  };
  try {
    running.push(await startTcp(host, port, respond, logger));
    running.push(await startUdp(host, port, respond, logger));
  } catch (error) {
    await close();
    throw listenError(error, options);
  }
  return { close };
}
