import assert from 'node:assert/strict';
import * as dnsPacket from 'dns-packet';
import type { Answer } from 'dns-packet';
import fc from 'fast-check';
import t from 'tap';
import { decide } from '../../../src/dns/answer/decide.js';
import { rrType } from '../../../src/dns/answer/protocol.js';
import { maxReplyBytes } from '../../../src/dns/answer/query.js';
import { FastAnswers } from '../../../src/dns/fast/fast-answers.js';
import type { ClientPolicy } from '../../../src/dns/policy/client-policy.js';
import { ServedZone } from '../../../src/dns/served/served-zone.js';
import type { NameData, ZoneChange } from '../../../src/dns/served/zone-change.js';
import { parseMessage } from '../../../src/dns/servers/dns2.js';
import { encodeReply } from '../../../src/dns/servers/encode.js';
import { toQuery } from '../../../src/dns/servers/received.js';
import { ModelZone, testZoneSettings } from '../support/model-zone.js';
import { someChange, someName } from '../support/zone-changes.js';

const rights = (mayRecurse: boolean): ClientPolicy => ({
  rightsOf: () => ({ mayRecurse, mayTransfer: false }),
  admit: () => 'send',
});

interface Asked {
  readonly name: string;
  readonly type: number;
  readonly id: number;
  /** The third and fourth octet of the header: anything but QR and opcode. */
  readonly flags: number;
  readonly edns?: { readonly size: number; readonly flags: number; readonly options: Buffer } | undefined;
}

