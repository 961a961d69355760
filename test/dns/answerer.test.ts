import t from 'tap';
import { startTestAnswerer, testZone } from './support/answerer.js';
import { dig, haveDig } from './support/dig.js';
import { addressReply, answered, startFakeResolver } from './support/fake-resolver.js';

const skip = !(await haveDig()) && 'dig is not installed (package bind9-dnsutils)';

t.test('names of others: by zone, for those who may, from what is kept', { skip }, async (t) => {
  const usual = await startFakeResolver(t, addressReply('192.0.2.1'));
  const corp = await startFakeResolver(t, addressReply('192.0.2.2'));
  const { port, counts } = await startTestAnswerer(t, {
    resolvers: [usual.address],
    zoneResolvers: { corp: [corp.address] },
  });
  for (const how of ['+notcp', '+tcp', '+noedns', '+subnet=192.0.2.0/24']) {
    t.match(await dig(port, 'www.example', how), { status: 'NOERROR', answer: [/192\.0\.2\.1$/] }, how);
    t.match(await dig(port, 'www.Corp', how), { answer: [/^www\.Corp\. \d+ IN A 192\.0\.2\.2$/i] });
  }
  t.equal(usual.asked.length, 2, 'once for all, and once for a subnet');
  t.match(counts, { forwarded: 4, forwardCacheHits: 4, forwardFailures: 0 });
  t.match(await dig(port, 'web.marathon.mesos', 'DS'), {
    status: 'NOERROR',
    flags: ['qr', 'aa', 'rd', 'ra'],
    answer: [],
  });
  t.match(await dig(port, 'mesos', 'DS'), { status: 'NOERROR', answer: [] }, 'stays inside');
  t.equal(usual.asked.length, 2);
});

t.test('every no explains itself', { skip }, async (t) => {
  const none = await startTestAnswerer(t);
  t.match(await dig(none.port, 'www.example'), {
    status: 'REFUSED',
    text: /EDE: 20 .*only mesos is served here, and there is no resolver for other names/,
  });
  t.match(await dig(none.port, 'mesos', '+opcode=UPDATE'), { status: 'NOTIMP', text: /EDE: 21 .*UPDATE/ });
  t.match(await dig(none.port, 'mesos', '+opcode=NOTIFY'), { status: 'NOTIMP', text: /EDE: 21 .*NOTIFY/ });
  t.match(await dig(none.port, '-c', 'CH', 'mesos', 'TXT'), { status: 'REFUSED', text: /EDE: 21 .*class 3/ });
  const resolver = await startFakeResolver(t, addressReply('192.0.2.1'));
  const choosy = await startTestAnswerer(t, {
    resolvers: [resolver.address],
    recursionFrom: ['10.0.0.0/8', '192.0.2.0/24'],
  });
  const refused = await dig(choosy.port, 'www.example');
  t.match(refused, {
    status: 'REFUSED',
    text: /EDE: 18 .*recursion is for 10\.0\.0\.0\/8, 192\.0\.2\.0\/24 \(--dns_recursion_from\)/,
  });
  t.notOk(refused.flags.includes('ra'));
  t.notOk((await dig(choosy.port, 'web.marathon.mesos')).flags.includes('ra'));
  const broken = await startFakeResolver(t, () => undefined);
  const alone = await startTestAnswerer(t, { resolvers: [broken.address], resolverTimeoutSeconds: 0.1 });
  t.match(await dig(alone.port, 'www.example'), { status: 'SERVFAIL', text: /EDE: 22 .*did not answer in time/ });
});

t.test('recursion that is not told of', { skip }, async (t) => {
  const resolver = await startFakeResolver(t, addressReply('192.0.2.1'));
  const { port } = await startTestAnswerer(t, { resolvers: [resolver.address], recurseOn: false });
  for (const how of ['+notcp', '+tcp']) {
    t.notOk((await dig(port, 'web.marathon.mesos', how)).flags.includes('ra'), how);
    t.match(await dig(port, 'www.example', how), { status: 'NOERROR', flags: ['qr', 'rd', 'ra'] });
  }
});

t.test('long answers: cut with TC, or without it', { skip }, async (t) => {
  const many = Array.from({ length: 100 }, (_, i) => `10.1.1.${i}`);
  const resolver = await startFakeResolver(t, ({ query, transport }) => ({
    flags: answered | (transport === 'udp' ? 0x200 : 0),
    answers: many.slice(0, transport === 'udp' ? 5 : 100).map((data) => ({
      type: 'A',
      name: query.questions?.[0]?.name ?? '',
      ttl: 60,
      data,
    })),
  }));
  const zone = testZone([['wide.mesos', { a: many }]]);
  const settings = { resolvers: [resolver.address] };
  const usual = await startTestAnswerer(t, settings, zone);
  const without = await startTestAnswerer(t, { ...settings, setTruncateBit: false }, zone);
  for (const name of ['wide.mesos', 'wide.example']) {
    t.match(await dig(usual.port, name, '+ignore', '+noedns'), { flags: ['qr', /aa|tc/, /tc|rd/] }, name);
    t.ok((await dig(usual.port, name, '+ignore', '+noedns')).flags.includes('tc'));
    t.equal((await dig(usual.port, name, '+noedns')).answer.length, 100, 'the whole over TCP');
    const cut = await dig(without.port, name, '+noedns');
    t.notOk(cut.flags.includes('tc'));
    t.ok(cut.answer.length > 0 && cut.answer.length < 100, `${cut.answer.length} of them`);
    t.equal((await dig(without.port, name, '+tcp')).answer.length, 100);
  }
});

t.test('the rate limit over UDP', { skip }, async (t) => {
  const { port, counts } = await startTestAnswerer(t, { recursionFrom: [], rateLimit: 1 });
  t.match(await dig(port, 'web.marathon.mesos'), { answer: { length: 2 } });
  for (let i = 0; i < 3; i++) await dig(port, 'web.marathon.mesos', '+time=1').catch(() => undefined);
  t.ok(counts.rateLimited > 0);
  t.match(await dig(port, 'web.marathon.mesos', '+tcp'), { answer: { length: 2 } }, 'never over TCP');
});
