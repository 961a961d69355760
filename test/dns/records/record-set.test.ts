import fc from 'fast-check';
import t from 'tap';
import { keyOf } from '../../../src/dns/records/record.js';
import type { DnsRecord } from '../../../src/dns/records/record.js';
import { RecordSet } from '../../../src/dns/records/record-set.js';
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
  t.equal(set.find('x.mesos')?.A, before);
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

t.test('the serial only grows', (t) => {
  t.equal(nextSerial(0, 1_700_000_000.9), 1_700_000_000);
  t.equal(nextSerial(1_700_000_000, 1_700_000_000), 1_700_000_001, 'two changes in one second');
  t.equal(nextSerial(1_700_000_005, 1_700_000_001), 1_700_000_006, 'the clock went back');
  t.equal(nextSerial(0xffff_ffff, 1_700_000_000), 1_700_000_000, 'RFC 1982: ahead, beyond the end of 32 bits');
  t.equal(nextSerial(0xffff_ffff, 3_000_000_000), 0);
  t.end();
});
