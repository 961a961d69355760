import * as dnsPacket from 'dns-packet';
import t from 'tap';
import type { Test } from 'tap';
import { createUpstream } from '../../../src/dns/forward/create-upstream.js';
import type { ResolverAddress } from '../../../src/dns/forward/exchange.js';
import type { Upstream } from '../../../src/dns/forward/upstream.js';
import { noCounts } from '../../../src/dns/metrics/answer-counts.js';
import type { AnswerCounts } from '../../../src/dns/metrics/answer-counts.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { addressReply, answered, fails, rcodeBits, silent, startFakeResolver } from '../support/fake-resolver.js';
import type { Behaviour, FakeResolver } from '../support/fake-resolver.js';

function at({ address }: Pick<FakeResolver, 'address'>): ResolverAddress {
  const [host = '', port] = address.split(':');
  return { host, port: Number(port) };
}

interface Tested extends Upstream {
  readonly counts: AnswerCounts;
  nowMs: number;
  ask(
    query: Partial<dnsPacket.Packet> & { name?: string },
    transport?: 'udp' | 'tcp',
  ): Promise<dnsPacket.DecodedPacket>;
}

function upstreamTo(
  t: Test,
  resolvers: readonly ResolverAddress[],
  { zones = {}, timeoutMs = 10_000 }: { zones?: Record<string, readonly ResolverAddress[]>; timeoutMs?: number } = {},
): Tested {
  const counts = noCounts();
  const upstream = createUpstream({
    resolvers,
    zoneResolvers: new Map(Object.entries(zones)),
    timeoutMs,
    counts,
    clock: () => tested.nowMs,
  });
  t.teardown(() => upstream.close());
  const tested: Tested = {
    ...upstream,
    counts,
    nowMs: 1_000_000,
    async ask({ name = 'a.example', ...fields }, transport = 'udp') {
      const query = dnsPacket.encode({ ...packet(name), ...fields });
      const reply = await upstream.forward(query, transport);
      if (!Buffer.isBuffer(reply)) throw new Error(reply?.text);
      return dnsPacket.decode(reply);
    },
  };
  return tested;
}

function packet(name: string): dnsPacket.Packet {
  return { type: 'query', id: 99, flags: dnsPacket.RECURSION_DESIRED, questions: [{ type: 'A', name }] };
}

const opt = (options: dnsPacket.PacketOpt[] = [], flags = 0): Pick<dnsPacket.Packet, 'additionals'> => ({
  additionals: [
    {
      type: 'OPT',
      name: '.',
      udpPayloadSize: 4096,
      extendedRcode: 0,
      ednsVersion: 0,
      flags,
      flag_do: flags !== 0,
      options,
    },
  ],
});
/** The types of dns-packet know few options. */
function option(code: number, data: Buffer): dnsPacket.PacketOpt {
  return { code, data } as unknown as dnsPacket.PacketOpt;
}
const cookie = option(10, Buffer.from('12345678'));

function addresses({ answers }: dnsPacket.DecodedPacket): unknown[] {
  return (answers ?? []).map((record) => ('data' in record ? record.data : undefined));
}

t.test('a good answer of anybody', async (t) => {
  const dead = { host: '127.0.0.1', port: await freePort() };
  const broken = await startFakeResolver(t, fails('SERVFAIL'));
  const unwilling = await startFakeResolver(t, fails('REFUSED'));
  const mute = await startFakeResolver(t, silent);
  const good = await startFakeResolver(t, addressReply('192.0.2.1'));
  const upstream = upstreamTo(t, [dead, at(broken), at(unwilling), at(mute), at(good)]);
  for (const transport of ['udp', 'tcp'] as const) {
    const reply = await upstream.ask({ name: `${transport}.Example`, id: 4711 }, transport);
    t.match(reply, { id: 4711, rcode: 'NOERROR', questions: [{ name: `${transport}.Example` }] });
    t.strictSame(addresses(reply), ['192.0.2.1']);
    t.equal(good.asked.at(-1)?.transport, transport, 'the way the client came');
    t.match(good.asked.at(-1)?.query, { flags: dnsPacket.RECURSION_DESIRED, additionals: { length: 0 } });
  }
  t.match(upstream.counts, { forwarded: 2, forwardCacheHits: 0, forwardFailures: 0 });
});

