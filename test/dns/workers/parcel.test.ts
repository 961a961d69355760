import fc from 'fast-check';
import t from 'tap';
import type { ZoneChange } from '../../../src/dns/served/zone-change.js';
import { maxNamesPerParcel, maxRecordsPerParcel, parcelsOf } from '../../../src/dns/workers/parcel.js';
import type { Position } from '../../../src/dns/workers/parcel.js';
import { someChange } from '../support/zone-changes.js';

const before: Position = { serial: 1, synced: false, staleSinceMs: 5 };
const after: Position = { serial: 2, synced: true, staleSinceMs: null };

function told(change: ZoneChange): ZoneChange[] {
  return Array.from(parcelsOf(change, before), ({ text }) => JSON.parse(text) as ZoneChange);
}

t.test('the parcels of a change are the change, in its order', async () => {
  fc.assert(
    fc.property(someChange('mesos'), fc.nat(300), (change, copies) => {
      const names = [...change.names, ...Array.from({ length: copies }, (_, i) => [`x${i}.mesos`, null] as const)];
      const parcels = told({ ...change, names });
      const last = parcels.at(-1);
      return (
        JSON.stringify(parcels.flatMap((parcel) => parcel.names)) === JSON.stringify(names) &&
        JSON.stringify(parcels.flatMap((parcel) => parcel.reasons)) === JSON.stringify(change.reasons) &&
        last?.serial === change.serial &&
        last.synced === change.synced &&
        last.staleSinceMs === change.staleSinceMs
      );
    }),
    { numRuns: 50 },
  );
});

t.test(
  'a reload of 10,000 tasks comes in parts of a bounded size; the zone is where it is to be with the last one',
  async (t) => {
    const names = Array.from({ length: 180_000 }, (_, i) => [`task-${i}.marathon.mesos`, { a: ['10.0.0.1'] }] as const);
    const reasons = Array.from({ length: 1_000 }, (_, i) => [`task-${i}.mesos`, 'nobody is healthy'] as const);
    let count = 0;
    let inBounds = 0;
    let atBefore = 0;
    for (const { names: some, reasons: why, ...position } of told({ names, reasons, ...after })) {
      count += 1;
      if (some.length + why.length <= maxNamesPerParcel) inBounds += 1;
      if (JSON.stringify(position) === JSON.stringify(before)) atBefore += 1;
    }
    t.equal(inBounds, count);
    t.equal(atBefore, count - 1);
    t.equal(count, Math.ceil(181_000 / maxNamesPerParcel), 'and in no more than it takes');
  },
);

t.test('names with many records are told alone, and never cut', async (t) => {
  const wide = Array.from({ length: maxRecordsPerParcel * 2 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const change = {
    names: [
      ['a.mesos', { a: ['10.0.0.1'] }],
      ['wide.mesos', { a: wide }],
      ['gone.mesos', null],
    ],
    reasons: [],
    ...after,
  } as const satisfies ZoneChange;
  t.strictSame(
    told(change).map(({ names }) => names.map(([name, data]) => [name, data?.a?.length ?? 0])),
    [[['a.mesos', 1]], [['wide.mesos', wide.length]], [['gone.mesos', 0]]],
  );
});

t.test('a change of no name is one parcel: the zone is somewhere else', async (t) => {
  t.strictSame(told({ names: [], reasons: [], ...after }), [{ names: [], reasons: [], ...after }]);
});

t.test('a parcel is written once', async (t) => {
  const data = { a: ['10.0.0.1'] };
  const [parcel] = parcelsOf({ names: [['a.mesos', data]], reasons: [], ...after }, before);
  const text = parcel?.text;
  data.a.push('10.0.0.2');
  t.equal(parcel?.text, text);
});
