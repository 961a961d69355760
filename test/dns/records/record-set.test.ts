import fc from 'fast-check';
import t from 'tap';
import { keyOf } from '../../../src/dns/records/record.js';
import type { DnsRecord } from '../../../src/dns/records/record.js';
import { RecordSet, recordsOfType } from '../../../src/dns/records/record-set.js';
import { nextSerial } from '../../../src/dns/records/serial.js';
import type { Owner } from '../../../src/dns/records/view.js';

const a = (name: string, address: string): DnsRecord => ({ type: 'A', name, address });

t.test('a record of two owners stays until both have let go', (t) => {
  const set = new RecordSet();
  t.equal(set.replace('agent 1', [a('slave.mesos', '10.0.0.1'), a('slave.mesos', '10.0.0.1')]), true);
  t.equal(set.replace('agent 2', [a('slave.mesos', '10.0.0.1')]), false, 'nothing new to see');
  t.equal(set.size, 1);
  t.equal(set.replace('agent 1', []), false);
  t.strictSame(set.find('slave.mesos')?.A, [a('slave.mesos', '10.0.0.1')]);
  t.equal(set.replace('agent 2', []), true);
  t.equal(set.find('slave.mesos'), undefined);
  t.equal(set.size, 0);
  t.end();
});

t.test('equal means skip', (t) => {
  const set = new RecordSet();
  set.replace('agent 1', [a('x.mesos', '10.0.0.1'), a('x.mesos', '10.0.0.2')]);
  const before = set.find('x.mesos')?.A;
  t.equal(set.replace('agent 1', [a('x.mesos', '10.0.0.2'), a('x.mesos', '10.0.0.1')]), false);
  t.strictSame(set.find('x.mesos')?.A, before);
  t.end();
});

t.test('empty non-terminals come and go with the names below', (t) => {
  const set = new RecordSet();
  set.replace('agent 1', [a('a.b.mesos', '10.0.0.1')]);
  set.replace('agent 2', [a('c.b.mesos', '10.0.0.1')]);
  t.ok(set.hasNamesBelow('b.mesos') && set.hasNamesBelow('mesos'));
  t.notOk(set.hasNamesBelow('a.b.mesos'));
  set.replace('agent 1', []);
  t.ok(set.hasNamesBelow('b.mesos'));
  set.replace('agent 2', []);
  t.notOk(set.hasNamesBelow('b.mesos') || set.hasNamesBelow('mesos'));
  t.end();
});

t.test('whatever the order of changes, the set is the union of its owners', (t) => {
  const record = fc
    .tuple(fc.constantFrom('x.mesos', 'y.x.mesos', 'z.mesos'), fc.integer({ min: 1, max: 4 }))
    .map(([name, n]) => a(name, `10.0.0.${n}`));
  const change = fc.tuple(fc.constantFrom<Owner>('agent 1', 'agent 2', 'agent 3'), fc.array(record, { maxLength: 6 }));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      const set = new RecordSet();
      const owners = new Map<Owner, DnsRecord[]>();
      const seen = (): string[] => [...new Set([...owners.values()].flat().map(keyOf))].sort();
      for (const [owner, records] of changes) {
        const before = seen().join();
        owners.set(owner, records);
        const changed = set.replace(owner, records);
        const after = seen();
        const found = [...set.names()].flatMap((name) => (set.find(name)?.A ?? []).map(keyOf)).sort();
        if (changed !== (before !== after.join()) || set.size !== after.length || found.join() !== after.join()) {
          return false;
        }
        if (set.hasNamesBelow('x.mesos') !== after.some((key) => key.includes('y.x.mesos'))) return false;
      }
      return true;
    }),
  );
  t.end();
});

const srv = (name: string, port: number): DnsRecord => ({ type: 'SRV', name, target: `t.${name}`, port });
const ptr = (name: string, target: string): DnsRecord => ({ type: 'PTR', name, target });

