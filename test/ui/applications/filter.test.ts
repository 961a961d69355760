import fc from 'fast-check';
import t from 'tap';
import { applyFilter, isAsking } from '../../../src/ui/pages/applications/filter.js';
import { healthWords } from '../../../src/ui/pages/applications/app-facts.js';
import { noFilter, statuses } from '../../../src/ui/pages/applications/list-query.js';
import type { Filter } from '../../../src/ui/pages/applications/list-query.js';
import { ids, line } from './support.js';

const apps = [
  line('/prod/web', { labels: { env: 'prod', tier: 'front' }, runs: 'nginx:1.27' }),
  line('/prod/db', { labels: { env: 'prod', tier: 'back' }, status: 'Deploying', counts: { staged: 1 } }),
  line('/dev/web', { labels: { env: 'dev', tier: 'front' }, counts: { unhealthy: 1 } }),
  line('/old', { status: 'Suspended', instances: 0 }),
];

function shown(change: Partial<Filter>): string[] {
  return ids(applyFilter(apps, { ...noFilter, ...change }).shown);
}

t.test('of one part any choice, of several parts all', (t) => {
  t.same(shown({}), ids(apps));
  t.same(shown({ statuses: ['Running', 'Suspended'] }), ['/prod/web', '/dev/web', '/old']);
  t.same(shown({ statuses: ['Running'], health: ['Healthy'] }), ['/prod/web']);
  t.same(shown({ health: ['Unhealthy', 'Staged'] }), ['/prod/db', '/dev/web']);
  t.same(shown({ labels: [{ key: 'env' }] }), ['/prod/web', '/prod/db', '/dev/web']);
  t.same(
    shown({
      labels: [
        { key: 'env', value: 'prod' },
        { key: 'env', value: 'dev' },
      ],
    }).length,
    3,
  );
  t.same(
    shown({
      labels: [
        { key: 'env', value: 'prod' },
        { key: 'tier', value: 'front' },
      ],
    }),
    ['/prod/web'],
  );
  const odd = applyFilter(apps, { ...noFilter, labels: [{ key: 'toString' }] });
  t.same(odd.shown, [], 'only what is a label is one');
  t.equal(odd.labels.has('toString'), false);
  t.end();
});

t.test('the search finds all its words in ids, labels and images, whatever their case', (t) => {
  t.same(shown({ search: 'WEB' }), ['/prod/web', '/dev/web']);
  t.same(shown({ search: ' web  front prod' }), ['/prod/web']);
  t.same(shown({ search: 'nginx' }), ['/prod/web']);
  t.same(shown({ search: 'tier=back' }), ['/prod/db']);
  t.same(shown({ search: 'web nothing' }), []);
  t.equal(isAsking({ ...noFilter, search: ' ' }), false);
  t.end();
});

t.test('each choice says how many it would show with all other parts as they are', (t) => {
  const {
    statuses: byStatus,
    health,
    labels,
  } = applyFilter(apps, {
    ...noFilter,
    statuses: ['Running'],
    labels: [{ key: 'tier', value: 'front' }],
  });
  // Other statuses count as if this part were not there
  t.same(Object.fromEntries(byStatus), { Running: 2 });
  t.same(Object.fromEntries(health), { Healthy: 1, Unhealthy: 1 });
  t.same(Object.fromEntries(labels.get('env')?.values ?? []), { prod: 1, dev: 1 });
  t.same(Object.fromEntries(labels.get('tier')?.values ?? []), { front: 2 });
  const wide = applyFilter(apps, { ...noFilter, labels: [{ key: 'tier', value: 'front' }] });
  t.same(Object.fromEntries(wide.labels.get('tier')?.values ?? []), { front: 2, back: 1 });
  t.equal(wide.labels.get('tier')?.count, 3);
  t.end();
});

t.test('it is known which part hides how many, and how many it alone', (t) => {
  const { shown: none, hiding } = applyFilter(apps, { ...noFilter, search: 'prod', statuses: ['Suspended'] });
  t.same(none, []);
  t.same(hiding, [
    { part: 'status', hides: 3, hidesAlone: 2 },
    { part: 'search', hides: 2, hidesAlone: 1 },
  ]);
  const { hiding: labels } = applyFilter(apps, { ...noFilter, labels: [{ key: 'owner' }] });
  t.same(labels, [{ part: 'label', key: 'owner', hides: 4, hidesAlone: 4 }]);
  t.end();
});

t.test('what a choice promises is what it shows', (t) => {
  const word = fc.constantFrom('a', 'b', 'c');
  const app = fc
    .record({
      status: fc.constantFrom(...statuses),
      env: word,
      tier: fc.option(word, { nil: undefined }),
      health: fc.constantFrom('healthy', 'unhealthy', 'unknown', 'staged'),
    })
    .map(({ status, env, tier, health }) =>
      line(`/${env}`, { status, labels: { env, ...(tier === undefined ? {} : { tier }) }, counts: { [health]: 1 } }),
    );
  const filter = fc.record({
    statuses: fc.subarray([...statuses], { maxLength: 2 }),
    health: fc.subarray([...healthWords], { maxLength: 2 }),
    labels: fc.array(fc.record({ key: fc.constantFrom('env', 'tier'), value: word }), { maxLength: 2 }),
    search: fc.constantFrom('', 'a', 'b'),
  });
  fc.assert(
    fc.property(fc.array(app, { maxLength: 30 }), filter, (all, asked) => {
      const { statuses: byStatus, health, labels } = applyFilter(all, asked);
      const isRight =
        statuses.every(
          (status) => (byStatus.get(status) ?? 0) === applyFilter(all, { ...asked, statuses: [status] }).shown.length,
        ) &&
        healthWords.every(
          (word) => (health.get(word) ?? 0) === applyFilter(all, { ...asked, health: [word] }).shown.length,
        );
      const others = asked.labels.filter(({ key }) => key !== 'env');
      return (
        isRight &&
        ['a', 'b', 'c'].every(
          (value) =>
            (labels.get('env')?.values.get(value) ?? 0) ===
            applyFilter(all, { ...asked, labels: [...others, { key: 'env', value }] }).shown.length,
        )
      );
    }),
    { numRuns: 300 },
  );
  t.end();
});