t.test('when there is no good one: the last one, or the reason', async (t) => {
  const broken = await startFakeResolver(t, fails('SERVFAIL'));
  const unwilling = await startFakeResolver(t, fails('REFUSED'));
  const mute = await startFakeResolver(t, silent);
  const dead = { host: '127.0.0.1', port: await freePort() };
  t.match(await upstreamTo(t, [at(broken), at(unwilling)]).ask({}), { rcode: 'REFUSED' });
  t.match(await upstreamTo(t, [at(unwilling), at(broken), dead]).ask({}), { rcode: 'SERVFAIL' });
  const query = dnsPacket.encode(packet('a.example'));
  const unreachable = upstreamTo(t, [dead]);
  t.strictSame(await unreachable.forward(query, 'udp'), {
    code: 23,
    text: `no resolver answered: 127.0.0.1:${dead.port} ECONNREFUSED`,
  });
  t.equal(unreachable.counts.forwardFailures, 1);
  t.match(await upstreamTo(t, [dead, at(mute)], { timeoutMs: 100 }).forward(query, 'udp'), {
    code: 22,
    text: new RegExp(`${mute.address} did not answer in time`),
  });
  const many = Array.from({ length: 7 }, () => dead);
  t.match(await upstreamTo(t, many).forward(query, 'tcp'), { text: /ECONNREFUSED and 3 more$/ });
});

t.test('messages of others are passed over', async (t) => {
  const liar = await startFakeResolver(t, async ({ query, fromPort }) => {
    const other = await import('node:dgram');
    const forger = other.createSocket('udp4');
    const forged = dnsPacket.encode({
      ...query,
      type: 'response',
      answers: [{ type: 'A', name: 'a.example', ttl: 9, data: '6.6.6.6' }],
    });
    await new Promise((resolve) => forger.send(forged, fromPort, '127.0.0.1', resolve));
    forger.close();
    const id = ((query.id ?? 0) + 1) & 0xffff;
    return dnsPacket.encode({ type: 'response', id, questions: query.questions ?? [] });
  });
  const upstream = upstreamTo(t, [at(liar)], { timeoutMs: 200 });
  await t.rejects(upstream.ask({}), /did not answer in time/, 'neither another port nor another id');
});

t.test('a resolver that does not answer is asked last, and tried again later', async (t) => {
  const first = await startFakeResolver(t, silent);
  const second = await startFakeResolver(t, addressReply('192.0.2.2'));
  const upstream = upstreamTo(t, [at(first), at(second)]);
  let names = 0;
  const ask = (): Promise<dnsPacket.DecodedPacket> => upstream.ask({ name: `n${names++}.example` });
  const askedOfFirst = async (count: number): Promise<number> => {
    const before = first.asked.length;
    for (let i = 0; i < count; i++) await ask();
    return first.asked.length - before;
  };
  t.equal(await askedOfFirst(1), 1);
  t.equal(await askedOfFirst(10), 0, 'nobody waits for it any more');
  upstream.nowMs += 1_001;
  t.equal(await askedOfFirst(1), 1, 'one query tries it');
  t.equal(await askedOfFirst(10), 0);
  upstream.nowMs += 1_500;
  t.equal(await askedOfFirst(10), 0, 'it rests longer than before');
  upstream.nowMs += 1_500;
  first.behave = addressReply('192.0.2.1');
  const before = second.asked.length;
  t.equal(await askedOfFirst(5), 5, 'it is the first again');
  t.equal(second.asked.length, before);
  second.behave = silent;
  first.behave = silent;
  upstream.nowMs += 100_000;
  const both = first.asked.length + second.asked.length;
  const late = upstreamTo(t, [at(first), at(second)], { timeoutMs: 50 });
  await t.rejects(late.ask({}));
  t.equal(first.asked.length + second.asked.length, both + 2, 'all are asked when none answers');
});

