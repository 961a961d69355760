import { createSocket } from 'node:dgram';
import * as dnsPacket from 'dns-packet';
import type { RecordType } from 'dns-packet';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { FastAnswers } from '../../../src/dns/fast/fast-answers.js';
import { noCounts } from '../../../src/dns/metrics/answer-counts.js';
import type { Admission } from '../../../src/dns/policy/client-policy.js';
import { ServedZone } from '../../../src/dns/served/served-zone.js';
import type { Responder } from '../../../src/dns/servers/responder.js';
import { startUdp } from '../../../src/dns/servers/udp-server.js';
import type { UdpParts } from '../../../src/dns/servers/udp-server.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { testZoneSettings } from '../support/model-zone.js';

const manyAddresses = Array.from({ length: 60 }, (_, i) => `10.0.1.${i}`);

function query(name: string, type: RecordType = 'A', id = 1): Buffer {
  return dnsPacket.encode({ type: 'query', id, flags: 0x0100, questions: [{ type, name }] });
}

function replyTo(message: Buffer, flags: number): Buffer {
  const reply = Buffer.from(message);
  reply[2] = 0x80 | (flags >>> 8);
  reply[3] = flags & 0xff;
  return reply;
}

/** A server whose slow path answers with what `slow` makes of a message, and a client of it. */
async function serve(
  t: Test,
  options: { host?: string; slow?: Responder; admit?: () => Admission; parts?: Partial<UdpParts> } = {},
): Promise<{
  counts: UdpParts['counts'];
  send: (bytes: Buffer) => Promise<void>;
  replies: Buffer[];
  ask: (bytes: Buffer) => Promise<Buffer>;
  close: () => Promise<void>;
}> {
  const { host = '127.0.0.1', slow = (): void => undefined, admit = (): Admission => 'send' } = options;
  const zone = new ServedZone(testZoneSettings('mesos'));
  zone.apply({
    names: [
      ['web.mesos', { a: ['10.0.0.1'] }],
      ['wide.mesos', { a: manyAddresses }],
    ],
    reasons: [],
    serial: 1,
    synced: true,
    staleSinceMs: null,
  });
  const counts = noCounts();
  const setTruncateBit = options.parts?.setTruncateBit ?? true;
  const port = await freePort();
  const close = await startUdp(host, port, {
    fast: new FastAnswers({ zone, setTruncateBit, random: Math.random }),
    respond: slow,
    policy: { rightsOf: () => ({ mayRecurse: false, mayTransfer: false }), admit },
    counts,
    setTruncateBit,
    logger: silentLogger,
    ...options.parts,
  });
  let open = true;
  const closeOnce = async (): Promise<void> => {
    if (open) await close();
    open = false;
  };
  t.teardown(closeOnce);
  const client = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  t.teardown(() => client.close());
  const replies: Buffer[] = [];
  client.on('message', (bytes) => replies.push(bytes));
  const send = (bytes: Buffer): Promise<void> =>
    new Promise((resolve) => client.send(bytes, port, host === 'localhost' ? '127.0.0.1' : host, () => resolve()));
  const ask = async (bytes: Buffer): Promise<Buffer> => {
    const before = replies.length;
    await send(bytes);
    return waitFor('a reply', () => replies[before]);
  };
  return { counts, send, replies, ask, close: closeOnce };
}

t.test('plain questions are answered at once, others by the responder, and both are counted', async (t) => {
  const { counts, ask, send } = await serve(t, {
    slow: (message, client, respond) => {
      t.strictSame(client, { transport: 'udp', address: '127.0.0.1' });
      setImmediate(() => respond(replyTo(message.bytes, 0x0002)));
    },
  });
  t.match(dnsPacket.decode(await ask(query('web.mesos'))), { rcode: 'NOERROR', answers: [{ data: '10.0.0.1' }] });
  t.match(dnsPacket.decode(await ask(query('wide.mesos'))), { flag_tc: true });
  t.match(dnsPacket.decode(await ask(query('none.mesos'))), { rcode: 'NXDOMAIN' });
  t.match(dnsPacket.decode(await ask(query('elsewhere.example'))), { rcode: 'SERVFAIL' });
  await send(replyTo(query('web.mesos'), 0));
  await send(Buffer.from('rubbish'));
  await ask(query('web.mesos'));
  t.match(counts, { queriesUdp: 7, noerror: 3, nxdomain: 1, servfail: 1, truncated: 1, ignored: 2, rateLimited: 0 });
});

