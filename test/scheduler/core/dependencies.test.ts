import fc from 'fast-check';
import t from 'tap';
import { parentOf } from '../../../src/common/path-id.js';
import { dependencyDepths } from '../../../src/scheduler/core/groups/dependencies.js';
import type { DependencyView } from '../../../src/scheduler/core/groups/dependencies.js';
import { anApp } from '../../support/scheduler-fixtures.js';

/** A tree given as what each app and group depends on. */
function viewOf(
  apps: Readonly<Record<string, readonly string[]>>,
  groups: Readonly<Record<string, readonly string[]>> = {},
): DependencyView {
  const places = new Set(['/', ...Object.keys(groups)]);
  for (const id of [...Object.keys(apps), ...Object.keys(groups)]) {
    for (let group = parentOf(id); group !== '/'; group = parentOf(group)) places.add(group);
  }
  const definitions = new Map(Object.entries(apps).map(([id, dependencies]) => [id, anApp({ id, dependencies })]));
  return {
    runSpec: (id) => definitions.get(id),
    group: (id) => (places.has(id) ? { id, dependencies: groups[id] ?? [] } : undefined),
    runSpecsIn: (group) => [...definitions.keys()].filter((id) => parentOf(id) === group),
    groupsIn: (group) => [...places].filter((id) => id !== '/' && parentOf(id) === group),
  };
}

function depths(view: DependencyView, ...ids: string[]): Record<string, number> | undefined {
  const found = dependencyDepths(view, ids);
  return found === undefined ? undefined : Object.fromEntries(ids.map((id) => [id, found.get(id) ?? -1]));
}

t.test('the longest chain counts', (t) => {
  const view = viewOf({ '/a': [], '/b': ['/a'], '/c': ['/a', '/b'], '/d': ['/missing'] });
  t.same(depths(view, '/c', '/b', '/a', '/d'), { '/a': 0, '/b': 1, '/c': 2, '/d': 0 });
  t.end();
});

t.test('a group stands for all apps in it, and all apps of a group depend on what it depends on', (t) => {
  const view = viewOf(
    { '/p/db/x': [], '/p/db/deep/y': ['/p/db/x'], '/p/web/a': [], '/p/web/more/b': ['/p/web/a'], '/q': ['/p/web'] },
    { '/p/web': ['/p/db'], '/empty': [] },
  );
  t.same(depths(view, '/q', '/p/web/more/b', '/p/web/a', '/p/db/deep/y'), {
    '/p/db/deep/y': 1,
    '/p/web/a': 2,
    '/p/web/more/b': 3,
    '/q': 4,
  });
  t.same(depths(viewOf({ '/a': ['/empty'] }, { '/empty': [] }), '/a'), { '/a': 0 }, 'an empty group is nothing');
  t.end();
});

t.test('circles are found, also through groups', (t) => {
  t.equal(depths(viewOf({ '/a': ['/b'], '/b': ['/a'] }), '/a'), undefined);
  t.equal(depths(viewOf({ '/a': ['/a'] }), '/a'), undefined);
  t.equal(depths(viewOf({ '/g/a': ['/g'] }), '/g/a'), undefined, 'on its own group');
  t.equal(depths(viewOf({ '/g/a': [], '/h/b': ['/g'] }, { '/g': ['/h'] }), '/g/a'), undefined);
  t.end();
});

t.test('no chain is too long', (t) => {
  const apps: Record<string, string[]> = { '/a0': [] };
  for (let i = 1; i < 20_000; i++) apps[`/a${i}`] = [`/a${i - 1}`];
  const definitions = new Map(Object.entries(apps).map(([id, dependencies]) => [id, anApp({ id, dependencies })]));
  const view = { ...viewOf({}), runSpec: (id: string) => definitions.get(id) };
  t.same(depths(view, '/a19999'), { '/a19999': 19_999 });
  t.end();
});

t.test('the same as a search by hand', (t) => {
  const ids = ['/a', '/b', '/c', '/d', '/e'];
  const edges = fc.array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids)), { maxLength: 8 });
  fc.assert(
    fc.property(edges, (pairs) => {
      const apps = Object.fromEntries(ids.map((id) => [id, pairs.filter(([from]) => from === id).map(([, to]) => to)]));
      const byHand = (id: string, above: readonly string[]): number => {
        if (above.includes(id)) return Infinity;
        return Math.max(0, ...(apps[id] ?? []).map((to) => 1 + byHand(to, [...above, id])));
      };
      const expected = ids.map((id) => byHand(id, []));
      const found = dependencyDepths(viewOf(apps), ids);
      if (found === undefined) return expected.includes(Infinity);
      return ids.every((id, i) => found.get(id) === expected[i]);
    }),
  );
  t.end();
});