t.test('many queries do not wait for a resolver that is tried again', async (t) => {
  const first = await startFakeResolver(t, silent);
  const second = await startFakeResolver(t, addressReply('192.0.2.2'));
  const upstream = upstreamTo(t, [at(first), at(second)]);
  await upstream.ask({ name: 'x.example' });
  upstream.nowMs += 1_001;
  await Promise.all(Array.from({ length: 20 }, (_, i) => upstream.ask({ name: `n${i}.example` })));
  t.equal(first.asked.length, 2);
});

t.test('zones with resolvers of their own', async (t) => {
  const usual = await startFakeResolver(t, addressReply('192.0.2.1'));
  const corp = await startFakeResolver(t, addressReply('192.0.2.2'));
  const lab = await startFakeResolver(t, addressReply('192.0.2.3'));
  const zones = { corp: [at(corp)], 'lab.corp': [at(lab)], empty: [] };
  const upstream = upstreamTo(t, [at(usual)], { zones });
  t.strictSame(addresses(await upstream.ask({ name: 'A.Corp' })), ['192.0.2.2']);
  t.strictSame(addresses(await upstream.ask({ name: 'a.LAB.corp' })), ['192.0.2.3'], 'the longest zone');
  t.strictSame(addresses(await upstream.ask({ name: 'notcorp' })), ['192.0.2.1']);
  t.notOk(upstream.forwards('x.empty'));
  t.ok(upstream.enabled && upstream.forwards('x'));
  const onlyZone = upstreamTo(t, [], { zones: { corp: [at(corp)] } });
  t.ok(onlyZone.enabled && onlyZone.forwards('corp') && !onlyZone.forwards('x'));
  t.notOk(upstreamTo(t, []).enabled);
});

t.test('answers are kept for as long as they say', async (t) => {
  const resolver = await startFakeResolver(t, ({ query }) => ({
    flags: answered | dnsPacket.AUTHORITATIVE_ANSWER,
    answers: [
      { type: 'CNAME', name: query.questions?.[0]?.name ?? '', ttl: 100, data: 'b.example' },
      { type: 'A', name: 'b.example', ttl: 10, data: '192.0.2.1' },
    ],
    authorities: [{ type: 'NS', name: 'example', ttl: 7000, data: 'ns.example' }],
    ...opt([cookie]),
  }));
  const upstream = upstreamTo(t, [at(resolver)]);
  const first = await upstream.ask({ name: 'a.example', id: 1 });
  t.match(first, { id: 1, flag_aa: true, additionals: { length: 0 } }, 'no EDNS for those who do not speak it');
  upstream.nowMs += 9_999;
  const second = await upstream.ask({ name: 'A.Example', id: 2, ...opt([cookie]) });
  t.match(second, {
    id: 2,
    flag_aa: false,
    flag_ra: true,
    questions: [{ name: 'A.Example' }],
    answers: [
      { name: 'a.example', ttl: 91 },
      { name: 'b.example', ttl: 1 },
    ],
    authorities: [{ ttl: 6991 }],
    additionals: [{ type: 'OPT', udpPayloadSize: 1232, options: { length: 0 } }],
  });
  t.equal(resolver.asked.length, 1);
  t.equal((await upstream.ask({ flags: 0 })).flag_rd, false);
  t.equal(resolver.asked.length, 2, 'without RD it is another question');
  await upstream.ask({ flags: dnsPacket.RECURSION_DESIRED | dnsPacket.CHECKING_DISABLED });
  await upstream.ask(opt([], dnsPacket.DNSSEC_OK));
  await upstream.ask({ questions: [{ type: 'AAAA', name: 'a.example' }] });
  t.equal(resolver.asked.length, 5, 'as with CD, DO and another type');
  upstream.nowMs += 1;
  await upstream.ask({});
  t.equal(resolver.asked.length, 6, 'its time is over');
  t.match(upstream.counts, { forwarded: 6, forwardCacheHits: 1, forwardFailures: 0 });
});

