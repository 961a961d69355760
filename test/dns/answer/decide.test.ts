import t from 'tap';
import { decide } from '../../../src/dns/answer/decide.js';
import { rcode, rrType } from '../../../src/dns/answer/protocol.js';
import { lookupNameOf, maxReplyBytes } from '../../../src/dns/answer/query.js';
import type { Query } from '../../../src/dns/answer/query.js';
import type { Decision, Reply } from '../../../src/dns/answer/reply.js';
import { shuffled } from '../../../src/dns/answer/shuffle.js';
import { fit } from '../../../src/dns/answer/truncate.js';
import { isInDomain } from '../../../src/dns/answer/zone.js';
import { RecordSet } from '../../../src/dns/records/record-set.js';
import { ModelZone, testZoneSettings } from '../support/model-zone.js';

const records = new RecordSet();
records.replace('agent 1', [
  { type: 'A', name: 'web.marathon.mesos', address: '10.0.0.1' },
  { type: 'A', name: 'web.marathon.mesos', address: '10.0.0.2' },
  { type: 'AAAA', name: 'six.marathon.mesos', address: 'fd00::1' },
  { type: 'SRV', name: '_web._tcp.marathon.mesos', target: 'web.marathon.mesos', port: 1 },
  { type: 'SRV', name: '_web._tcp.marathon.mesos', target: 'web.marathon.mesos', port: 2 },
  { type: 'SRV', name: '_web._tcp.marathon.mesos', target: 'six.marathon.mesos', port: 3 },
  { type: 'A', name: 'ns1.mesos', address: '10.0.0.53' },
]);
const served = new ModelZone(testZoneSettings('mesos'));
served.apply({ names: records.allData(), reasons: [], serial: 7, synced: true, staleSinceMs: null });
const zone = {
  settings: {
    domain: 'mesos',
    ttlSeconds: 60,
    srvWeight: 1,
    soa: {
      nameServer: 'ns1.mesos',
      mailbox: 'root.ns1.mesos',
      refreshSeconds: 60,
      retrySeconds: 600,
      expireSeconds: 86_400,
    },
  },
  serial: 7,
  synced: true,
  staleSinceMs: null,
  reasonOf: () => undefined,
  records: served,
};

function ask(name: string, type: number, query: Partial<Query> = {}, context: object = {}): Decision {
  const base: Query = {
    opcode: 0,
    questions: [{ name, type, class: 1 }],
    edns: undefined,
    transport: 'udp',
    mayRecurse: true,
    mayTransfer: false,
  };
  return decide({ ...base, ...query }, { zone, forwarding: false, random: () => 0, ...context });
}
function reply(...args: Parameters<typeof ask>): Reply {
  const decision = ask(...args);
  if (decision.action !== 'reply') throw new Error('forwarded');
  return decision.reply;
}

t.test('records of the type asked for, under the name as it was asked', (t) => {
  t.match(reply('Web.Marathon.MESOS', rrType.A), {
    rcode: 0,
    authoritative: true,
    answers: [
      { type: 'A', name: 'Web.Marathon.MESOS', address: '10.0.0.1' },
      { name: 'Web.Marathon.MESOS', address: '10.0.0.2' },
    ],
    authorities: [],
    additionals: [],
    edns: undefined,
  });
  t.equal(reply('web.*.marathon.mesos', rrType.A).answers.length, 2, 'Mesos-DNS cuts .* out');
  t.equal(reply('web.marathon.mesos', rrType.ANY).answers.length, 2);
  t.equal(
    reply('web.marathon.mesos', rrType.A, { questions: [{ name: 'web.marathon.mesos', type: 1, class: 255 }] }).rcode,
    0,
  );
  t.end();
});

t.test('SRV comes with one address of each family per target', (t) => {
  const { answers, additionals } = reply('_web._tcp.marathon.mesos', rrType.SRV, {}, { random: () => 0.99 });
  t.equal(answers.length, 3);
  t.strictSame(additionals.map((r) => ('address' in r ? r.address : '')).sort(), ['10.0.0.2', 'fd00::1']);
  t.end();
});

