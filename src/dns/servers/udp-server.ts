import type { Socket as UdpSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { createUdpServer } from './dns2.js';
import type { Responder } from './responder.js';

/** Room for bursts; the kernel may give less. */
const udpBufferBytes = 4 << 20;

function enlargeBuffers(socket: UdpSocket, logger: Logger): void {
  try {
    socket.setRecvBufferSize(udpBufferBytes);
    socket.setSendBufferSize(udpBufferBytes);
  } catch (error) {
    logger.debug({ err: error }, 'the UDP buffers keep their size');
  }
}

/** Answers queries over UDP until the returned function is called. Throws what the socket says when the port cannot be had. */
export async function startUdp(
  host: string,
  port: number,
  respond: Responder,
  logger: Logger,
): Promise<() => Promise<void>> {
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
