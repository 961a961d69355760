import fc from 'fast-check';
import t from 'tap';
import { UsageError } from '../../../src/common/errors.js';
import { isPrivateAddress } from '../../../src/common/ip-address.js';
import { silentLogger } from '../../../src/common/logger.js';
import { createClientPolicy } from '../../../src/dns/policy/create-policy.js';
import type { PolicySettings } from '../../../src/dns/policy/create-policy.js';
import { startDns } from '../../../src/dns/start.js';
import { testDnsOptions } from '../support/server.js';

const nobody: PolicySettings = { recursionFrom: [], transferTo: [], rateLimit: 0 };

t.test('rights by network', (t) => {
  const policy = createClientPolicy(
    {
      ...nobody,
      recursionFrom: ['local', '203.0.113.0/25', '2001:db8:1::/47'],
      transferTo: ['198.51.100.7', '::ffff:192.0.2.0/120', '2001:db8::5'],
    },
    () => 0,
  );
  for (const [address, mayRecurse, mayTransfer] of [
    ['10.1.2.3', true, false],
    ['127.0.0.1', true, false],
    ['::1', true, false],
    ['::ffff:172.16.0.1', true, false],
    ['fe80::1%eth0', true, false],
    ['203.0.113.127', true, false],
    ['::ffff:203.0.113.1', true, false],
    ['203.0.113.128', false, false],
    ['2001:db8:1:ffff::9', true, false],
    ['2001:db8::9', true, false],
    ['2001:db8:2::9', false, false],
    ['198.51.100.7', false, true],
    ['198.51.100.8', false, false],
    ['192.0.2.200', false, true],
    ['::ffff:192.0.2.1', false, true],
    ['2001:db8::5', true, true],
    ['8.8.8.8', false, false],
    ['', false, false],
    ['nonsense', false, false],
  ] as const) {
    t.strictSame(policy.rightsOf(address), { mayRecurse, mayTransfer }, address);
    t.equal(policy.rightsOf(address), policy.rightsOf(address), 'one object');
  }
  t.equal(policy.rightsOf('8.8.8.8'), policy.rightsOf('9.9.9.9'), 'for all with the same rights');
  const all = createClientPolicy({ ...nobody, recursionFrom: ['0.0.0.0/0'] }, () => 0);
  t.ok(all.rightsOf('8.8.8.8').mayRecurse);
  t.notOk(all.rightsOf('2001:db8::1').mayRecurse, 'IPv6 is another matter');
  t.end();
});

t.test('networks that are none', (t) => {
  for (const text of [
    '10.0.0.0/33',
    '10/8',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '::/129',
    'fe80::1%lo/64',
    'locals',
    '',
    '::ffff:10.0.0.0/95',
    '10.0.0.0/-1',
  ]) {
    t.throws(
      () => createClientPolicy({ ...nobody, recursionFrom: ['local', text] }, () => 0),
      new UsageError(`--dns_recursion_from: "${text}" is not a network such as 10.0.0.0/8, nor local`),
      text,
    );
    t.throws(() => createClientPolicy({ ...nobody, transferTo: [text] }, () => 0), {
      message: /^--dns_transfer_to: /,
    });
  }
  t.end();
});

t.test('a network of so many bits holds what begins with them', (t) => {
  const toNumber = (octets: readonly number[]): number => octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const octets = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(octets, octets, fc.nat(32), fc.nat(4), (base, other, bits, shared) => {
      const address = [...base.slice(0, shared), ...other.slice(shared)];
      const policy = createClientPolicy({ ...nobody, transferTo: [`${base.join('.')}/${bits}`] }, () => 0);
      const size = 2 ** (32 - bits);
      const inside = Math.floor(toNumber(base) / size) === Math.floor(toNumber(address) / size);
      return policy.rightsOf(address.join('.')).mayTransfer === inside;
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test('the rate limit of a network', (t) => {
  let now = 1_000;
  const policy = createClientPolicy({ ...nobody, recursionFrom: ['10.0.0.0/8'], rateLimit: 4 }, () => now);
  const many = (address: string, count: number): string =>
    Array.from({ length: count }, () => policy.admit(address)[0]).join('');
  t.equal(many('192.0.2.1', 4) + many('192.0.2.2', 6), 'ssssdtdtdt', 'every second one is told to use TCP');
  t.equal(many('192.0.3.1', 5), 'ssssd', 'another network has its own');
  t.equal(many('10.9.9.9', 100), 's'.repeat(100), 'who may recurse is not limited');
  now += 500;
  t.equal(many('192.0.2.7', 3), 'ssd', 'half a second makes room for half of it');
  now += 60_000;
  t.equal(many('192.0.2.1', 5), 'sssst', 'never for more than a second of it');
  now -= 120_000;
  t.match(many('192.0.2.1', 2), /^[dt]+$/, 'a clock that goes back gives nothing');
  t.equal(many('2001:db8:0:1200::1', 4) + many('2001:db8:0:12ff::2', 1), 'ssssd', 'the first 56 bits of IPv6');
  t.equal(many('2001:db8:0:1300::1', 1), 's');
  t.equal(many('::ffff:192.0.9.1', 4) + many('192.0.9.2', 1), 'ssssd');
  const unlimited = createClientPolicy(nobody, () => now);
  t.ok(Array.from({ length: 100 }).every(() => unlimited.admit('192.0.2.1') === 'send'));
  t.end();
});

t.test('many clients do not make room for one that asks all the time', (t) => {
  const policy = createClientPolicy({ ...nobody, rateLimit: 1 }, () => 0);
  policy.admit('192.0.2.1');
  for (let i = 0; i < 100_000; i++) {
    policy.admit(`${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.1`);
    if (i % 1000 === 0 && policy.admit('192.0.2.1') === 'send') t.fail('was let through');
  }
  t.end();
});

t.test('local is what cannot come from the internet', (t) => {
  const policy = createClientPolicy({ ...nobody, recursionFrom: ['local'] }, () => 0);
  const octet = fc.oneof(fc.constantFrom(10, 127, 169, 172, 192, 100), fc.nat(255));
  const second = fc.oneof(fc.constantFrom(15, 16, 31, 32, 63, 64, 127, 128, 168, 254), fc.nat(255));
  const group = fc.oneof(fc.constantFrom(0, 0xfc00, 0xfdff, 0xfe00, 0xfe80, 0xfebf, 0xfec0), fc.nat(0xffff));
  fc.assert(
    fc.property(octet, second, fc.nat(255), group, fc.nat(1), (a, b, c, first, last) => {
      const addresses = [`${a}.${b}.${c}.1`, `::ffff:${a}.${b}.${c}.1`, `${first.toString(16)}::${last}`];
      return addresses.every((address) => policy.rightsOf(address).mayRecurse === isPrivateAddress(address));
    }),
    { numRuns: 500 },
  );
  t.end();
});

t.test('the name server says so before it opens anything', async (t) => {
  const starting = startDns(
    { ...testDnsOptions, dnsPort: 0, dnsHttpPort: 0, master: '127.0.0.1:1', transferTo: ['10.0.0.0/33'] },
    { logger: silentLogger, fatal: (error) => t.error(error) },
  );
  await t.rejects(starting, {
    name: 'UsageError',
    message: '--dns_transfer_to: "10.0.0.0/33" is not a network such as 10.0.0.0/8, nor local',
  });
});