t.test('nothing found', (t) => {
  const soa = [{ type: 'SOA', name: 'mesos', serial: 7, minimumTtlSeconds: 60 }];
  for (const [name, type, code] of [
    ['web.marathon.mesos', rrType.AAAA, rcode.NOERROR],
    ['web.marathon.mesos', 16, rcode.NOERROR],
    ['nope.mesos', rrType.A, rcode.NXDOMAIN],
    ['_nope._tcp.marathon.mesos', rrType.SRV, rcode.NXDOMAIN],
    ['nope.mesos', rrType.SOA, rcode.NXDOMAIN],
    ['web.marathon.mesos', rrType.SOA, rcode.NOERROR],
    ['marathon.mesos', rrType.A, rcode.NOERROR],
    ['mesos', rrType.A, rcode.NOERROR],
  ] as const) {
    t.match(
      reply(name, type),
      { rcode: code, authoritative: true, answers: { length: 0 }, authorities: soa },
      `${name} ${type}`,
    );
  }
  t.end();
});

t.test('the apex', (t) => {
  t.match(reply('MESOS', rrType.SOA), {
    rcode: 0,
    answers: [{ type: 'SOA', name: 'mesos' }],
    authorities: { length: 0 },
  });
  t.match(reply('mesos', rrType.NS), {
    answers: [{ type: 'NS', nameServer: 'ns1.mesos' }],
    additionals: [{ type: 'A', address: '10.0.0.53' }],
  });
  t.strictSame(
    reply('mesos', rrType.ANY).answers.map((r) => r.type),
    ['SOA', 'NS'],
  );
  t.end();
});

t.test('what is not for us', (t) => {
  const edns = { version: 0, udpPayloadBytes: 4096, dnssecOk: true };
  t.equal(reply('mesos', rrType.SOA, { opcode: 4 }).rcode, rcode.NOTIMP);
  t.match(reply('mesos', rrType.SOA, { edns: { ...edns, version: 1 } }), {
    rcode: rcode.BADVERS,
    edns: { dnssecOk: true },
  });
  t.equal(reply('mesos', rrType.AXFR).rcode, rcode.REFUSED);
  t.equal(reply('x', 1, { questions: [{ name: 'mesos', type: 1, class: 3 }] }).rcode, rcode.REFUSED);
  t.equal(reply('x', 1, { questions: [] }).rcode, rcode.FORMERR);
  t.match(reply('example.com', 1), { rcode: rcode.REFUSED, authoritative: false, recursionAvailable: false });
  t.equal(reply('notmesos', 1).rcode, rcode.REFUSED, 'a name that only ends like the zone');
  t.equal(reply('web.marathon.mesos', 1, {}, { zone: { ...zone, synced: false } }).rcode, rcode.SERVFAIL);
  t.end();
});

t.test('why an answer is what it is', (t) => {
  const reasons: Record<string, string> = {
    'nope.mesos': '/nope: suspended',
    'web.marathon.mesos': 'fewer than wanted',
    mesos: 'nobody answers',
  };
  const known = { ...zone, reasonOf: (name: string) => reasons[name] };
  const error = (name: string, type: number, changes: object = {}): Reply['error'] =>
    reply(name, type, {}, { zone: { ...known, ...changes } }).error;
  t.strictSame(error('NOPE.mesos', rrType.A), { code: 0, text: '/nope: suspended' });
  t.strictSame(error('web.marathon.mesos', rrType.AAAA), { code: 0, text: 'fewer than wanted' });
  t.equal(error('web.marathon.mesos', rrType.A), undefined, 'an answer needs no reason');
  t.equal(error('other.mesos', rrType.A), undefined);
  t.strictSame(error('nope.mesos', rrType.A, { synced: false }), { code: 14, text: 'nobody answers' });
  t.match(error('x.mesos', rrType.A, { synced: false, reasonOf: () => undefined }), { text: /^no Mesos master/ });

  const stale = { staleSinceMs: 1_700_000_000_000 };
  const since = 'no Mesos master has been heard of since 2023-11-14T22:13:20.000Z';
  t.strictSame(error('web.marathon.mesos', rrType.A, stale), { code: 3, text: since });
  t.strictSame(error('web.marathon.mesos', rrType.AAAA, stale), { code: 3, text: `fewer than wanted; ${since}` });
  t.strictSame(error('other.mesos', rrType.A, stale), { code: 19, text: since });
  t.end();
});