t.test('types whose numbers differ as letters do in case', async (t) => {
  const resolver = await startFakeResolver(t, ({ bytes }) => ({
    answers: [{ type: 'TXT', name: 'a.example', ttl: 60, data: String(bytes.readUInt16BE(bytes.length - 4)) }],
  }));
  const upstream = upstreamTo(t, [at(resolver)]);
  const ask = async (type: number): Promise<string> => {
    const query = dnsPacket.encode(packet('a.example'));
    query.writeUInt16BE(type, query.length - 4);
    const reply = await upstream.forward(query, 'udp');
    const [record] = Buffer.isBuffer(reply) ? (dnsPacket.decode(reply).answers ?? []) : [];
    return record?.type === 'TXT' ? String(record.data) : '';
  };
  t.equal(await ask(65), '65');
  t.equal(await ask(97), '97');
});

t.test('what is kept how long', async (t) => {
  const soa = (minimum: number, ttl: number): Partial<dnsPacket.Packet> => ({
    authorities: [
      {
        type: 'SOA',
        name: 'example',
        ttl,
        data: { mname: 'm', rname: 'r', serial: 1, refresh: 1, retry: 1, expire: 1, minimum },
      },
    ],
  });
  const address = { type: 'A', name: 'a.example', data: '192.0.2.1' } as const;
  const subnet: dnsPacket.PacketOpt = {
    code: 8,
    type: 'CLIENT_SUBNET',
    family: 1,
    ip: '192.0.2.0',
    sourcePrefixLength: 24,
  };
  let said: Awaited<ReturnType<Behaviour>>;
  const resolver = await startFakeResolver(t, () => said);
  const upstream = upstreamTo(t, [at(resolver)]);
  let names = 0;
  const keptFor = async (fields: Partial<dnsPacket.Packet>, query: Partial<dnsPacket.Packet> = {}): Promise<number> => {
    said = fields;
    const name = `n${names++}.example`;
    await upstream.ask({ name, ...query });
    for (const [seconds, step] of [
      [0, 0],
      [9, 9],
      [59, 50],
      [3599, 3540],
    ] as const) {
      upstream.nowMs += step * 1000;
      const before = resolver.asked.length;
      await upstream.ask({ name, ...query });
      if (resolver.asked.length > before) return seconds;
    }
    return Infinity;
  };
  t.equal(await keptFor({ answers: [{ ...address, ttl: 9 }] }), 9);
  t.equal(await keptFor({ answers: [{ ...address, ttl: 59 }] }), 59);
  t.equal(await keptFor({ answers: [{ ...address, ttl: 90_000 }] }), Infinity);
  t.equal(await keptFor({ answers: [{ ...address, ttl: 0 }] }), 0);
  t.equal(await keptFor({ answers: [{ ...address, ttl: 0x8000_0001 }] }), 0);
  t.equal(await keptFor({ answers: [{ ...address, ttl: 90 }], flags: answered | dnsPacket.TRUNCATED_RESPONSE }), 0);
  t.equal(await keptFor(soa(9, 300)), 9, 'NODATA: the minimum');
  t.equal(await keptFor(soa(300, 9)), 9, 'or the TTL of the SOA record');
  t.equal(await keptFor({ ...soa(59, 300), flags: answered | rcodeBits.NXDOMAIN }), 59);
  t.equal(await keptFor({ flags: answered | rcodeBits.NXDOMAIN }), 0, 'no SOA, not kept');
  t.equal(await keptFor({ authorities: [{ type: 'NS', name: 'x', ttl: 60, data: 'y' }] }), 0, 'a referral');
  t.equal(await keptFor({ flags: answered | rcodeBits.SERVFAIL }), 0);
  t.equal(await keptFor({ answers: [{ ...address, ttl: 300 }] }, opt([subnet])), 0, 'answers for one network');
  t.match(resolver.asked.at(-1)?.query.additionals, [{ options: [{ code: 8 }] }], 'which is told');
  upstream.nowMs += 7_200_000;
  said = { answers: [{ ...address, ttl: 90_000 }] };
  await upstream.ask({ name: 'long.example' });
  upstream.nowMs += 3_600_000;
  const before = resolver.asked.length;
  await upstream.ask({ name: 'long.example' });
  t.equal(resolver.asked.length, before + 1, 'an hour at most');
});

