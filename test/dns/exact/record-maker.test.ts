import t from 'tap';
import { ExactZone } from '../../../src/dns/exact/exact-zone.js';
import { RecordMaker } from '../../../src/dns/exact/record-maker.js';
import type { Made } from '../../../src/dns/exact/record-maker.js';
import type { RecordOptions } from '../../../src/dns/records/options.js';

const options: RecordOptions = {
  domain: 'mesos',
  ipSources: ['host'],
  enforceRfc952: false,
  nameServer: 'ns1.mesos',
  nameServerAddresses: ['10.0.0.1'],
  masters: ['10.0.0.1:5050'],
  quirks: true,
};

function state(...names: string[]): string {
  return JSON.stringify({
    leader: 'master@10.0.0.1:5050',
    slaves: [{ id: 'a-S0', pid: 'slave(1)@10.1.0.1:5051' }],
    frameworks: [
      {
        name: 'marathon',
        tasks: names.map((name) => ({ id: name, name, slave_id: 'a-S0', state: 'TASK_RUNNING' })),
      },
    ],
  });
}

function make(maker: RecordMaker, body: string): Made {
  maker.parse(body);
  maker.read();
  return maker.make({ hostAddresses: new Map(), options });
}

t.test('only what changed is told, after the first time', async (t) => {
  const maker = new RecordMaker();
  const first = make(maker, state('web', 'old'));
  t.match(first, { whole: true, tasks: 2 });
  const all = maker.take(1_000);
  t.equal(all.length, first.changes);
  t.strictSame(maker.take(1_000), []);
  t.match(make(maker, state('web', 'old')), { whole: false, changes: 0, records: first.records });
  make(maker, state('new', 'web'));
  const names = maker.take(1_000).map(([name, data]) => `${data === null ? '-' : '+'}${name}`);
  t.strictSame(
    names.filter((name) => name.endsWith('.marathon.mesos')).map((name) => name.replace(/-\w{5}-s0/, '-hash-s0')),
    ['+new.marathon.mesos', '+new-hash-s0.marathon.mesos', '-old.marathon.mesos', '-old-hash-s0.marathon.mesos'],
  );
  t.throws(() => maker.parse('<html>'), /that is no JSON/);
  t.throws(() => maker.make({ hostAddresses: new Map(), options }), /no state was read/);
  t.match(maker.enumerate(), /"new"/, 'the last good state');
});

t.test('many changes are put into a copy, which is seen as a whole', async (t) => {
  const zone = new ExactZone();
  const name = (index: number): string => `n${index}.mesos`;
  const data = (last: number): { a: string[] } => ({ a: [`10.0.0.${last}`] });
  const many = Array.from({ length: 5_000 }, (_, index) => index);
  await zone.apply(
    many.map((index) => [name(index), data(1)]),
    { whole: true, serial: 1, turn: () => Promise.resolve() },
  );
  const kept = zone.find(name(4_999));
  let turns = 0;
  const turn = (): Promise<void> => {
    turns++;
    t.equal(zone.find(name(0))?.A[0]?.address, '10.0.0.1', 'not seen yet');
    t.equal(zone.serial, 1);
    return Promise.resolve();
  };
  const changes = many.slice(0, 2_000).map((index) => [name(index), index === 1 ? null : data(2)] as const);
  await zone.apply(changes, { whole: false, serial: 2, turn });
  t.ok(turns > 1);
  t.equal(zone.find(name(0))?.A[0]?.address, '10.0.0.2');
  t.equal(zone.find(name(1)), undefined);
  t.equal(zone.find(name(4_999)), kept, 'what did not change stays the same, with what is prepared of it');
  t.match([zone.size, zone.serial, zone.generation], [4_999, 2, 2]);
  await zone.apply([], { whole: false, serial: 3, turn });
  t.match([zone.serial, zone.generation], [3, 2]);
});
