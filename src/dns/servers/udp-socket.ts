import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';

/** Room for bursts; the kernel may give less. */
const bufferBytes = 4 << 20;

/**
 * A UDP socket that is bound to a host and port. Sending from it never looks a name up: addresses are sent to as they are, at
 * once. Throws what the system says when the port cannot be had.
 */
export async function openUdpSocket(host: string, port: number, logger: Logger): Promise<Socket> {
  const { address, family } = isIP(host) > 0 ? { address: host, family: isIP(host) } : await lookup(host);
  const socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    // The usual one takes a turn of the event loop, for an address, too.
    lookup: (literal, _options, callback) => callback(null, literal, family),
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ port, address }, () => {
      socket.removeListener('error', reject);
      resolve();
    });
  });
  socket.on('error', (error) => logger.warn({ reason: messageOf(error) }, 'UDP socket error'));
  try {
    socket.setRecvBufferSize(bufferBytes);
    socket.setSendBufferSize(bufferBytes);
  } catch (error) {
    logger.debug({ err: error }, 'the UDP buffers keep their size');
  }
  return socket;
}