t.test('the client tells its cookies to us only; errors of the resolver are passed on', async (t) => {
  const text = Buffer.concat([Buffer.from([0, 15]), Buffer.from('blocked')]);
  const resolver = await startFakeResolver(t, () => ({
    flags: answered | rcodeBits.NXDOMAIN,
    ...opt([cookie, option(15, text)]),
  }));
  const upstream = upstreamTo(t, [at(resolver)]);
  const reply = await upstream.ask(opt([cookie], dnsPacket.DNSSEC_OK));
  t.match(resolver.asked[0]?.query.additionals, [
    { type: 'OPT', udpPayloadSize: 1232, flag_do: true, options: { length: 0 } },
  ]);
  t.match(reply.additionals, [{ type: 'OPT', flag_do: true, options: [{ code: 15, data: text }] }]);
});

t.test('those who ask the same at the same time wait for the same answer', async (t) => {
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  const resolver = await startFakeResolver(t, async (asked) => {
    await gate;
    return addressReply('192.0.2.1', 0)(asked);
  });
  const upstream = upstreamTo(t, [at(resolver)]);
  const replies = Promise.all(
    Array.from({ length: 50 }, (_, id) => upstream.ask({ id, name: id % 2 === 0 ? 'a.example' : 'A.EXAMPLE' })),
  );
  await waitFor('the query', () => resolver.asked.length > 0);
  release();
  for (const [id, reply] of (await replies).entries()) {
    if (reply.id !== id || reply.questions?.[0]?.name !== (id % 2 === 0 ? 'a.example' : 'A.EXAMPLE'))
      t.fail(`reply ${id}`);
    if (addresses(reply)[0] !== '192.0.2.1') t.fail(`address ${id}`);
  }
  t.equal(resolver.asked.length, 1);
  await upstream.ask({});
  t.equal(resolver.asked.length, 2, 'a TTL of 0 is for those who waited');
  const [one, other] = resolver.asked;
  t.not(one?.fromPort, other?.fromPort, 'a port for each');
});

t.test('signed queries are passed on as they are', async (t) => {
  const resolver = await startFakeResolver(t, ({ bytes }) => {
    const reply = Buffer.from(bytes);
    reply[2] = 0x80;
    return reply;
  });
  const upstream = upstreamTo(t, [at(resolver)]);
  const query = dnsPacket.encode({
    ...packet('a.example'),
    additionals: [{ type: 'TXT', name: 'key', ttl: 0, data: 'signature' }],
  });
  const reply = await upstream.forward(query, 'udp');
  t.strictSame(resolver.asked[0]?.bytes, query);
  t.ok(Buffer.isBuffer(reply) && reply.subarray(3).equals(query.subarray(3)));
});

t.test('a limit on everything', async (t) => {
  const mute = await startFakeResolver(t, silent);
  const upstream = upstreamTo(t, [at(mute)], { timeoutMs: 60_000 });
  const waiting = Array.from({ length: 1_000 }, (_, i) =>
    upstream.forward(dnsPacket.encode(packet(`n${i}.example`)), 'tcp'),
  );
  const query = dnsPacket.encode(packet('one.more'));
  t.strictSame(await upstream.forward(query, 'tcp'), { code: 0, text: '1000 queries wait for resolvers already' });
  const same = dnsPacket.encode(packet('n0.example'));
  waiting.push(...Array.from({ length: 4_000 }, () => upstream.forward(same, 'tcp')));
  t.strictSame(await upstream.forward(same, 'tcp'), { code: 0, text: '5000 clients wait for resolvers already' });
  upstream.close();
  const replies = await Promise.all(waiting);
  t.ok(
    replies.every((reply) => !Buffer.isBuffer(reply)),
    'close ends them',
  );
});
