import t from 'tap';
import { maxUnderWay, Outbox } from '../../../src/dns/workers/outbox.js';
import { Parcel } from '../../../src/dns/workers/parcel.js';

function parcel(serial: number, weight = 1): Parcel {
  return new Parcel({ names: [], reasons: [], serial, synced: true, staleSinceMs: null }, weight);
}

function takeAll(outbox: Outbox): number[] {
  const serials: number[] = [];
  for (let next = outbox.next(); next !== undefined; next = outbox.next()) {
    serials.push((JSON.parse(next.text) as { serial: number }).serial);
  }
  return serials;
}

t.test('few parcels are under way at a time, in their order', async (t) => {
  const outbox = new Outbox([parcel(1), parcel(2), parcel(3)], 100);
  t.equal(maxUnderWay, 2);
  t.strictSame(takeAll(outbox), [1, 2]);
  outbox.add(parcel(4));
  t.strictSame(takeAll(outbox), []);
  outbox.applied();
  t.strictSame(takeAll(outbox), [3]);
  outbox.applied();
  outbox.applied();
  t.notOk(outbox.isDone);
  t.strictSame(takeAll(outbox), [4]);
  t.notOk(outbox.isDone, 'it is under way');
  outbox.applied();
  t.ok(outbox.isDone);
});

t.test('hundreds that wait keep their order', async (t) => {
  const outbox = new Outbox(
    Array.from({ length: 200 }, (_, i) => parcel(i)),
    100,
  );
  const serials: number[] = [];
  for (let i = 0; i < 300; i++) {
    if (i < 100) outbox.add(parcel(200 + i));
    serials.push(...takeAll(outbox));
    outbox.applied();
  }
  t.strictSame(
    serials,
    Array.from({ length: 300 }, (_, i) => i),
  );
  t.ok(outbox.isDone);
});

t.test('what may wait is bounded; the zone as it was at the start does not count', async (t) => {
  const outbox = new Outbox([parcel(1, 1_000), parcel(2, 1_000), parcel(3, 1_000)], 10);
  outbox.add(parcel(4, 10));
  t.notOk(outbox.isOverfull);
  outbox.add(parcel(5, 1));
  t.ok(outbox.isOverfull);
  takeAll(outbox);
  t.notOk(outbox.isOverfull, 'room again');
});
