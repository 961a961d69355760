import fc from 'fast-check';
import t from 'tap';
import { answerExactly } from '../../../../src/dns/exact/answer.js';
import { noExactCounts } from '../../../../src/dns/exact/exact-counts.js';
import { ExactZone } from '../../../../src/dns/exact/exact-zone.js';
import { FastPath } from '../../../../src/dns/exact/fast/fast-path.js';
import type { WireMessage, WireRecord } from '../../../../src/dns/exact/message.js';
import { pack } from '../../../../src/dns/exact/pack.js';
import { packTruncated } from '../../../../src/dns/exact/truncate.js';
import { unpack } from '../../../../src/dns/exact/unpack.js';
import type { NameData } from '../../../../src/dns/served/zone-change.js';

const turn = (): Promise<void> => Promise.resolve();

interface World {
  readonly domain: string;
  readonly nameServer: string;
  readonly mailbox: string;
  readonly names: readonly (readonly [string, NameData])[];
  readonly recurseOn: boolean;
  readonly setsTruncateBit: boolean;
}

const label = fc.stringMatching(/^[a-z0-9_-]{1,12}$/);
const ipv4 = fc.integer({ min: 1, max: 250 }).map((last) => `10.0.0.${last}`);
const ipv6 = fc.integer({ min: 1, max: 250 }).map((last) => `fd00::${last.toString(16)}`);

/** Zones of few names, so that questions often hit one and targets often have addresses. */
const worlds: fc.Arbitrary<World> = fc
  .record({
    domain: fc.constantFrom('mesos', 'prod.mesos', '-'.repeat(45)),
    labels: fc.uniqueArray(label, { minLength: 1, maxLength: 4 }),
    soa: fc.constantFrom('ns1.mesos', 'ns1.prod.mesos', 'NS1.mesos', 'elsewhere', 'a.b.mesos'),
    recurseOn: fc.boolean(),
    setsTruncateBit: fc.boolean(),
  })
  .chain(({ domain, labels, soa, ...flags }) => {
    const own = [...labels.map((one) => `${one}.${domain}`), domain];
    const data: fc.Arbitrary<NameData> = fc
      .record({
        a: fc.uniqueArray(ipv4, { maxLength: 40 }),
        aaaa: fc.uniqueArray(ipv6, { maxLength: 20 }),
        srv: fc.uniqueArray(fc.tuple(fc.constantFrom(...own, `gone.${domain}`), fc.integer({ min: 1, max: 70_000 })), {
          maxLength: 30,
          selector: String,
        }),
      })
      .map(({ a, aaaa, srv }) => ({
        ...(a.length === 0 ? {} : { a }),
        ...(aaaa.length === 0 ? {} : { aaaa }),
        ...(srv.length === 0 ? {} : { srv }),
      }));
    return fc.tuple(...own.map((name) => fc.tuple(fc.constant(name), data))).map((all) => ({
      domain,
      nameServer: soa,
      mailbox: `root.${soa}`,
      names: all.filter(([, records]) => Object.keys(records).length > 0),
      ...flags,
    }));
  });

async function serving(world: World): Promise<{ zone: ExactZone; fast: FastPath; slow: (m: Buffer) => Buffer }> {
  const zone = new ExactZone();
  await zone.apply(world.names, { whole: true, serial: 77, turn });
  const { nameServer, mailbox, domain, recurseOn, setsTruncateBit } = world;
  const soa = { nameServer, mailbox, refreshSeconds: 1, retrySeconds: 2, expireSeconds: 3 };
  const settings = { domain, ttlSeconds: 60, srvWeight: 1, soa };
  const random = Math.random;
  const fast = new FastPath({ zone, settings, recurseOn, setsTruncateBit, random, counts: noExactCounts() });
  const slow = (message: Buffer): Buffer => {
    const query = unpack(message);
    const [question] = query.questions;
    if (question === undefined) throw new Error('no question');
    const context = { zone: { settings, serial: zone.serial, records: zone }, recurseOn, random };
    return packTruncated(answerExactly(query, question, context), 'udp', setsTruncateBit)?.bytes ?? Buffer.alloc(0);
  };
  return { zone, fast, slow };
}