function wireName(name: string): Buffer {
  return Buffer.concat([
    ...name.split('.').map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`, 'latin1')),
    Buffer.of(0),
  ]);
}

function message({ name, type, id, flags, edns }: Asked): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(flags, 2);
  head[5] = 1;
  head[11] = edns === undefined ? 0 : 1;
  const tail = Buffer.alloc(4);
  tail.writeUInt16BE(type, 0);
  tail[3] = 1;
  const parts = [head, wireName(name), tail];
  if (edns !== undefined) {
    const opt = Buffer.alloc(11);
    opt[2] = rrType.OPT;
    opt.writeUInt16BE(edns.size, 3);
    opt.writeUInt16BE(edns.flags, 7);
    opt.writeUInt16BE(edns.options.length, 9);
    parts.push(opt, edns.options);
  }
  return Buffer.concat(parts);
}

const plain = { id: 4711, flags: 0x0100, type: rrType.A };

function cookie(length: number): Buffer {
  return Buffer.concat([Buffer.of(0, 10, 0, length), Buffer.alloc(length, 7)]);
}

/** Random letter case (0x20). */
const mixedCase = (name: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(name, fc.infiniteStream(fc.boolean()))
    .map(([text, upper]) => Array.from(text, (c) => (upper.next().value ? c.toUpperCase() : c)).join(''));

const someQuestion = (domain: string): fc.Arbitrary<Asked> =>
  fc.record({
    name: mixedCase(
      fc.oneof(
        { weight: 8, arbitrary: someName(domain) },
        { weight: 1, arbitrary: fc.constantFrom(`x${domain}`, `no.${domain}`, `*.${domain}`, `a.*.web.${domain}`) },
      ),
    ),
    type: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(rrType.A, rrType.AAAA, rrType.SRV, rrType.SRV) },
      { weight: 1, arbitrary: fc.nat(300) },
    ),
    id: fc.nat(0xffff),
    flags: fc.nat(0xffff).map((flags) => flags & 0x07ff),
    edns: fc.option(
      fc.record({
        size: fc.oneof(fc.nat(2000), fc.constant(0xffff)),
        flags: fc.constantFrom(0, 0x8000, 0x4001),
        options: fc.constantFrom(Buffer.alloc(0), cookie(8), Buffer.concat([cookie(0), cookie(3)])),
      }),
      { nil: undefined },
    ),
  });

type Records = 'answers' | 'authorities' | 'additionals';
interface Seen extends Record<Records, Answer[]> {
  readonly flag_tc: boolean;
}
function decoded(reply: Buffer): Seen {
  return dnsPacket.decode(reply) as unknown as Seen;
}
function texts(records: readonly Answer[]): string[] {
  return records.map((record) => JSON.stringify({ ...record, name: record.name.toLowerCase() })).sort();
}

/** Throws when the two replies do not mean the same. */
function compare(query: Buffer, fast: Buffer, slow: Buffer, limit: number, model: ModelZone): void {
  const questionBytes = query.indexOf(0, 12) + 5;
  assert.ok(fast.length <= limit);
  assert.deepEqual(fast.subarray(0, 6), slow.subarray(0, 6));
  assert.deepEqual(fast.subarray(12, questionBytes), query.subarray(12, questionBytes));
  const [mine, theirs] = [decoded(fast), decoded(slow)];
  const isOpt = ({ type }: Answer): boolean => type === 'OPT';
  // Which records are left out of a full message is a matter of chance, and so is the room for the text of an error.
  const isFull = [fast, slow].some(({ length }) => length + 100 > limit);
  if (!isFull) assert.deepEqual(mine.additionals.filter(isOpt), theirs.additionals.filter(isOpt));
  assert.equal(mine.additionals.filter(isOpt).length, theirs.additionals.filter(isOpt).length);
  assert.deepEqual(texts(mine.authorities), texts(theirs.authorities));
  const glue = mine.additionals.filter((record) => !isOpt(record));
  if (mine.flag_tc) {
    const all = new Set(texts(decoded(wholeReply(query, model)).answers));
    const sent = texts(mine.answers);
    assert.equal(new Set(sent).size, sent.length);
    assert.ok(sent.every((record) => all.has(record)) && sent.length < all.size);
    assert.equal(glue.length, 0);
    return;
  }
  assert.deepEqual(texts(mine.answers), texts(theirs.answers));
  const targets = new Set(mine.answers.flatMap((record) => (record.type === 'SRV' ? [record.data.target] : [])));
  for (const target of targets) {
    const data = model.names.get(target) ?? {};
    for (const [type, addresses = []] of [['A', data.a] as const, ['AAAA', data.aaaa] as const]) {
      const given = glue.filter((record) => record.type === type && record.name === target);
      const isWhole = fast.length + 28 <= limit;
      assert.ok(given.length <= 1 && (given.length === 1 || addresses.length === 0 || !isWhole));
      assert.ok(given.every((record) => record.type === type && addresses.includes(String(record.data))));
    }
  }
  assert.ok(glue.every(({ name }) => targets.has(name)));
}

/** What the answer chain says. */
function slowReply(query: Buffer, zone: ModelZone, mayRecurse: boolean): Buffer | undefined {
  const parsed = parseMessage(query);
  const asked = toQuery(parsed, { transport: 'udp', mayRecurse, mayTransfer: false });
  assert.ok(asked !== undefined);
  const decision = decide(asked, { zone, forwarding: true, random: Math.random });
  return decision.action === 'reply'
    ? encodeReply(parsed, decision.reply, zone.settings, maxReplyBytes(asked))
    : undefined;
}
function wholeReply(query: Buffer, zone: ModelZone): Buffer {
  const parsed = parseMessage(query);
  const asked = toQuery(parsed, { transport: 'tcp', mayRecurse: false, mayTransfer: false });
  assert.ok(asked !== undefined);
  const decision = decide(asked, { zone, forwarding: true, random: Math.random });
  assert.ok(decision.action === 'reply');
  return encodeReply(parsed, decision.reply, zone.settings, 65_535);
}

/** Whether the question is one that is to be answered at once. */
function isPlain({ name, type, edns }: Asked, zone: ModelZone): boolean {
  const { domain } = zone.settings;
  const lower = name.toLowerCase();
  if (!zone.synced || lower.includes('*') || !lower.endsWith(`.${domain}`)) return false;
  if (type === 0 || type === 12 || type === 41 || (type >= 128 && type <= 255)) return false;
  return edns === undefined || !zone.reasons.has(lower);
}

for (const domain of ['mesos', 'dc1.mesos.example']) {
  t.test(`the same answers as the answer chain's, whatever changes meanwhile, in ${domain}`, (t) => {
    const settings = testZoneSettings(domain);
    const step = fc.tuple(someChange(domain), fc.array(someQuestion(domain), { maxLength: 8 }));
    let answered = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), fc.boolean(), (steps, mayRecurse) => {
        const zone = new ServedZone(settings);
        const model = new ModelZone(settings);
        const recursion = rights(mayRecurse);
        const fast = new FastAnswers({ zone, recursion, setTruncateBit: true, random: Math.random });
        for (const [change, questions] of steps) {
          zone.apply(change);
          model.apply(change);
          const known = [...model.names.keys()];
          // Names that are there are asked for more often than they would be by chance.
          const all = questions.flatMap((asked, i) => [asked, { ...asked, name: known[i] ?? asked.name }]);
          for (const asked of all) {
            const query = message(asked);
            const reply = fast.answer(query, '127.0.0.1');
            assert.equal(reply !== undefined, isPlain(asked, model));
            if (reply === undefined) continue;
            answered++;
            const slow = slowReply(query, model, mayRecurse);
            assert.ok(slow !== undefined);
            const size = Math.min(Math.max(asked.edns?.size ?? 512, 512), 1232);
            compare(query, reply, slow, size, model);
          }
        }
      }),
      { numRuns: 120 },
    );
    t.ok(answered > 500, 'most questions are plain');
    t.end();
  });
}

