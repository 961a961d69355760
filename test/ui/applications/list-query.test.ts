import fc from 'fast-check';
import t from 'tap';
import { fragmentOf, parseFragment } from '../../../src/ui/router/match.js';
import { healthWords } from '../../../src/ui/pages/applications/app-facts.js';
import {
  columns,
  filterQuery,
  noFilter,
  readFilter,
  readSorting,
  sortingQuery,
  statuses,
  toggled,
  toggledLabel,
  wishCount,
  wishText,
} from '../../../src/ui/pages/applications/list-query.js';
import type { Filter } from '../../../src/ui/pages/applications/list-query.js';

t.test('a filter stands in the address and is read from it as it was', (t) => {
  const text = fc.string({ minLength: 1, unit: 'grapheme', maxLength: 8 });
  const wish = fc.oneof(fc.record({ key: text }), fc.record({ key: text, value: fc.string({ maxLength: 8 }) }));
  const filter = fc.record({
    statuses: fc.subarray([...statuses]),
    health: fc.subarray([...healthWords]),
    labels: fc.uniqueArray(wish, { selector: wishText, maxLength: 4 }),
    search: fc.string({ maxLength: 10 }),
  });
  const same = (a: Filter, b: Filter): boolean => JSON.stringify(a) === JSON.stringify(b);
  fc.assert(
    fc.property(filter, (asked) =>
      same(readFilter(parseFragment(fragmentOf(['apps'], filterQuery(asked))).query), asked),
    ),
    { numRuns: 200 },
  );
  t.end();
});

t.test('what an address does not say, or says wrongly, asks for nothing', (t) => {
  t.same(readFilter({}), noFilter);
  t.same(readFilter({ status: 'Flying,Running', health: 'fine', label: ',%' }), {
    ...noFilter,
    statuses: ['Running'],
    labels: [{ key: '%' }],
  });
  t.same(readSorting({ sort: 'colour' }), { column: 'name', isDescending: false });
  t.equal(wishCount(noFilter), 0);
  t.equal(wishCount({ ...noFilter, search: '  ' }), 0, 'blanks are no search');
  t.equal(wishCount({ statuses: ['Running'], health: ['Healthy'], labels: [{ key: 'a' }], search: 'x' }), 4);
  t.end();
});

t.test('a column is turned round when it is chosen again', (t) => {
  for (const column of columns) {
    const first = readSorting(
      sortingQuery(column, { column: column === 'name' ? 'cpus' : 'name', isDescending: false }),
    );
    t.equal(first.column, column);
    const second = readSorting(sortingQuery(column, first));
    t.same(second, { column, isDescending: !first.isDescending });
    t.same(readSorting(sortingQuery(column, second)), first);
  }
  t.same(
    sortingQuery('name', { column: 'cpus', isDescending: true }),
    { sort: undefined },
    'the usual order is not written',
  );
  t.same(sortingQuery('cpus', { column: 'name', isDescending: false }), { sort: '-cpus' }, 'the most first');
  t.end();
});

t.test('choices are added and taken away', (t) => {
  t.same(toggled(['a'], 'b'), ['a', 'b']);
  t.same(toggled(['a', 'b'], 'a'), ['b']);
  t.same(toggledLabel([{ key: 'a' }], { key: 'a', value: '' }), [{ key: 'a' }, { key: 'a', value: '' }]);
  t.same(toggledLabel([{ key: 'a' }, { key: 'a', value: '' }], { key: 'a' }), [{ key: 'a', value: '' }]);
  t.end();
});
