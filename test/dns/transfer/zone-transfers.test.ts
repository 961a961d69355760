import * as dnsPacket from 'dns-packet';
import t from 'tap';
import type { NameData } from '../../../src/dns/served/zone-change.js';
import { noCounts } from '../../../src/dns/metrics/answer-counts.js';
import type { Query } from '../../../src/dns/answer/query.js';
import type { ParsedMessage } from '../../../src/dns/servers/dns2.js';
import { createZoneTransfers } from '../../../src/dns/transfer/zone-transfers.js';
import { runCommand } from '../../../src/common/run-command.js';
import { startTestAnswerer, testNames, testZone } from '../support/answerer.js';
import { haveDig } from '../support/dig.js';

const question = { name: 'mesos', type: 252, class: 1 };
const query: Query = {
  opcode: 0,
  questions: [question],
  edns: undefined,
  transport: 'tcp',
  mayRecurse: false,
  mayTransfer: true,
};
const message: ParsedMessage = {
  header: { id: 77, opcode: 0, rd: 0, cd: 0 },
  questions: [question],
  authorities: [],
  additionals: [],
  errors: [],
  bytes: Buffer.alloc(0),
};

/** A zone that takes several messages. */
const wide: readonly (readonly [string, NameData])[] = [
  ...testNames,
  ...Array.from({ length: 3_000 }, (_, i): [string, NameData] => [
    `task-${i}.marathon.mesos`,
    { a: [`10.${i >> 8}.${i & 255}.1`], aaaa: [`fd00::${(i + 1).toString(16)}`] },
  ]),
  ['1.0.0.10.in-addr.arpa', { ptr: ['web.marathon.mesos'] }],
];

/** `name type data`, without SOA and NS, in order. */
function texts(messages: readonly Buffer[]): string[] {
  return messages
    .flatMap((bytes) => dnsPacket.decode(bytes).answers ?? [])
    .flatMap((record) =>
      record.type === 'A' || record.type === 'AAAA' ? [`${record.name} ${record.type} ${record.data}`] : [],
    )
    .sort();
}

function addressesOf(names: typeof wide): string[] {
  return names
    .flatMap(([name, { a = [], aaaa = [] }]) => [
      ...a.map((address) => `${name} A ${address}`),
      ...aaaa.map((address) => `${name} AAAA ${address}`),
    ])
    .sort();
}

t.test('the zone as it was at the beginning, in messages of some size', async (t) => {
  const zone = testZone(wide);
  const counts = noCounts();
  const transfers = createZoneTransfers({ zone, counts, clock: () => 0 });
  const messages: Buffer[] = [];
  const last = await transfers.transfer(message, query, {
    send(bytes) {
      messages.push(bytes);
      const [name] = wide[messages.length * 100] as (typeof wide)[number];
      zone.apply({
        names: [
          [name, null],
          [`new-${messages.length}.mesos`, { a: ['10.9.9.9'] }],
          ['web.marathon.mesos', { a: ['10.8.8.8'] }],
        ],
        reasons: [],
        serial: 7 + messages.length,
        synced: true,
        staleSinceMs: null,
      });
      return Promise.resolve(true);
    },
  });
  t.ok(last);
  if (last !== undefined) messages.push(last);
  t.ok(messages.length > 5);
  t.ok(messages.every((bytes) => bytes.length < 17_000));
  const decoded = messages.map((bytes) => dnsPacket.decode(bytes));
  t.ok(decoded.every(({ id, flag_aa: authoritative, flag_tc: truncated }) => id === 77 && authoritative && !truncated));
  const records = decoded.flatMap(({ answers }) => answers ?? []);
  t.match(records[0], { type: 'SOA', name: 'mesos', data: { serial: 7 } });
  t.match(records[1], { type: 'NS', name: 'mesos', data: 'ns1.mesos' });
  t.strictSame(records.at(-1), records[0], 'the SOA record again');
  t.equal(records.filter(({ type }) => type === 'SOA').length, 2);
  t.notOk(
    records.some(({ name }) => name.endsWith('arpa')),
    'names of addresses are of other zones',
  );
  t.strictSame(texts(messages), addressesOf(wide));
  t.equal(counts.zoneTransfers, 1);
});

t.test('a client that goes away; one that takes too long; too many', async (t) => {
  let now = 0;
  const transfers = createZoneTransfers({ zone: testZone(wide), counts: noCounts(), clock: () => now });
  t.equal(await transfers.transfer(message, query, { send: () => Promise.resolve(false) }), undefined);
  const slow = transfers.transfer(message, query, {
    send() {
      now += 121_000;
      return Promise.resolve(true);
    },
  });
  await t.rejects(slow, /longer than 120 seconds/);
  const releases: ((isOpen: boolean) => void)[] = [];
  const stuck = Array.from({ length: 4 }, () =>
    transfers.transfer(message, query, { send: () => new Promise((resolve) => releases.push(resolve)) }),
  );
  const refused = await transfers.transfer(message, query, { send: () => Promise.resolve(true) });
  t.match(refused === undefined ? undefined : dnsPacket.decode(refused), { rcode: 'SERVFAIL' });
  while (releases.length < 4) await new Promise(setImmediate);
  for (const release of releases) release(false);
  await Promise.all(stuck);
  t.ok(await transfers.transfer(message, query, { send: () => Promise.resolve(true) }), 'there is room again');
});

t.test('with dig', { skip: !(await haveDig()) && 'no dig' }, async (t) => {
  const { port, counts } = await startTestAnswerer(t, { transferTo: ['127.0.0.1'] }, testZone(wide));
  const lines = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await runCommand('dig', ['@127.0.0.1', '-p', String(port), '+tries=1', ...args], {
      timeoutMs: 20_000,
    });
    return stdout.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
  };
  const whole = await lines('mesos', 'AXFR', '+tcp');
  t.equal(whole.length, 2 * 3_000 + 4 + 3, 'all records, NS, and SOA twice');
  t.match(whole[0], /^mesos\.\s+60\s+IN\s+SOA\s/);
  t.equal((await lines('mesos', 'IXFR=3', '+tcp')).length, whole.length, 'what changed is the whole zone');
  t.equal(counts.zoneTransfers, 2);
  t.equal((await lines('mesos', 'IXFR=7', '+tcp')).length, 1, 'nothing new');
  t.equal((await lines('mesos', 'IXFR=8', '+tcp')).length, 1, 'newer than ours');
  t.equal((await lines('mesos', 'IXFR=3', '+notcp')).length, 1, 'the serial over UDP');
});
