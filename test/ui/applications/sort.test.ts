import t from 'tap';
import { levelOf } from '../../../src/ui/pages/applications/group-rows.js';
import { columns } from '../../../src/ui/pages/applications/list-query.js';
import { sortApps, sortGroups } from '../../../src/ui/pages/applications/sort.js';
import { ids, line } from './support.js';

const apps = [
  line('/c', { instances: 2, cpus: 1, status: 'Waiting', counts: { unscheduled: 2 } }),
  line('/a', { instances: 5, mem: 512 }),
  line('/b', { instances: 5, mem: 16, status: 'Delayed', counts: { unhealthy: 5 } }),
];

t.test('each column sorts by what it shows; totals by the total', (t) => {
  const order = (column: (typeof columns)[number], isDescending = false): string[] =>
    ids(sortApps(apps, { column, isDescending }));
  t.same(order('name'), ['/a', '/b', '/c']);
  t.same(order('name', true), ['/c', '/b', '/a']);
  t.same(order('cpus', true), ['/c', '/a', '/b'], '2 × 1 is more than 5 × 0.1');
  t.same(order('mem', true), ['/a', '/b', '/c']);
  t.same(order('status'), ['/b', '/c', '/a'], 'what needs somebody first');
  t.same(order('instances'), ['/c', '/a', '/b']);
  t.same(order('health'), ['/b', '/c', '/a'], 'the worst first');
  t.end();
});

t.test('what is equal stays in the order of ids, both ways', (t) => {
  const equal = ['/z', '/m', '/a'].map((id) => line(id));
  for (const column of columns.filter((name) => name !== 'name')) {
    for (const isDescending of [false, true]) {
      t.same(ids(sortApps(equal, { column, isDescending })), ['/a', '/m', '/z']);
    }
  }
  t.end();
});

t.test('groups are sorted by their sums', (t) => {
  const below = [
    line('/x/one', { cpus: 3 }),
    line('/y/one', { cpus: 2 }),
    line('/y/two', { cpus: 2, status: 'Waiting' }),
  ];
  const { groups } = levelOf('/', ['/', '/none'], below);
  const order = (column: (typeof columns)[number], isDescending = false): string[] =>
    ids(sortGroups(groups, { column, isDescending }));
  t.same(order('cpus', true), ['/y', '/x', '/none']);
  t.same(order('status'), ['/y', '/x', '/none'], 'an empty group needs nobody');
  t.same(order('name'), ['/none', '/x', '/y']);
  t.end();
});