t.test('names outside are forwarded for those who may', (t) => {
  const context = { forwarding: true };
  t.strictSame(ask('example.com', 1, {}, context), { action: 'forward' });
  t.strictSame(ask('', 2, {}, context), { action: 'forward' }, 'the root');
  t.match(ask('example.com', 1, { mayRecurse: false }, context), { reply: { rcode: rcode.REFUSED } });
  t.strictSame(ask('example.com', 1, {}, { ...context, zone: { ...zone, synced: false } }), { action: 'forward' });
  t.equal(reply('web.marathon.mesos', 1, {}, context).recursionAvailable, true);
  t.end();
});

t.test('sizes', (t) => {
  const edns = (udpPayloadBytes: number): Query['edns'] => ({ version: 0, udpPayloadBytes, dnssecOk: false });
  t.equal(maxReplyBytes({ transport: 'udp', edns: undefined }), 512);
  t.equal(maxReplyBytes({ transport: 'udp', edns: edns(100) }), 512);
  t.equal(maxReplyBytes({ transport: 'udp', edns: edns(900) }), 900);
  t.equal(maxReplyBytes({ transport: 'udp', edns: edns(65_535) }), 1232);
  t.equal(maxReplyBytes({ transport: 'tcp', edns: edns(900) }), 65_535);

  const sizes = { answers: [100, 200], authorities: [250], additionals: [300, 350] };
  t.strictSame(fit(sizes, 350), { answers: 2, authorities: 1, additionals: 2, truncated: false });
  t.strictSame(fit(sizes, 349), { answers: 2, authorities: 1, additionals: 1, truncated: false });
  t.strictSame(fit(sizes, 250), { answers: 2, authorities: 1, additionals: 0, truncated: false });
  t.strictSame(fit(sizes, 249), { answers: 2, authorities: 0, additionals: 0, truncated: true });
  t.strictSame(fit(sizes, 199), { answers: 1, authorities: 0, additionals: 0, truncated: true });
  t.strictSame(fit({ ...sizes, answers: [100, Infinity] }, 9e9), {
    answers: 1,
    authorities: 0,
    additionals: 0,
    truncated: true,
  });
  t.end();
});

t.test('no more is made of a wide name than a message can hold', (t) => {
  const wide = new ModelZone(testZoneSettings('mesos'));
  const targets = Array.from({ length: 5_000 }, (_, i) => `t${i}.mesos`);
  wide.apply({
    names: [
      ...targets.map((name) => [name, { a: ['10.0.0.1'] }] as const),
      ['_wide.mesos', { srv: targets.map((name) => [name, 1] as const) }],
      ['_some.mesos', { srv: targets.slice(0, 20).map((name) => [name, 1] as const) }],
    ],
    reasons: [],
    serial: 1,
    synced: true,
    staleSinceMs: null,
  });
  const looked: string[] = [];
  const watched = {
    hasNamesBelow: () => false,
    find(name: string) {
      looked.push(name);
      return wide.find(name);
    },
  };
  const context = { zone: { ...zone, records: watched } };
  const made = (name: string, query: Partial<Query> = {}): [answers: number, glue: number, looked: number] => {
    looked.length = 0;
    const { answers, additionals } = reply(name, rrType.SRV, query, context);
    return [answers.length, additionals.length, looked.length];
  };
  t.strictSame(made('_wide.mesos'), [512 / 16 + 1, 0, 1], 'one more than can be in a message, so that TC is set');
  t.strictSame(made('_wide.mesos', { transport: 'tcp' }), [4096, 0, 1]);
  t.strictSame(made('_some.mesos', { transport: 'tcp' }), [20, 20, 21]);
  const edns = { version: 0, udpPayloadBytes: 1232, dnssecOk: false };
  const [answers, glue] = made('_some.mesos', { edns });
  t.equal(answers, 20);
  t.equal(glue, 20, 'which may fit');
  t.end();
});

