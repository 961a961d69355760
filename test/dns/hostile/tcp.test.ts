// Clients over TCP that are slow, greedy, or no clients of DNS at all.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import { waitFor } from '../../support/wait.js';
import { knownName } from './support/classes.js';
import { exchangeRaw, readFrames } from './support/clients.js';
import { dotted, flag, framed, message, question, u16 } from './support/octets.js';
import { answersWell, startExact, startOurs } from './support/servers.js';
import type { Target } from './support/servers.js';

const query = (id: number): Buffer => message({ id, body: question(dotted(knownName)) });

function open(t: Test, port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.on('error', () => undefined);
    t.teardown(() => socket.destroy());
  });
}

/** Resolves with so many messages, in the order in which they come; fewer when the connection ends. */
function messages(socket: Socket, count: number): Promise<Buffer[]> {
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    readFrames(socket, (reply) => {
      received.push(reply);
      if (received.length === count) resolve(received);
    });
    socket.on('close', () => resolve(received));
  });
}

const ids = (replies: readonly Buffer[]): number[] => replies.map((reply) => reply.readUInt16BE(0));

for (const [mode, start] of [
  ['the name server', startOurs],
  ['exact mode', startExact],
] as const) {
  t.test(mode, async (t) => {
    const target: Target = await start(t);
    const { port } = target;

    await t.test('one octet after the other is a query as well', async (t) => {
      const socket = await open(t, port);
      const replies = messages(socket, 1);
      for (const octet of framed(query(7))) {
        await new Promise<void>((resolve) => socket.write(Buffer.from([octet]), () => resolve()));
      }
      t.strictSame(ids(await replies), [7]);
    });

    await t.test('many queries at once, their borders anywhere', async (t) => {
      const socket = await open(t, port);
      const replies = messages(socket, 50);
      const bytes = Buffer.concat(Array.from({ length: 50 }, (_, id) => framed(query(id))));
      for (let at = 0; at < bytes.length; at += 97) socket.write(bytes.subarray(at, at + 97));
      t.strictSame(
        ids(await replies).sort((a, b) => a - b),
        Array.from({ length: 50 }, (_, id) => id),
      );
    });

    await t.test('a client that says no more gets its answers', async (t) => {
      const received = await exchangeRaw(port, framed(query(1)), framed(query(2)));
      const first = 2 + received.readUInt16BE(0);
      t.strictSame([received.readUInt16BE(2), received.readUInt16BE(first + 2)].sort(), [1, 2]);
    });

    await t.test('lengths that are lies, and what is no DNS', async (t) => {
      for (const [what, ...pieces] of [
        ['a length of 0', u16(0)],
        ['many lengths of 0', Buffer.alloc(5_000)],
        ['half a length', Buffer.from([0])],
        ['a length of 65535, and nothing', u16(65_535)],
        ['a length of 65535, and half of it', u16(65_535), Buffer.alloc(30_000, 0xff)],
        ['a query cut off', framed(query(1)).subarray(0, 20)],
        ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: dns\r\n\r\n')],
        ['TLS', Buffer.from('16030100a5010000a10303', 'hex')],
        ['a response', framed(message({ flags: flag.QR, body: question(dotted(knownName)) }))],
      ] as const) {
        const received = await exchangeRaw(port, ...pieces);
        t.equal(received.length, 0, what);
        t.ok(await answersWell(port), `after ${what}`);
      }
    });

    await t.test('a client that asks and never reads holds up nobody', async (t) => {
      const socket = await open(t, port);
      socket.pause();
      const many = Buffer.concat(Array.from({ length: 2_000 }, (_, id) => framed(query(id))));
      for (let i = 0; i < 20; i++) socket.write(many);
      t.ok(await waitFor('an answer to somebody else', () => answersWell(port)));
    });

    await t.test('connections that say nothing do not keep others out', async (t) => {
      const idle = await Promise.all(Array.from({ length: 100 }, () => open(t, port)));
      const socket = await open(t, port);
      const replies = messages(socket, 1);
      socket.write(framed(query(3)));
      t.strictSame(ids(await replies), [3]);
      for (const one of idle) one.destroy();
    });

    t.strictSame(mode === 'exact mode' ? [] : target.errors(), [], 'nothing of it is a fault of ours');
  });
}
