import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import * as dnsPacket from 'dns-packet';
import t from 'tap';
import type { Test } from 'tap';
import { isPrivateAddress } from '../../../src/common/ip-address.js';
import { createForwarder } from '../../../src/dns/servers/forwarder.js';
import { freePort } from '../../support/ports.js';

const question = { type: 'A', name: 'a.example' } as const;
const query = dnsPacket.encode({ type: 'query', id: 99, questions: [question] });
const good = dnsPacket.encode({ type: 'response', id: 99, flags: 3, questions: [question] });
const wrongId = dnsPacket.encode({ type: 'response', id: 98, questions: [question] });
const wrongName = dnsPacket.encode({ type: 'response', id: 99, questions: [{ ...question, name: 'b.example' }] });

/** A resolver that sends these messages for every query. */
async function resolver(t: Test, ...replies: Buffer[]): Promise<{ host: string; port: number; asked: Socket }> {
  const socket = createSocket('udp4');
  socket.on('message', (_query, from) => {
    for (const reply of replies) socket.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  t.teardown(() => socket.close());
  return { host: '127.0.0.1', port: socket.address().port, asked: socket };
}

t.test('the first resolver that answers the question decides', async (t) => {
  const silent = await resolver(t);
  const liar = await resolver(t, wrongId, Buffer.from('rubbish'), wrongName);
  const honest = await resolver(t, wrongId, good);
  const dead = { host: '127.0.0.1', port: await freePort() };
  const forwarder = createForwarder({ resolvers: [dead, silent, liar, honest], timeoutMs: 200, maxOutstanding: 10 });
  t.teardown(() => forwarder.close());
  t.strictSame(await forwarder.forward(query, 'udp'), good, 'whatever its rcode');
  const nobody = createForwarder({ resolvers: [dead, silent], timeoutMs: 100, maxOutstanding: 10 });
  t.equal(await nobody.forward(query, 'udp'), undefined);
  t.equal(await nobody.forward(query, 'tcp'), undefined);
});

t.test('over TCP, in pieces', async (t) => {
  const server = createServer((socket) => {
    socket.once('data', () => {
      const reply = Buffer.concat([Buffer.from([0, good.length]), good]);
      socket.write(reply.subarray(0, 1));
      setImmediate(() => socket.end(reply.subarray(1)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  const forwarder = createForwarder({ resolvers: [{ host: '127.0.0.1', port }], timeoutMs: 5_000, maxOutstanding: 10 });
  t.strictSame(await forwarder.forward(query, 'tcp'), good);
});

t.test('no more than so many at a time; close ends them', async (t) => {
  const silent = await resolver(t);
  const forwarder = createForwarder({ resolvers: [silent], timeoutMs: 60_000, maxOutstanding: 2 });
  const waiting = [forwarder.forward(query, 'udp'), forwarder.forward(query, 'udp')];
  t.equal(await forwarder.forward(query, 'udp'), undefined, 'at once');
  forwarder.close();
  t.strictSame(await Promise.all(waiting), [undefined, undefined]);
});

t.test('who may have names looked up', (t) => {
  for (const address of [
    '127.0.0.1',
    '::1',
    '10.1.2.3',
    '192.168.0.9',
    '::ffff:172.16.0.1',
    'fe80::1%eth0',
    'fd00::1',
  ]) {
    t.ok(isPrivateAddress(address), address);
  }
  for (const address of ['8.8.8.8', '2001:db8::1', '::ffff:8.8.8.8', '', 'x'])
    t.notOk(isPrivateAddress(address), address);
  t.end();
});
