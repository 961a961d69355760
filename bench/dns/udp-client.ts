import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import * as dnsPacket from 'dns-packet';

/** What of a reply counts here. */
export interface ShortReply {
  readonly rcode: number;
  /** Records in the answer section. */
  readonly answers: number;
  /** The message as it came. */
  readonly bytes: Buffer;
}

type Asked = 'A' | 'SRV' | 'SOA';

/** One socket that asks one question after the other. */
export interface UdpClient {
  /** The reply; undefined after `limitMs` without one. */
  ask(name: string, type: Asked, limitMs: number): Promise<ShortReply | undefined>;
  close(): void;
}

export function udpClient(port: number): UdpClient {
  const socket: Socket = createSocket('udp4');
  let lastId = 0;
  let waiting: { readonly id: number; readonly done: (reply: ShortReply | undefined) => void } | undefined;
  socket.on('message', (bytes) => {
    if (bytes.length < 12 || bytes.readUInt16BE(0) !== waiting?.id) return;
    waiting.done({ rcode: bytes.readUInt16BE(2) & 15, answers: bytes.readUInt16BE(6), bytes });
  });
  // nobody listens there yet: that is no reply
  socket.on('error', () => undefined);
  return {
    ask(name, type, limitMs) {
      const id = (lastId = (lastId + 1) % 65_536);
      const query = dnsPacket.encode({ type: 'query', id, flags: 0x100, questions: [{ type, name }] });
      return new Promise((resolve) => {
        const limit = setTimeout(() => done(undefined), limitMs);
        const done = (reply: ShortReply | undefined): void => {
          clearTimeout(limit);
          waiting = undefined;
          resolve(reply);
        };
        waiting = { id, done };
        socket.send(query, port, '127.0.0.1');
      });
    },
    close: () => void socket.close(),
  };
}

/** One question, and its reply. */
export async function ask(port: number, name: string, type: Asked, limitMs: number): Promise<ShortReply | undefined> {
  const client = udpClient(port);
  try {
    return await client.ask(name, type, limitMs);
  } finally {
    client.close();
  }
}