t.test('IPv6, and a host by its name', async (t) => {
  for (const host of ['::1', 'localhost']) {
    const { ask } = await serve(t, { host });
    t.match(dnsPacket.decode(await ask(query('web.mesos'))), { answers: [{ data: '10.0.0.1' }] });
  }
});

t.test('the time of some replies is taken', async (t) => {
  const { counts, send } = await serve(t, { slow: ({ bytes }, _client, respond) => respond(replyTo(bytes, 5)) });
  for (let i = 0; i < 64; i++) await send(query('web.mesos'));
  await waitFor('all to be read', () => counts.noerror === 64);
  t.equal(counts.timed, 1);
  for (let i = 0; i < 64; i++) await send(query('elsewhere.example'));
  await waitFor('all to be read', () => counts.refused === 64);
  t.equal(counts.timed, 2);
  t.ok(counts.timedMicros > 0);
  t.ok(counts.within50us <= counts.within100us && counts.within100us <= counts.within1s);
});

t.test('a client that asks too much', async (t) => {
  let admission: Admission = 'truncate';
  const { counts, ask, send, replies } = await serve(t, {
    slow: ({ bytes }, _client, respond) => respond(replyTo(bytes, 0)),
    admit: () => admission,
  });
  t.match(dnsPacket.decode(await ask(query('web.mesos'))), { flag_tc: true, questions: [{}], answers: [] });
  t.match(dnsPacket.decode(await ask(query('elsewhere.example'))), { flag_tc: true });
  t.match(counts, { rateLimited: 2, truncated: 2 });
  admission = 'drop';
  await send(query('web.mesos', 'A', 100));
  await send(query('elsewhere.example', 'A', 100));
  await waitFor('both to be read', () => counts.rateLimited === 4);
  admission = 'send';
  await ask(query('web.mesos'));
  t.equal(replies.length, 3, 'nothing came for the two before');
});

t.test('without TC there is none, whoever made the reply', async (t) => {
  let admission: Admission = 'send';
  const { counts, ask, send, replies } = await serve(t, {
    slow: ({ bytes }, _client, respond) => respond(replyTo(bytes, 0x0200)),
    parts: { setTruncateBit: false },
    admit: () => admission,
  });
  t.match(dnsPacket.decode(await ask(query('wide.mesos'))), { flag_tc: false });
  t.match(dnsPacket.decode(await ask(query('elsewhere.example'))), { flag_tc: false });
  admission = 'truncate';
  await send(query('wide.mesos', 'A', 100));
  await waitFor('the message to be read', () => counts.rateLimited === 1);
  admission = 'send';
  await ask(query('web.mesos'));
  t.equal(replies.length, 3, 'what could only be TC is not sent');
});

t.test('a reply that cannot be sent is lost, and nothing else', async (t) => {
  const late: (() => void)[] = [];
  const { ask, send, close } = await serve(t, {
    slow: ({ bytes }, _client, respond) => {
      respond(Buffer.alloc(70_000));
      late.push(() => respond(replyTo(bytes, 0)));
    },
  });
  await send(query('elsewhere.example'));
  t.match(dnsPacket.decode(await ask(query('web.mesos'))), { answers: [{ data: '10.0.0.1' }] });
  await close();
  t.equal(late.length, 1);
  for (const respond of late) respond();
});

t.test('a burst of different questions gets the answer to each', async (t) => {
  const { send, replies } = await serve(t);
  const asked = Array.from({ length: 200 }, (_, i) => query(i % 2 === 0 ? 'web.mesos' : `no${i}.mesos`, 'A', i));
  await Promise.all(asked.map(send));
  await waitFor('all replies', () => replies.length === asked.length);
  const wrong = replies.filter((bytes) => {
    const reply = dnsPacket.decode(bytes) as dnsPacket.DecodedPacket & { rcode: string };
    const i = reply.id ?? 0;
    const name = i % 2 === 0 ? 'web.mesos' : `no${i}.mesos`;
    return reply.questions?.[0]?.name !== name || reply.rcode !== (i % 2 === 0 ? 'NOERROR' : 'NXDOMAIN');
  });
  t.strictSame(wrong, []);
});
