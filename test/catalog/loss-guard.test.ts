import t from 'tap';
import { Catalog } from '../../src/catalog/catalog.js';
import { LossGuard } from '../../src/catalog/providers/loss-guard.js';
import { catalogApp, catalogInstance } from '../support/fake-catalog.js';

const letters = ['a', 'b', 'c', 'd'];

function known(): Catalog {
  const catalog = new Catalog();
  catalog.change({
    apps: letters.map((id) => catalogApp(`/${id}`, 1)),
    removedApps: [],
    instances: letters.map((id) => catalogInstance(`/${id}`, id, [31000])),
    removedInstances: [],
  });
  return catalog;
}

function ids(text: string): { apps: Set<string>; instances: Set<string> } {
  const names = [...text];
  return { apps: new Set(names.map((name) => `/${name}`)), instances: new Set(names) };
}

const never = (): boolean => false;

t.test('little may be gone at once, much only when a second look shows it', (t) => {
  const guard = new LossGuard({ confirmAfterMs: 1_000 });
  t.equal(guard.judge(known(), ids('ab'), never, 0), undefined, 'half');
  t.match(guard.judge(known(), ids('a'), never, 0), /3 of 4 apps and 3 of 4 instances are suddenly gone/);
  t.match(guard.judge(known(), ids('a'), never, 999), /suddenly gone/, 'too soon');
  t.equal(guard.judge(known(), ids('a'), never, 1_000), undefined);
  t.match(guard.judge(known(), ids(''), never, 2_000), /suddenly gone/, 'each loss on its own');
  t.equal(guard.judge(known(), ids('abcd'), never, 2_500), undefined, 'it was none');
  t.match(guard.judge(known(), ids(''), never, 4_000), /suddenly gone/, 'and counts for nothing later');
  t.end();
});

t.test('what comes back makes a loss one that is still going on', (t) => {
  const guard = new LossGuard({ confirmAfterMs: 1_000, patienceMs: 10_000 });
  t.type(guard.judge(known(), ids(''), never, 0), 'string');
  t.type(guard.judge(known(), ids('a'), never, 1_000), 'string', 'a is back: wait');
  t.equal(guard.judge(known(), ids(''), never, 2_000), undefined, 'b, c and d did not come back');
  t.type(guard.judge(known(), ids('a'), never, 5_000), 'string');
  t.type(guard.judge(known(), ids('b'), never, 7_000), 'string');
  t.type(guard.judge(known(), ids('c'), never, 14_000), 'string');
  t.equal(guard.judge(known(), ids('d'), never, 15_000), undefined, 'not for ever');
  t.end();
});

t.test('instances alone, and ends that were told', (t) => {
  const guard = new LossGuard();
  const { apps } = ids('abcd');
  t.match(guard.judge(known(), { apps, instances: new Set() }, never, 0), /0 of 4 apps and 4 of 4 instances/);
  t.equal(
    guard.judge(known(), { apps, instances: new Set() }, (id) => 'abcd'.includes(id), 0),
    undefined,
  );
  const told = new Set(['/a', '/b', '/c']);
  t.equal(
    guard.judge(known(), ids('d'), (id) => told.has(id), 0),
    undefined,
    'with the app go its instances',
  );
  t.equal(guard.judge(new Catalog(), ids(''), never, 0), undefined, 'nothing was known');
  t.end();
});
