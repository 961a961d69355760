import fc from 'fast-check';
import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import type { WireMessage, WireRecord } from '../../../src/dns/exact/message.js';
import { pack } from '../../../src/dns/exact/pack.js';
import { noExactCounts } from '../../../src/dns/exact/exact-counts.js';
import type { OrderedResolvers } from '../../../src/dns/exact/ordered-resolvers.js';
import { createExactResponder } from '../../../src/dns/exact/responder.js';
import { unpack } from '../../../src/dns/exact/unpack.js';
import { RecordSet } from '../../../src/dns/records/record-set.js';

const settings = {
  domain: 'mesos',
  ttlSeconds: 60,
  srvWeight: 1,
  soa: { nameServer: 'ns1.mesos', mailbox: 'root.ns1.mesos', refreshSeconds: 1, retrySeconds: 2, expireSeconds: 3 },
};
const records = new RecordSet();
records.replace('masters', [
  { type: 'A', name: 'leader.mesos', address: '10.0.0.1' },
  { type: 'AAAA', name: 'leader.mesos', address: 'fd00::1' },
  { type: 'SRV', name: '_leader._tcp.mesos', target: 'leader.mesos', port: 70_000 },
  { type: 'SRV', name: '_long._tcp.mesos', target: `${'n'.repeat(64)}.mesos`, port: 1 },
]);

function responder(resolvers?: OrderedResolvers): ReturnType<typeof createExactResponder> {
  return createExactResponder({
    context: () => ({ zone: { settings, records, serial: 9 }, recurseOn: true, random: () => 0 }),
    setsTruncateBit: true,
    resolvers,
    zoneResolvers: new Map(),
    counts: noExactCounts(),
    logger: silentLogger,
    clock: () => 0,
  });
}

function query(name: string, type: number, fields: Partial<WireMessage> = {}): Buffer {
  const message = {
    id: 7,
    flags: 0x0100,
    questions: [{ name, type, class: 1 }],
    answers: [],
    authorities: [],
    additionals: [],
  };
  return pack({ ...message, ...fields }, Infinity)?.bytes ?? Buffer.alloc(0);
}

function answerTo(bytes: Buffer, transport: 'udp' | 'tcp' = 'udp'): WireMessage | undefined {
  const reply = responder()(bytes, transport);
  return Buffer.isBuffer(reply) ? unpack(reply) : undefined;
}

t.test('answers of the domain', async (t) => {
  const srv = answerTo(query('_leader._TCP.mesos.', 33));
  t.equal(srv?.flags, 0x8580);
  t.equal(srv?.answers[0]?.name, '_leader._TCP.mesos.', 'as it was asked');
  t.strictSame(srv?.answers[0]?.data, [
    Buffer.from('00000001117 0'.replace(' ', ''), 'hex'),
    { name: 'leader.mesos.', compress: false },
  ]);
  t.strictSame(
    srv?.additionals.map(({ type }) => type),
    [1, 28],
    'one address of each family',
  );
  t.equal(answerTo(query('LEADER.mesos.', 1))?.answers[0]?.name, 'leader.mesos.', 'in lower case');
  t.equal(answerTo(query('leader.*.mesos.', 1))?.answers.length, 1, 'a wildcard is cut out');
  const missing = answerTo(query('nope.mesos.', 255));
  t.equal((missing?.flags ?? 0) & 15, 3);
  t.strictSame(
    missing?.authorities.map(({ type, name }) => `${type} ${name}`),
    ['6 nope.mesos.', '2 nope.mesos.', '6 nope.mesos.'],
  );
  t.equal((answerTo(query('_nope._tcp.mesos.', 33))?.flags ?? 0) & 15, 0, 'never NXDOMAIN');
  t.equal(answerTo(query('a\\.mesos.', 1))?.flags, 0x8105, 'a dot within a label does not make it ours: REFUSED');
  t.equal(
    responder()(query('_long._tcp.mesos.', 33), 'udp'),
    undefined,
    'silence where no message can hold the answer',
  );
});