t.test('small parts', (t) => {
  t.equal(lookupNameOf('A.*.B.*'), 'a.b');
  t.equal(lookupNameOf('*.x'), '*.x');
  t.ok(isInDomain('mesos', 'mesos') && isInDomain('a.mesos', 'mesos'));
  t.notOk(isInDomain('amesos', 'mesos') || isInDomain('', 'mesos') || isInDomain('mesos.a', 'mesos'));

  const items = [1, 2, 3];
  const orders = new Map<string, number>();
  let state = 1;
  const random = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
  for (let i = 0; i < 6000; i++) {
    const order = shuffled(items, 9, random).join('');
    orders.set(order, (orders.get(order) ?? 0) + 1);
  }
  t.equal(orders.size, 6);
  t.ok(
    [...orders.values()].every((n) => n > 850 && n < 1150),
    'all orders alike',
  );
  t.strictSame(items, [1, 2, 3]);
  t.equal(shuffled(items, 2, random).length, 2);
  t.end();
});

t.test('the zone as a whole', (t) => {
  const { AXFR, IXFR } = rrType;
  const tcp = { transport: 'tcp', mayTransfer: true } as const;
  t.strictSame(ask('MESOS', AXFR, tcp), { action: 'transfer' });
  t.strictSame(ask('mesos', IXFR, { ...tcp, serial: 6 }), { action: 'transfer' });
  t.strictSame(ask('mesos', IXFR, tcp), { action: 'transfer' }, 'without a serial');
  t.strictSame(ask('mesos', IXFR, { ...tcp, serial: 7 + 2 ** 31 }), { action: 'transfer' }, 'serials go round');
  for (const serial of [7, 8, 7 + 2 ** 31 - 1]) {
    t.match(ask('mesos', IXFR, { ...tcp, serial }), {
      reply: { rcode: 0, authoritative: true, answers: [{ type: 'SOA', serial: 7 }] },
    });
  }
  t.match(reply('mesos', IXFR, { mayTransfer: true, serial: 1 }), { rcode: 0, answers: [{ type: 'SOA' }] });
  t.match(reply('mesos', AXFR, { mayTransfer: true }), { rcode: rcode.FORMERR, error: { code: 0 } });
  t.match(reply('web.marathon.mesos', AXFR, tcp), { rcode: rcode.NOTAUTH, error: { code: 20 } });
  t.match(reply('mesos', AXFR, { ...tcp, mayTransfer: false }, { transferTo: ['10.0.0.0/8', 'local'] }), {
    rcode: rcode.REFUSED,
    error: { code: 18, text: 'the zone is transferred to 10.0.0.0/8, local addresses (--dns_transfer_to)' },
  });
  t.match(reply('mesos', AXFR, tcp, { zone: { ...zone, synced: false } }), { rcode: rcode.SERVFAIL });
  t.match(reply('example.com', AXFR, tcp, { forwarding: true }), { rcode: rcode.NOTAUTH }, 'not even forwarded');
  t.end();
});

t.test('recursion: who, and what is told of it', (t) => {
  const context = {
    forwarding: true,
    recursionFrom: ['10.0.0.0/8', '10.1.0.0/16', '::/0', '1.1.1.1', '2.2.2.2', 'local'],
  };
  t.match(reply('example.com', 1, { mayRecurse: false }, context).error, {
    code: 18,
    text: 'recursion is for 10.0.0.0/8, 10.1.0.0/16, ::/0, 1.1.1.1 and 2 more (--dns_recursion_from)',
  });
  t.match(reply('example.com', 1, {}, { ...context, forwards: () => false }), {
    rcode: rcode.REFUSED,
    error: { code: 20 },
  });
  t.equal(reply('mesos', 1, {}, context).recursionAvailable, true);
  t.equal(reply('mesos', 1, { mayRecurse: false }, context).recursionAvailable, false);
  t.equal(reply('mesos', 1, {}, { ...context, recurseOn: false }).recursionAvailable, false);
  t.strictSame(ask('example.com', 1, {}, { ...context, recurseOn: false }), { action: 'forward' });
  t.match(reply('mesos', 43, {}, context), { rcode: 0, authoritative: true, answers: [] }, 'DS stays inside');
  t.end();
});