const position: Omit<ZoneChange, 'names'> = { serial: 7, synced: true, staleSinceMs: null, reasons: [] };

function answering(
  names: readonly (readonly [string, NameData | null])[],
  options: Partial<ConstructorParameters<typeof FastAnswers>[0]> = {},
): { zone: ServedZone; ask: (asked: Partial<Asked> & { name: string }) => Buffer | undefined } {
  const zone = new ServedZone(testZoneSettings('mesos'));
  zone.apply({ ...position, names });
  const fast = new FastAnswers({ zone, setTruncateBit: true, random: Math.random, ...options });
  return { zone, ask: (asked) => fast.answer(message({ ...plain, ...asked }), '127.0.0.1') };
}

t.test('each record is the first one equally often', (t) => {
  const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'];
  let turn = 0;
  const { ask } = answering([['web.mesos', { a: addresses }]], { random: () => (turn++ % 4) / 4 });
  const orders = addresses.map(() =>
    decoded(ask({ name: 'web.mesos' }) ?? Buffer.alloc(0)).answers.map((record) => 'data' in record && record.data),
  );
  t.strictSame(
    orders,
    addresses.map((_, i) => [...addresses.slice(i), ...addresses.slice(0, i)]),
  );
  t.end();
});

t.test('TC is not set where it is not wanted', (t) => {
  const a = Array.from({ length: 60 }, (_, i) => `10.0.0.${i}`);
  const { ask } = answering([['wide.mesos', { a }]], { setTruncateBit: false });
  const seen = decoded(ask({ name: 'wide.mesos' }) ?? Buffer.alloc(0));
  t.equal(seen.flag_tc, false);
  t.equal(seen.answers.length, 30, 'as many as fit into 512 octets');
  t.end();
});

t.test('a target that comes, changes and goes', (t) => {
  const { zone, ask } = answering([['_web._tcp.mesos', { srv: [['web.mesos', 80]] }]]);
  const glue = (): unknown[] =>
    decoded(ask({ name: '_web._tcp.mesos', type: rrType.SRV }) ?? Buffer.alloc(0)).additionals.map(
      (record) => 'data' in record && record.data,
    );
  t.strictSame(glue(), []);
  zone.apply({ ...position, names: [['web.mesos', { a: ['10.0.0.1'] }]] });
  t.strictSame(glue(), ['10.0.0.1']);
  zone.apply({ ...position, names: [['web.mesos', { a: ['10.0.0.2'], aaaa: ['fd00::2'] }]] });
  t.strictSame(glue(), ['10.0.0.2', 'fd00::2']);
  zone.apply({ ...position, names: [['web.mesos', null]] });
  t.strictSame(glue(), []);
  t.end();
});

t.test('the last reply can be kept', (t) => {
  const zone = new ServedZone(testZoneSettings('mesos'));
  zone.apply({ ...position, names: [['web.mesos', { a: ['10.0.0.1'] }]] });
  const fast = new FastAnswers({ zone, setTruncateBit: true, random: Math.random });
  const reply = fast.answer(message({ ...plain, name: 'web.mesos' }), '127.0.0.1');
  fast.keepLast();
  const other = fast.answer(message({ ...plain, id: 1, name: 'gone.mesos' }), '127.0.0.1');
  t.match(reply && dnsPacket.decode(reply), { id: 4711, answers: [{ data: '10.0.0.1' }] });
  t.match(other && dnsPacket.decode(other), { id: 1, rcode: 'NXDOMAIN' });
  t.end();
});