function query(name: string, type: number, flags = 0x0100, edns = false): Buffer {
  const opt: WireRecord = { name: '.', type: 41, class: 1232, ttl: 0, data: [] };
  const message: WireMessage = {
    id: 0x1234,
    flags,
    questions: [{ name, type, class: 1 }],
    answers: [],
    authorities: [],
    additionals: edns ? [opt] : [],
  };
  return pack(message, Infinity)?.bytes ?? Buffer.alloc(0);
}

const asText = (record: WireRecord): string => JSON.stringify(record);

/** What of a reply is not left to chance. `glue`: the family and owner, as which address goes along is. */
function fixedOf(bytes: Buffer): object {
  const message = unpack(bytes);
  const truncated = (message.flags & 0x0200) !== 0;
  return {
    id: message.id,
    flags: message.flags,
    questions: message.questions,
    size: bytes.length,
    answers: truncated ? message.answers.length : message.answers.map(asText).sort(),
    authorities: message.authorities,
    additionals: message.additionals.map(({ name, type }) => `${name} ${type}`),
  };
}

t.test('what is copied is what would be made', async () => {
  let answered = 0;
  const asked = fc.record({
    pick: fc.nat(),
    prefix: fc.constantFrom('', 'x.', 'ns1.', 'root.', 'a.b.', '_h._tcp.'),
    upper: fc.boolean(),
    type: fc.constantFrom(1, 28, 33, 33, 16, 65, 12, 252),
    flags: fc.constantFrom(0x0100, 0, 0x0110, 0x0030),
    edns: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(worlds, fc.array(asked, { minLength: 4, maxLength: 20 }), async (world, questions) => {
      const { fast, slow } = await serving(world);
      for (const { pick, prefix, upper, type, flags, edns } of questions) {
        const known = world.names[pick % (world.names.length + 1)]?.[0] ?? world.domain;
        const name = `${prefix}${known}.`;
        const message = query(upper ? name.toUpperCase() : name, type, flags, edns);
        const reply = fast.answer(message);
        if (reply === undefined) continue;
        answered++;
        const copied = fixedOf(reply);
        const made = fixedOf(slow(message));
        // Whether some SRV records more or less fit depends on which they are; so does the size then
        const isChance = (unpack(reply).flags & 0x0200) !== 0 || !world.setsTruncateBit;
        const [one, other] = isChance && type === 33 ? [stable(copied), stable(made)] : [copied, made];
        if (JSON.stringify(one) !== JSON.stringify(other)) {
          throw new Error(`${name} ${type}: ${JSON.stringify(one)} instead of ${JSON.stringify(other)}`);
        }
      }
    }),
    { numRuns: 150 },
  );
  if (answered < 300) throw new Error(`only ${answered} questions were answered by copying`);
});

function stable(fixed: object): object {
  return { ...fixed, size: 0, answers: 0 };
}

t.test('every record and every order of them is as likely as the others', async (t) => {
  const { fast } = await serving({
    domain: 'mesos',
    nameServer: 'ns1.mesos',
    mailbox: 'root.ns1.mesos',
    names: [
      ['three.mesos', { a: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] }],
      ['many.mesos', { a: Array.from({ length: 60 }, (_, index) => `10.0.1.${index}`) }],
      ['_s._tcp.mesos', { srv: [['three.mesos', 80]] }],
    ],
    recurseOn: true,
    setsTruncateBit: true,
  });
  const count = (name: string, type: number, keyOf: (message: WireMessage) => string[]): number[] => {
    const seen = new Map<string, number>();
    for (let round = 0; round < 6_000; round++) {
      const reply = fast.answer(query(name, type));
      for (const key of reply === undefined ? [] : keyOf(unpack(reply))) seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    return [...seen.values()];
  };
  const near = (counts: number[], expected: number): boolean =>
    counts.every((seen) => Math.abs(seen - expected) < 7 * Math.sqrt(expected));
  const orders = count('three.mesos.', 1, ({ answers }) => [answers.map(asText).join()]);
  t.equal(orders.length, 6);
  t.ok(near(orders, 1_000), orders.join());
  const glue = count('_s._tcp.mesos.', 33, ({ additionals }) => additionals.map(asText));
  t.equal(glue.length, 3);
  t.ok(near(glue, 2_000), glue.join());
  const kept = count('many.mesos.', 1, ({ answers }) => answers.map(asText));
  t.equal(kept.length, 60, 'all of them, though only some fit each time');
  const fitting = Math.floor((511 - 12 - 16) / 16);
  t.ok(near(kept, (6_000 * fitting) / 60), kept.join());
});

t.test('what goes along with SRV records follows the other names', async (t) => {
  const { zone, fast } = await serving({
    domain: 'mesos',
    nameServer: 'ns1.mesos',
    mailbox: 'root.ns1.mesos',
    names: [
      ['web.mesos', { a: ['10.0.0.1'] }],
      ['_web._tcp.mesos', { srv: [['web.mesos', 80]] }],
    ],
    recurseOn: true,
    setsTruncateBit: true,
  });
  const glue = (): string[] =>
    unpack(fast.answer(query('_web._tcp.mesos.', 33)) ?? Buffer.alloc(12)).additionals.map(({ data }) =>
      Buffer.concat(data.filter((part) => Buffer.isBuffer(part))).join('.'),
    );
  t.strictSame(glue(), ['10.0.0.1']);
  await zone.apply([['web.mesos', { a: ['10.0.0.2'] }]], { whole: false, serial: 78, turn });
  t.strictSame(glue(), ['10.0.0.2']);
  await zone.apply([['web.mesos', null]], { whole: false, serial: 79, turn });
  t.strictSame(glue(), []);
});

t.test('whatever is odd about a message is left to the other path', async (t) => {
  const { fast } = await serving({
    domain: 'mesos',
    nameServer: 'ns1.mesos',
    mailbox: 'root.ns1.mesos',
    names: [['web.mesos', { a: ['10.0.0.1'] }]],
    recurseOn: true,
    setsTruncateBit: true,
  });
  const plain = query('web.mesos.', 1);
  t.ok(fast.answer(plain));
  const with_ = (at: number, value: number): Buffer => {
    const copy = Buffer.from(plain);
    copy[at] = value;
    return copy;
  };
  t.notOk(fast.answer(with_(2, 0x81)), 'a response');
  t.notOk(fast.answer(with_(2, 0x21)), 'another opcode');
  t.notOk(fast.answer(with_(2, 0x03)), 'cut off');
  t.notOk(fast.answer(with_(5, 2)), 'two questions');
  t.notOk(fast.answer(with_(7, 1)), 'an answer in the query');
  t.notOk(fast.answer(with_(11, 1)), 'an additional record that is not there');
  t.notOk(fast.answer(with_(12, 0xc0)), 'a pointer');
  t.notOk(fast.answer(plain.subarray(0, plain.length - 1)), 'cut short');
  t.notOk(fast.answer(Buffer.concat([plain, Buffer.alloc(512)])), 'too long');
  for (const type of [2, 6, 43, 255]) t.notOk(fast.answer(query('web.mesos.', type)), `type ${type}`);
  t.notOk(fast.answer(query('*.web.mesos.', 1)), 'a wildcard');
  t.notOk(fast.answer(query('web.mesosphere.', 1)), 'another domain');
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (octets) => {
      fast.answer(Buffer.from(octets));
      fast.answer(Buffer.concat([plain.subarray(0, 12), octets]));
      return Promise.resolve();
    }),
    { numRuns: 300 },
  );
});
