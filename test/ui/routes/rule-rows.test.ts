import t from 'tap';
import type { ListedRoute, RouteSource } from '../../../src/ui/api/routing.js';
import type { ShownRule } from '../../../src/ui/api/rules.js';
import { countStates, filterRows, ruleRows } from '../../../src/ui/pages/routes/rule-rows.js';
import type { KnownApp } from '../../../src/ui/pages/routes/rule-rows.js';

function rule(id: string, given: Partial<ShownRule> = {}): ShownRule {
  const acl = `path_beg ${id}`;
  const settings = { priority: 0, servers: [], portIndex: null };
  return { id, acl, config: { Acl: acl }, settings, state: 'inForce', reason: null, ...given };
}

function route(position: number, source: RouteSource, given: Partial<ListedRoute> = {}): ListedRoute {
  return {
    name: `route_${position}`,
    position,
    source,
    condition: `condition ${position}`,
    priority: 0,
    backend: `backend_${position}`,
    app: null,
    servers: { live: 1, all: 1 },
    shadowedBy: [],
    shadows: [],
    ...given,
  };
}

const app = (id: string, servicePorts: readonly number[] = []): KnownApp => ({
  id,
  instances: 1,
  alive: 1,
  servicePorts,
});
const ofRule = (id: string): RouteSource => ({ kind: 'rule', id });

t.test('rules and apps are one list', (t) => {
  const rows = ruleRows(
    [
      rule('/late'),
      rule('/gone', { state: 'rejected', reason: 'there is no such app' }),
      rule('/fixed', {
        state: 'shadowed',
        reason: 'its requests are taken by route_1',
        settings: { priority: 0, servers: ['10.0.0.1:80'], portIndex: null },
      }),
      rule('/first'),
    ],
    [
      route(1, ofRule('/first')),
      route(2, { kind: 'label', app: '/labelled', portIndex: 0 }),
      route(3, ofRule('/fixed'), { shadowedBy: ['route_1', 'unknown'] }),
      route(4, ofRule('/late'), { backend: 'backend_late' }),
      route(5, ofRule('/late'), { backend: 'backend_late' }),
    ],
    [app('/plain', [10_001, 0]), app('/labelled'), app('/late'), app('/first'), app('/bare')],
  );
  t.same(
    rows.map(({ id, state, place }) => [id, state, place]),
    [
      ['/gone', 'missingApp', null],
      ['/first', 'inForce', 1],
      ['/fixed', 'shadowed', 2],
      ['/late', 'inForce', 3],
      ['/bare', 'noRule', null],
      ['/labelled', 'noRule', null],
      ['/plain', 'noRule', null],
    ],
  );
  const why = Object.fromEntries(rows.map((row) => [row.id, row.why]));
  t.equal(why['/fixed'], 'its requests are taken by the rule of /first, unknown');
  t.equal(why['/gone'], 'there is no such app');
  t.equal(why['/labelled'], 'default rules: condition 2');
  t.equal(why['/plain'], 'default rules: none, service port 10001');
  t.equal(why['/bare'], 'default rules: none');
  t.same(rows.find(({ id }) => id === '/late')?.backends, ['backend_late']);
  t.same(
    [...countStates(rows)],
    [
      ['missingApp', 1],
      ['inForce', 2],
      ['shadowed', 1],
      ['noRule', 3],
    ],
  );
  t.same(
    filterRows(rows, 'CONDITION 2', '').map(({ id }) => id),
    ['/labelled'],
  );
  t.same(
    filterRows(rows, 'path_beg fixed', '').map(({ id }) => id),
    ['/fixed'],
  );
  t.same(
    filterRows(rows, '', 'inForce').map(({ id }) => id),
    ['/first', '/late'],
  );
  t.end();
});

t.test('while nobody knows of apps, none is missing', (t) => {
  const [row] = ruleRows([rule('/a', { state: 'waiting' })], [], undefined);
  t.match(row, { state: 'waiting', app: null });
  t.end();
});