t.test('odd messages are for others', (t) => {
  const zone = new ServedZone(testZoneSettings('mesos'));
  zone.apply({ ...position, names: [['web.mesos', { a: ['10.0.0.1'] }]] });
  const fast = new FastAnswers({ zone, setTruncateBit: true, random: Math.random });
  const good = message({ ...plain, name: 'web.mesos' });
  const edns = { size: 1232, flags: 0, options: cookie(8) };
  const withOpt = message({ ...plain, name: 'web.mesos', edns });
  const opt = good.length;
  const changed = (bytes: Buffer, at: number, ...octets: number[]): Buffer => {
    const copy = Buffer.from(bytes);
    copy.set(octets, at);
    return copy;
  };
  const answers = (bytes: Buffer): boolean => fast.answer(bytes, '127.0.0.1') !== undefined;
  t.ok(answers(good) && answers(withOpt));
  const odd: Record<string, Buffer> = {
    nothing: Buffer.alloc(0),
    'a header alone': good.subarray(0, 12),
    'a response': changed(good, 2, 0x80),
    'another opcode': changed(good, 2, 0x28),
    'no question': changed(good, 5, 0),
    'two questions': changed(good, 5, 2),
    '257 questions': changed(good, 4, 1),
    'an answer': changed(good, 7, 1),
    'an authority': changed(good, 9, 1),
    'two additional records': changed(withOpt, 11, 2),
    'an additional record that is not there': changed(good, 11, 1),
    'a record that is not counted': changed(withOpt, 11, 0),
    'an octet behind the question': Buffer.concat([good, Buffer.of(0)]),
    'an octet behind the OPT record': Buffer.concat([withOpt, Buffer.of(0)]),
    'another class': changed(good, opt - 1, 3),
    'any class': changed(good, opt - 1, 255),
    'a class above 255': changed(good, opt - 2, 1),
    'a dot in a label': changed(good, 14, 0x2e),
    'a star in a label': changed(good, 14, 0x2a),
    'a control character': changed(good, 14, 0x1f),
    'a character outside ASCII': changed(good, 14, 0xe4),
    'a delete': changed(good, 14, 0x7f),
    'a pointer': changed(good, 12, 0xc0),
    'a label of an unknown kind': changed(good, 12, 0x40),
    'a label that ends behind the message': changed(good, 12, 60),
    'the root': Buffer.concat([good.subarray(0, 12), Buffer.of(0, 0, 1, 0, 1)]),
    'the root of the OPT record is no root': changed(withOpt, opt, 1),
    'not an OPT record': changed(withOpt, opt + 2, 1),
    'another version of EDNS': changed(withOpt, opt + 6, 1),
    'options that end behind the message': changed(withOpt, opt + 10, 13),
    'an option that ends behind the others': changed(withOpt, opt + 14, 9),
    'a piece of an option': changed(withOpt, opt + 14, 6),
    'a zone transfer': message({ ...plain, name: 'web.mesos', type: rrType.AXFR }),
    'the apex': message({ ...plain, name: 'mesos' }),
    'another zone': message({ ...plain, name: 'web.example' }),
    'a label that ends like the zone': message({ ...plain, name: 'webmesos' }),
    'a name that is too long': message({ ...plain, name: `${'l.'.repeat(126)}mesos` }),
    'a message that is too long': message({
      ...plain,
      name: 'web.mesos',
      edns: { ...edns, options: cookie(255).fill(0) && Buffer.alloc(4200) },
    }),
  };
  for (const [what, bytes] of Object.entries(odd)) t.notOk(answers(bytes), what);
  for (let length = 0; length < withOpt.length; length++) {
    if (answers(withOpt.subarray(0, length))) t.fail(`cut to ${length} octets`);
  }
  t.ok(answers(message({ ...plain, name: `${'l.'.repeat(124)}mesos` })), 'the longest name');
  zone.apply({ ...position, synced: false, names: [] });
  t.notOk(answers(good), 'a zone that is not known yet');
  zone.apply({ ...position, staleSinceMs: 1, names: [] });
  t.ok(answers(good));
  t.ok(answers(withOpt), 'a zone that is old, which is told with EDNS');
  t.end();
});

t.test('a zone whose name has a label that could be text', (t) => {
  const label = 'm'.repeat(0x2d); // its length octet is a hyphen
  const zone = new ServedZone(testZoneSettings(label));
  zone.apply({ ...position, names: [[`web.${label}`, { a: ['10.0.0.1'] }]] });
  const fast = new FastAnswers({ zone, setTruncateBit: true, random: Math.random });
  t.ok(fast.answer(message({ ...plain, name: `web.${label}` }), ''));
  t.equal(fast.answer(message({ ...plain, name: `web-${label}` }), ''), undefined);
  t.end();
});
