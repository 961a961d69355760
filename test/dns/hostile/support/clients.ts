import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { framed } from './octets.js';

/** Sends messages to a name server on 127.0.0.1 as they are, and hears what comes back. */
export interface RawClient {
  /** False when the connection is over; UDP has none. */
  send(bytes: Buffer): boolean;
  close(): void;
}

export function udpClient(port: number, onReply: (reply: Buffer) => void): Promise<RawClient> {
  const socket = createSocket('udp4', onReply);
  // A server that is gone is seen by the replies that do not come
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.bind(0, '127.0.0.1', () =>
      resolve({
        send: (bytes) => {
          socket.send(bytes, port, '127.0.0.1');
          return true;
        },
        close: () => void socket.close(),
      }),
    );
  });
}

/** The first datagram that comes back for a message; undefined when none does for a while: it may have been lost. */
export async function askOnce(port: number, bytes: Buffer, limitMs = 1_000): Promise<Buffer | undefined> {
  let onReply: (reply: Buffer | undefined) => void = () => undefined;
  const replied = new Promise<Buffer | undefined>((resolve) => (onReply = resolve));
  const client = await udpClient(port, onReply);
  const limit = setTimeout(() => onReply(undefined), limitMs);
  client.send(bytes);
  const reply = await replied;
  clearTimeout(limit);
  client.close();
  return reply;
}

/** Calls `onMessage` for each whole message of a stream of them, each with its length in front. */
export function readFrames(socket: Socket, onMessage: (message: Buffer) => void): void {
  let received = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0);
      onMessage(received.subarray(2, end));
      received = received.subarray(end);
    }
  });
}

export function tcpClient(
  port: number,
  onReply: (reply: Buffer) => void,
  onEnd: () => void = () => undefined,
): Promise<RawClient> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () =>
      resolve({
        send: (bytes) => socket.writable && (socket.write(framed(bytes)), true),
        close: () => socket.destroy(),
      }),
    );
    socket.on('error', () => undefined);
    socket.on('close', onEnd);
    readFrames(socket, onReply);
  });
}

/** Sends octets over a new TCP connection, as they are, and resolves with all that came back when the server closes it. */
export function exchangeRaw(port: number, ...pieces: readonly Buffer[]): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => {
      for (const piece of pieces) socket.write(piece);
      socket.end();
    });
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(chunks)));
  });
}
