import { createSocket } from 'node:dgram';
import { Socket } from 'node:net';
import * as dnsPacket from 'dns-packet';
import fc from 'fast-check';
import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { FastAnswers } from '../../../src/dns/fast/fast-answers.js';
import { createUpstream } from '../../../src/dns/forward/create-upstream.js';
import { noCounts } from '../../../src/dns/metrics/answer-counts.js';
import { createClientPolicy } from '../../../src/dns/policy/create-policy.js';
import { ServedZone } from '../../../src/dns/served/served-zone.js';
import { startDnsServer } from '../../../src/dns/servers/dns-server.js';
import { createResponder } from '../../../src/dns/servers/responder.js';
import { createZoneTransfers } from '../../../src/dns/transfer/zone-transfers.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';

t.test('a server that is sent rubbish goes on serving', async (t) => {
  const port = await freePort();
  const soa = { nameServer: 'ns1.mesos', mailbox: 'root', refreshSeconds: 1, retrySeconds: 1, expireSeconds: 1 };
  const zone = new ServedZone({ domain: 'mesos', ttlSeconds: 60, srvWeight: 1, soa });
  const names = [['x.mesos', { a: ['10.0.0.1'] }]] as const;
  zone.apply({ names, reasons: [], serial: 1, synced: true, staleSinceMs: null });
  const counts = noCounts();
  const answered = (): number =>
    counts.noerror + counts.formerr + counts.servfail + counts.nxdomain + counts.notimp + counts.refused;
  const faults: string[] = [];
  const policy = createClientPolicy({ recursionFrom: ['local'], transferTo: [], rateLimit: 0 }, Date.now);
  const respond = createResponder({
    context: { zone, forwarding: false, random: Math.random },
    forwarder: createUpstream({ resolvers: [], zoneResolvers: new Map(), timeoutMs: 1, counts, clock: Date.now }),
    policy,
    transfers: createZoneTransfers({ zone, counts, clock: Date.now }),
    logger: { ...silentLogger, error: (fields, text) => faults.push(`${text} ${JSON.stringify(fields)}`) },
    clock: Date.now,
  });
  const fast = new FastAnswers({ zone, setTruncateBit: true, random: Math.random });
  const server = await startDnsServer(
    { host: '127.0.0.1', port, flag: 'dns_port' },
    { fast, respond, policy, counts, setTruncateBit: true, logger: silentLogger },
  );
  t.teardown(() => server.close());

  const good = dnsPacket.encode({ type: 'query', id: 1, flags: 256, questions: [{ type: 'A', name: 'x.mesos' }] });
  const samples = [
    ...fc.sample(fc.uint8Array({ maxLength: 600 }), { numRuns: 300, seed: 1 }).map((bytes) => Buffer.from(bytes)),
    ...fc
      .sample(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), {
        numRuns: 700,
        seed: 2,
      })
      .map((changes) => {
        const bytes = Buffer.from(good);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      }),
  ];
  const udp = createSocket('udp4');
  t.teardown(() => udp.close());
  const replies: Buffer[] = [];
  udp.on('message', (bytes) => replies.push(bytes));
  for (const bytes of samples) await new Promise((resolve) => udp.send(bytes, port, '127.0.0.1', resolve));

  const tcp = (bytes: Buffer): Promise<void> =>
    new Promise((resolve) => {
      const socket = new Socket();
      socket.on('error', () => undefined).on('close', () => resolve());
      socket.connect(port, '127.0.0.1', () => socket.end(bytes));
      socket.resume();
    });
  for (const bytes of samples.filter((_, i) => i % 10 === 0)) {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    await tcp(bytes); // its first octets read as a length
    await tcp(Buffer.concat([length, bytes]));
  }

  // A long chain of names that point to each other, asked for thousands of times in one message.
  const chain = Buffer.alloc(60_000);
  chain.writeUInt16BE(10_000, 4);
  for (let at = 12; at + 2 <= 30_000; at += 2) chain.writeUInt16BE(0xc000 | ((at + 2) & 0x3fff), at);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(chain.length);
  await tcp(Buffer.concat([length, chain]));

  // Responses are dropped before anything else happens to them.
  const before = answered();
  await new Promise((resolve) => {
    udp.send(
      dnsPacket.encode({ type: 'response', questions: [{ type: 'A', name: 'x.mesos' }] }),
      port,
      '127.0.0.1',
      resolve,
    );
  });
  const last = Buffer.from(good);
  last.writeUInt16BE(0xbeef, 0);
  await new Promise((resolve) => udp.send(last, port, '127.0.0.1', resolve));
  const found = await waitFor('the last answer', () => replies.find((bytes) => bytes.readUInt16BE(0) === 0xbeef));
  const { answers } = dnsPacket.decode(found);
  t.match(answers, [{ data: '10.0.0.1' }]);
  t.equal(answered(), before + 1);
  t.ok(before > 500, 'most samples were taken for queries');
  t.strictSame(faults, [], 'and nothing of it is a fault of ours');
});
