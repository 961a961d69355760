import t from 'tap';
import { groupIdOf, keepUnchanged, levelOf, pathOf, sumOf } from '../../../src/ui/pages/applications/group-rows.js';
import { ids, line } from './support.js';

const apps = [
  line('/prod/shop/web', { instances: 3, cpus: 0.5, mem: 64 }),
  line('/prod/shop/db', { instances: 2, status: 'Waiting', counts: { unknown: 1, unscheduled: 1 } }),
  line('/prod/mail', { counts: { unhealthy: 1 } }),
  line('/products', { instances: 1 }),
];
const groups = ['/', '/prod', '/prod/shop', '/empty', '/empty/deep'];

t.test('a level has its own apps, and its subgroups with the sums of all that is in them', (t) => {
  const top = levelOf('/', groups, apps);
  t.same(ids(top.apps), ['/products'], 'an id that only begins alike is in no group');
  t.same(ids(top.groups).sort(), ['/empty', '/prod']);
  const prod = top.groups.find(({ id }) => id === '/prod');
  t.match(prod, {
    apps: 3,
    instances: 6,
    running: 5,
    mem: 3 * 64 + 2 * 32 + 32,
    counts: { healthy: 3, unknown: 1, unscheduled: 1, unhealthy: 1, staged: 0, overCapacity: 0 },
    statuses: [
      { status: 'Waiting', count: 1 },
      { status: 'Running', count: 2 },
    ],
  });
  t.match(
    top.groups.find(({ id }) => id === '/empty'),
    { apps: 0, instances: 0, statuses: [] },
  );

  const below = apps.filter(({ id }) => id.startsWith('/prod/'));
  const second = levelOf('/prod', groups, below);
  t.same(ids(second.groups), ['/prod/shop']);
  t.same(ids(second.apps), ['/prod/mail']);
  t.same(levelOf('/prod/shop', groups, below.slice(0, 2)).groups, [], 'the group itself is no subgroup');
  t.end();
});

t.test('a group of which only an app is known is there', (t) => {
  t.same(ids(levelOf('/', ['/'], [line('/new/web')]).groups), ['/new']);
  t.end();
});

t.test('lines that look the same are the same', (t) => {
  const before = levelOf('/', groups, apps).groups;
  const again = levelOf('/', groups, apps).groups;
  t.not(again[0], before[0]);
  t.strictSame(
    keepUnchanged(before, again).map((row, index) => row === before[index]),
    [true, true],
  );
  const changed = levelOf('/', groups, [...apps, line('/prod/more', { status: 'Delayed' })]).groups;
  const kept = keepUnchanged(before, changed);
  t.equal(
    kept.find(({ id }) => id === '/empty'),
    before.find(({ id }) => id === '/empty'),
  );
  t.equal(kept.find(({ id }) => id === '/prod')?.apps, 4);
  t.end();
});

t.test('another status of as many apps is another line', (t) => {
  const one = [sumOf('/g', [line('/g/a'), line('/g/b', { status: 'Waiting' })])];
  const other = [sumOf('/g', [line('/g/a'), line('/g/b', { status: 'Delayed' })])];
  t.equal(keepUnchanged(one, other)[0], other[0]);
  t.end();
});

t.test('ids of groups, and the groups above', (t) => {
  t.equal(groupIdOf(undefined), '/');
  t.equal(groupIdOf('prod/shop/'), '/prod/shop');
  t.equal(groupIdOf('//prod'), '/prod');
  t.same(pathOf('/prod/shop'), ['/', '/prod', '/prod/shop']);
  t.same(pathOf('/'), ['/']);
  t.end();
});