t.test('avoided owners are left out of a name that has others, of the same type', (t) => {
  const set = new RecordSet();
  const addresses = (): string[] => (set.find('x.mesos')?.A ?? []).map(({ address }) => address);
  set.replace('agent 1', [a('x.mesos', '10.0.0.1'), srv('x.mesos', 1), srv('x.mesos', 2)]);
  set.takeChanges();
  t.equal(set.replace('agent 1', [a('x.mesos', '10.0.0.1'), srv('x.mesos', 1), srv('x.mesos', 2)], true), false);
  t.strictSame(set.takeChanges(), [], 'the only one is served all the same');
  t.equal(set.replace('agent 2', [a('x.mesos', '10.0.0.2')], true), true);
  t.strictSame(addresses(), ['10.0.0.1', '10.0.0.2']);
  t.equal(set.replace('agent 2', [a('x.mesos', '10.0.0.2')]), true);
  t.strictSame(addresses(), ['10.0.0.2']);
  t.equal(set.find('x.mesos')?.SRV.length, 2, 'nobody else has a service here');
  t.equal(set.size, 3);
  t.equal(set.replace('agent 3', [a('x.mesos', '10.0.0.1')]), true, 'somebody good is at the same address');
  t.strictSame(addresses(), ['10.0.0.1', '10.0.0.2']);
  t.equal(set.replace('agent 1', []), true);
  t.strictSame(set.takeChanges(), [['x.mesos', { a: ['10.0.0.1', '10.0.0.2'] }]]);
  t.end();
});

t.test('an address with two names has none', (t) => {
  const set = new RecordSet();
  const name = '1.0.16.172.in-addr.arpa';
  set.replace('agent 1', [ptr(name, 'x.mesos')]);
  t.strictSame(set.takeChanges(), [[name, { ptr: ['x.mesos'] }]]);
  t.equal(set.replace('agent 2', [ptr(name, 'y.mesos')], true), true, 'whoever has it besides');
  t.strictSame(set.takeChanges(), [[name, null]]);
  t.equal(set.find(name), undefined);
  t.equal([...set.names()].length + set.allData().length + set.size + set.nameCount, 0);
  t.equal(set.replace('agent 3', [ptr(name, 'z.mesos')]), false);
  set.replace('agent 3', []);
  t.equal(set.replace('agent 1', []), true);
  t.strictSame(set.takeChanges(), [[name, { ptr: ['y.mesos'] }]]);
  t.equal(set.size, 1);
  t.end();
});

t.test('names are large or small, and say the same', (t) => {
  const record = fc.oneof(
    fc.integer({ min: 1, max: 25 }).map((n) => a('x.mesos', `10.0.0.${n}`)),
    fc.integer({ min: 1, max: 4 }).map((n) => srv('x.mesos', n)),
    fc.integer({ min: 1, max: 3 }).map((n) => ptr('x.mesos', `t${n}`)),
  );
  const change = fc.record({
    owner: fc.constantFrom<Owner>('agent 1', 'agent 2', 'agent 3'),
    records: fc.array(record, { maxLength: 22 }),
    avoided: fc.boolean(),
  });
  /** What is to be shown, by its definition. */
  const expected = (owners: ReadonlyMap<Owner, { records: readonly DnsRecord[]; avoided: boolean }>): string[] =>
    (['A', 'SRV', 'PTR'] as const).flatMap((type) => {
      const keys = (some: boolean): string[] => [
        ...new Set(
          [...owners.values()]
            .filter(({ avoided }) => some || !avoided)
            .flatMap(({ records }) => records.filter((r) => r.type === type).map(keyOf)),
        ),
      ];
      const [all, good] = [keys(true), keys(false)];
      if (type === 'PTR') return all.length === 1 ? all : [];
      return good.length > 0 ? good : all;
    });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      const set = new RecordSet();
      const owners = new Map<Owner, { records: readonly DnsRecord[]; avoided: boolean }>();
      for (const { owner, records, avoided } of changes) {
        const before = expected(owners).sort().join();
        owners.set(owner, { records, avoided });
        const changed = set.replace(owner, records, avoided);
        const after = expected(owners).sort();
        const found = set.find('x.mesos');
        const seen = found === undefined ? [] : recordsOfType(found, 'ANY').map(keyOf).sort();
        if (seen.join() !== after.join() || set.size !== after.length) return false;
        if (set.nameCount !== (after.length > 0 ? 1 : 0)) return false;
        if (changed !== (before !== after.join()) || set.takeChanges().length !== (changed ? 1 : 0)) return false;
      }
      return true;
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test('the serial only grows', (t) => {
  t.equal(nextSerial(0, 1_700_000_000.9), 1_700_000_000);
  t.equal(nextSerial(1_700_000_000, 1_700_000_000), 1_700_000_001, 'two changes in one second');
  t.equal(nextSerial(1_700_000_005, 1_700_000_001), 1_700_000_006, 'the clock went back');
  t.equal(nextSerial(0xffff_ffff, 1_700_000_000), 1_700_000_000, 'RFC 1982: ahead, beyond the end of 32 bits');
  t.equal(nextSerial(0xffff_ffff, 3_000_000_000), 0);
  t.end();
});
