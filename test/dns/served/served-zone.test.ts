import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { ServedZone } from '../../../src/dns/served/served-zone.js';
import type { NameData } from '../../../src/dns/served/zone-change.js';
import { ModelZone, testZoneSettings } from '../support/model-zone.js';
import { someChange } from '../support/zone-changes.js';

const settings = testZoneSettings('mesos');
const position = { serial: 1, synced: true, staleSinceMs: null, reasons: [] };

function zoneOf(...names: [string, NameData | null][]): ServedZone {
  const zone = new ServedZone(settings);
  zone.apply({ ...position, names });
  return zone;
}

t.test('whatever changes, it is what it was told last', (t) => {
  fc.assert(
    fc.property(fc.array(someChange('mesos'), { minLength: 1, maxLength: 8 }), (changes) => {
      const zone = new ServedZone(settings);
      const model = new ModelZone(settings);
      for (const change of changes) {
        zone.apply(change);
        model.apply(change);
      }
      const names = Array.from(zone.names(), ({ name }) => name);
      assert.deepEqual(names.sort(), [...model.names.keys()].sort());
      assert.equal(zone.size, model.names.size);
      const asked = new Set(['mesos', 'nothing.mesos']);
      for (const { names, reasons } of changes) for (const [name] of [...names, ...reasons]) asked.add(name);
      for (const name of asked) {
        const found = zone.find(name);
        const wanted = model.find(name);
        assert.equal(found === undefined, wanted === undefined);
        for (const type of ['A', 'AAAA', 'SRV', 'PTR'] as const) assert.deepEqual(found?.[type], wanted?.[type]);
        assert.equal(zone.hasNamesBelow(name), model.hasNamesBelow(name));
        assert.equal(zone.reasonOf(name), model.reasonOf(name));
      }
      assert.deepEqual([zone.serial, zone.synced, zone.staleSinceMs], [model.serial, model.synced, model.staleSinceMs]);
      // Nothing is left behind of what is gone.
      const gone = [...asked].map((name) => [name, null] as const);
      zone.apply({ ...position, names: gone, reasons: gone });
      assert.equal(zone.size, 0);
      assert.deepEqual([...zone.table.entries()], []);
    }),
    { numRuns: 100 },
  );
  t.end();
});

t.test('the memory of what is gone is used again', (t) => {
  const zone = new ServedZone(settings);
  const turn = (round: number): void => {
    const names = Array.from({ length: 500 }, (_, i): [string, NameData] => [
      `n${i}.marathon.mesos`,
      { a: [`10.0.0.${round % 250}`], srv: [[`n${round}-${i}.slave.mesos`, round]] },
    ]);
    zone.apply({ ...position, names });
    zone.apply({ ...position, names: names.map(([name]) => [name, null]) });
  };
  turn(0);
  const { length } = zone.table.store.bytes;
  for (let round = 1; round < 40; round++) turn(round);
  t.equal(zone.table.store.bytes.length, length);

  // A name that grows by one record at a time leaves behind less than a few times what it has.
  const srv: [string, number][] = [];
  for (let port = 1; port <= 1500; port++) {
    srv.push(['n1.slave.mesos', port]);
    zone.apply({ ...position, names: [['_wide._tcp.marathon.mesos', { srv }]] });
  }
  t.equal(zone.find('_wide._tcp.marathon.mesos')?.SRV.length, 1500);
  t.ok(zone.table.store.bytes.length < length + 1500 * 60 * 12);
  t.end();
});

t.test('so many names that they meet in the table, coming and going', (t) => {
  const names = Array.from({ length: 4_000 }, (_, i) => `${i % 7 === 0 ? '_tcp.' : ''}n${i}.g${i % 50}.marathon.mesos`);
  fc.assert(
    fc.property(fc.integer(), fc.infiniteStream(fc.nat()), (seed, stream) => {
      const draw = (below: number): number => (stream.next().value ?? 0) % below;
      const zone = new ServedZone(settings, seed);
      const told = new Map<string, NameData>();
      for (let round = 0; round < 6; round++) {
        // Full, then almost empty, and so on.
        const keeps = round % 2 === 0 ? 9 : 1;
        const change = names.map((name): [string, NameData | null] => {
          if (draw(10) >= keeps) return [name, null];
          const target = names[draw(names.length)] as string;
          return [name, { a: [`10.0.0.${draw(250)}`], srv: [[target, draw(60_000)]] }];
        });
        zone.apply({ ...position, names: change });
        for (const [name, data] of change) {
          if (data === null) told.delete(name);
          else told.set(name, data);
        }
        assert.equal(zone.size, told.size);
        for (const name of names) {
          const { a, srv } = told.get(name) ?? {};
          const found = zone.find(name);
          assert.deepEqual(
            found?.A.map(({ address }) => address),
            a,
          );
          assert.deepEqual(
            found?.SRV.map(({ target, port }) => [target, port]),
            srv,
          );
        }
        for (let group = 0; group < 50; group++) {
          const end = `.g${group}.marathon.mesos`;
          assert.equal(
            zone.hasNamesBelow(end.slice(1)),
            [...told.keys()].some((name) => name.endsWith(end)),
          );
        }
      }
      zone.apply({ ...position, names: names.map((name) => [name, null]) });
      assert.deepEqual([...zone.table.entries()], []);
    }),
    { numRuns: 3 },
  );
  t.end();
});

t.test('what was found stays as it was', (t) => {
  const zone = zoneOf(['web.mesos', { a: ['10.0.0.1'] }]);
  const found = zone.find('web.mesos');
  zone.apply({ ...position, names: [['web.mesos', { a: ['10.0.0.2', '10.0.0.3'] }]] });
  zone.apply({ ...position, names: [['web.mesos', null]] });
  t.strictSame(found?.A, [{ type: 'A', name: 'web.mesos', address: '10.0.0.1' }]);
  t.equal(zone.find('web.mesos'), undefined);
  t.end();
});

t.test('what cannot be sent is passed over', (t) => {
  const zone = zoneOf(
    ['', { a: ['10.0.0.1'] }],
    ['a..mesos', { a: ['10.0.0.1'] }],
    [`${'l'.repeat(64)}.mesos`, { a: ['10.0.0.1'] }],
    [`${'l.'.repeat(125)}mesos`, { a: ['10.0.0.1'] }],
    ['käse.mesos', { a: ['10.0.0.1'] }],
    ['empty.mesos', {}],
    ['bad.mesos', { a: ['10.0.0'], aaaa: ['10.0.0.1', '::x'], srv: [['.', 1]], ptr: [''] }],
    ['good.mesos', { a: ['x', '255.0.0.1'], aaaa: ['::1', '64:ff9b::1'], srv: [['b.mesos', 1]], ptr: ['c.mesos'] }],
  );
  t.strictSame(
    Array.from(zone.names(), ({ name }) => name),
    ['good.mesos'],
  );
  t.match(zone.find('good.mesos'), {
    A: [{ address: '255.0.0.1' }],
    AAAA: [{ address: '::1' }, { address: '64:ff9b::1' }],
    SRV: [{ target: 'b.mesos', port: 1 }],
    PTR: [{ target: 'c.mesos' }],
  });
  t.equal(zone.find('käse.mesos'), undefined);
  t.notOk(zone.hasNamesBelow(''));
  zone.apply({ ...position, names: [['good.mesos', { a: [] }]] });
  t.equal(zone.size, 0, 'no record is no name');
  t.end();
});
