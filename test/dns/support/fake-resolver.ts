import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import * as dnsPacket from 'dns-packet';
import type { Test } from 'tap';
import { freePort } from '../../support/ports.js';

export interface Asked {
  readonly query: dnsPacket.DecodedPacket;
  readonly bytes: Buffer;
  readonly transport: 'udp' | 'tcp';
  readonly fromPort: number;
}

/** What a resolver says: fields of the reply besides id and question, octets as they are, or nothing; later if it is a promise. */
type Said = Partial<dnsPacket.Packet> | Buffer | undefined;
export type Behaviour = (asked: Asked) => Said | Promise<Said>;

export interface FakeResolver {
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly asked: Asked[];
  behave: Behaviour;
}

export const rcodeBits = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
/** RD and RA. */
export const answered = dnsPacket.RECURSION_DESIRED | dnsPacket.RECURSION_AVAILABLE;

/** An A record for the name that is asked for. */
export function addressReply(address: string, ttl = 300): Behaviour {
  return ({ query }) => ({
    flags: answered,
    answers: (query.questions ?? []).map(({ name }) => ({ type: 'A', name, ttl, data: address })),
  });
}

export const silent: Behaviour = () => undefined;
export const fails =
  (rcode: keyof typeof rcodeBits): Behaviour =>
  () => ({ flags: answered | rcodeBits[rcode] });

/** A resolver on UDP and TCP until the end of the test. */
export async function startFakeResolver(t: Test, behave: Behaviour): Promise<FakeResolver> {
  const port = await freePort();
  const resolver: FakeResolver = { address: `127.0.0.1:${port}`, asked: [], behave };

  async function reply(bytes: Buffer, transport: 'udp' | 'tcp', fromPort: number): Promise<Buffer | undefined> {
    const query = dnsPacket.decode(bytes);
    const asked = { query, bytes, transport, fromPort };
    resolver.asked.push(asked);
    const said = await resolver.behave(asked);
    if (said === undefined || Buffer.isBuffer(said)) return said;
    const { id, questions } = query;
    return dnsPacket.encode({ type: 'response', flags: answered, ...said, id: id ?? 0, questions: questions ?? [] });
  }

  const udp = createSocket('udp4');
  let isOpen = true;
  udp.on('message', (bytes, from) => {
    void reply(bytes, 'udp', from.port).then((said) => {
      if (said !== undefined && isOpen) udp.send(said, from.port, from.address);
    });
  });
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
  const tcp = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      void reply(bytes.subarray(2), 'tcp', socket.remotePort ?? 0).then((said) => {
        if (said === undefined) return;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(said.length);
        socket.end(Buffer.concat([length, said]));
      });
    });
  });
  await new Promise<void>((resolve) => tcp.listen(port, '127.0.0.1', resolve));
  t.teardown(() => {
    isOpen = false;
    udp.close();
    tcp.close();
  });
  return resolver;
}