t.test('messages that are none', async (t) => {
  t.equal(responder()(Buffer.alloc(11), 'udp'), undefined);
  t.equal(responder()(query('leader.mesos.', 1, { flags: 0x8100 }), 'udp'), undefined, 'a reply');
  const broken = Buffer.from('000701000001000000000000066c6561', 'hex');
  t.strictSame(responder()(broken, 'udp'), Buffer.from('000780010000000000000000', 'hex'));
  const long = Buffer.concat([query('leader.mesos.', 1), Buffer.alloc(600)]);
  t.equal(answerTo(long)?.answers.length, 1, 'what follows is passed over');
  const edns: WireRecord = { name: '.', type: 41, class: 4096, ttl: 0, data: [Buffer.alloc(600)] };
  t.equal(answerTo(query('leader.mesos.', 1, { additionals: [edns] }))?.flags, 0x8001, 'cut at 512 octets over UDP');
  t.equal(answerTo(query('leader.mesos.', 1, { additionals: [edns] }), 'tcp')?.answers.length, 1);
});

t.test('names of others, and DS of all names, are forwarded', async (t) => {
  const asked: string[] = [];
  const reply = query('x.', 1, {
    flags: 0x8180,
    answers: [{ name: 'x.', type: 1, class: 1, ttl: 5, data: [Buffer.alloc(4)] }],
  });
  const resolvers: OrderedResolvers = {
    ask: async (bytes, _transport, judge) => {
      asked.push(unpack(bytes).questions[0]?.name ?? '');
      if (asked.length === 3) return undefined;
      t.equal(judge?.(reply, bytes), 'answer');
      t.equal(judge?.(Buffer.from('deadbeef', 'hex'), bytes), 'failure');
      t.equal(judge?.(query('x.', 1, { id: 8, flags: 0x8180 }), bytes), 'failure', 'another id');
      return reply;
    },
    close: () => undefined,
  };
  const respond = responder(resolvers);
  for (const [name, type] of [
    ['leader.mesos.', 43],
    ['example.com.', 1],
  ] as const) {
    t.strictSame(await respond(query(name, type), 'udp'), reply);
  }
  const failed = await respond(query('dead.example.', 1), 'udp');
  t.equal(failed === undefined ? 0 : unpack(failed).flags, 0x8102, 'SERVFAIL without RA');
  t.strictSame(asked, ['leader.mesos.', 'example.com.', 'dead.example.']);
});

t.test('no octets make it throw, and replies are messages', async () => {
  const respond = responder();
  const header = fc.tuple(fc.nat(65_535), fc.nat(0x7fff), fc.nat(3), fc.nat(2), fc.nat(2), fc.nat(2));
  fc.assert(
    fc.property(header, fc.uint8Array({ maxLength: 600 }), fc.boolean(), (fields, body, tcp) => {
      const head = Buffer.alloc(12);
      fields.forEach((value, index) => head.writeUInt16BE(value, 2 * index));
      const reply = respond(Buffer.concat([head, body]), tcp ? 'tcp' : 'udp');
      return !Buffer.isBuffer(reply) || (reply.length >= 12 && (reply[2] as number) >= 0x80);
    }),
    { numRuns: 2_000 },
  );
});

t.test('what was read is written again', async () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 20 });
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => {
    const octets = labels.flatMap((part) => [part.length, ...part]);
    const bytes = Buffer.concat([
      Buffer.from('000001000001000000000000', 'hex'),
      Buffer.from([...octets, 0, 0, 1, 0, 1]),
    ]);
    return unpack(bytes).questions[0]?.name ?? '';
  });
  fc.assert(
    fc.property(name, name, (asked, target) => {
      const answers = [
        { name: asked, type: 15, class: 1, ttl: 1, data: [Buffer.from([0, 1]), { name: target, compress: true }] },
      ];
      const message = unpack(query(asked, 15, { answers }));
      return message.questions[0]?.name === asked && JSON.stringify(message.answers) === JSON.stringify(answers);
    }),
    { numRuns: 300 },
  );
});
