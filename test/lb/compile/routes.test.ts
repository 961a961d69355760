import t from 'tap';
import fc from 'fast-check';
import { orderRoutes } from '../../../src/lb/compile/route-order.js';
import { routeSteps } from '../../../src/lb/compile/route-steps.js';
import type { Route } from '../../../src/lb/compile/routing-model.js';
import { ruleRoutes } from '../../../src/lb/compile/rule-routes.js';
import { findRoute } from '../../../src/lb/explain/find-route.js';
import { parseAcl } from '../../../src/lb/rules/acl.js';
import { followSteps } from './follow-steps.js';
import type { PlainRequest } from './follow-steps.js';

function firstRoute(routes: readonly Route[], { host, path, headers = {} }: PlainRequest): string | undefined {
  return findRoute(routes, {
    host,
    path,
    query: null,
    method: 'GET',
    headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
    port: 80,
    isSecure: false,
    sni: null,
    source: null,
  }).taker?.backend;
}

const names = fc.constantFrom('a.example.com', 'b.example.com', 'x.a.example.com', 'example.com');
const wildNames = fc.oneof({ weight: 4, arbitrary: names }, { weight: 1, arbitrary: names.map((name) => `*.${name}`) });
const segments = fc.constantFrom('a', 'A', 'ab', 'b', 'c;d');
const paths = fc.array(segments, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);

const byHost = fc.record({
  host: wildNames,
  path: fc.option(paths),
  ignoreCase: fc.boolean(),
  priority: fc.constantFrom(-3, 0, 0, 0, 5),
});
const byPath = fc.record({ path: paths, ignoreCase: fc.boolean(), priority: fc.constantFrom(0, 0, 2) });
const byAcl = fc.record({
  acl: fc.oneof(
    fc.tuple(fc.constantFrom('path_beg', 'path_beg -i', 'path'), paths).map(([test, path]) => `${test} '${path}'`),
    fc.constantFrom(
      'path_beg /',
      'path_beg /a/',
      'hdr(x-test) yes',
      'hdr_sub(host) -i b.ex',
      'hdr(host) -i B.example.com',
    ),
    fc.constantFrom('hdr_end(host) .example.com', 'hdr(host) a.example.com b.example.com', 'path_beg /a /b/ /ab/c'),
  ),
  priority: fc.constantFrom(0, 0, 1, -1),
});

/** A route out of each description, all with backends of their own. */
function routesOf(
  hosts: readonly (typeof byHost extends fc.Arbitrary<infer T> ? T : never)[],
  prefixes: readonly (typeof byPath extends fc.Arbitrary<infer T> ? T : never)[],
  acls: readonly (typeof byAcl extends fc.Arbitrary<infer T> ? T : never)[],
): Route[] {
  const common = { app: null, acl: null, source: { kind: 'rule', id: '/x' } } as const;
  return [
    ...acls.flatMap(({ acl, priority }, i) =>
      ruleRoutes({ name: `rule_r${i}`, id: `/r${i}`, acl: parseAcl(acl), priority }, { backend: `r${i}`, app: null }),
    ),
    ...hosts.map((route, i): Route => ({ ...common, ...route, name: `h${i}`, backend: `h${i}` })),
    ...prefixes.map((route, i): Route => ({ ...common, ...route, host: null, name: `p${i}`, backend: `p${i}` })),
  ];
}

t.test('the steps take each request to the backend of the first route that fits', (t) => {
  const request = fc.record({
    host: fc.oneof(
      names,
      names.map((name) => `${name.toUpperCase()}:8080`),
      fc.constantFrom('none.org', 'z.b.example.com.'),
    ),
    path: fc.oneof(
      paths,
      paths.map((path) => `${path}/x`),
      paths.map((path) => `${path}y`),
      fc.constant('/'),
    ),
    headers: fc.constantFrom({}, { 'x-test': 'yes' }),
  });
  fc.assert(
    fc.property(
      fc.array(byHost, { maxLength: 8 }),
      fc.array(byPath, { maxLength: 4 }),
      fc.array(byAcl, { maxLength: 4 }),
      fc.array(request, { minLength: 10, maxLength: 20 }),
      (hosts, prefixes, acls, requests) => {
        const routes = orderRoutes(routesOf(hosts, prefixes, acls));
        const { steps, maps } = routeSteps(routes, '/maps');
        for (const asked of requests) {
          const found = followSteps(steps, maps, asked);
          const expected = firstRoute(routes, asked);
          if (found !== expected) {
            throw new Error(
              `${asked.host}${asked.path}: steps ${found}, routes ${expected}\n${JSON.stringify(routes, null, 1)}`,
            );
          }
        }
      },
    ),
    { numRuns: 1_000 },
  );
  t.end();
});

t.test('hosts and paths are looked up in one map, whatever their priority', (t) => {
  const route = (name: string, more: Partial<Route>): Route => ({
    name,
    source: { kind: 'default', app: '/x' },
    backend: name,
    app: '/x',
    priority: 0,
    host: null,
    path: null,
    ignoreCase: false,
    acl: null,
    ...more,
  });
  const many = Array.from({ length: 3 }, (_, i) => [
    route(`root${i}`, { host: `h${i}.example.com`, priority: i }),
    route(`api${i}`, { host: `h${i}.example.com`, path: '/api' }),
  ]).flat();
  const { steps, maps } = routeSteps(orderRoutes(many), '/maps');
  t.same(steps, [{ kind: 'map', key: 'hostPath', file: '/maps/hostPath.map' }]);
  t.same(
    Object.fromEntries(maps[0]?.entries ?? []),
    {
      'h0.example.com/': 'root0',
      'h0.example.com/api/': 'api0',
      'h1.example.com/': 'root1',
      'h2.example.com/': 'root2',
    },
    'what a route of a higher priority takes as a whole is not reached below it',
  );

  const paths = routeSteps(
    orderRoutes([
      route('any', { host: 'a.example.com' }),
      route('case', { host: 'a.example.com', path: '/Case', ignoreCase: true }),
      route('other', { host: 'b.example.com' }),
      route('odd', { host: 'b.example.com', path: '/a;b' }),
      route('wild', { host: '*.example.com', path: '/w' }),
      route('id', { path: '/x', ignoreCase: true }),
    ]),
    '/maps',
  );
  t.match(paths.steps, [
    { key: 'hostPathLower' },
    { backend: 'odd', condition: 'odd_host odd_path', tests: [{ name: 'odd_host' }, { name: 'odd_path' }, {}] },
    { key: 'hostPath' },
    { backend: 'wild', condition: 'wild_host wild_path' },
    { key: 'pathLower' },
  ]);
  t.same([...(paths.maps[0]?.entries ?? [])], [['a.example.com/case/', 'case']]);
  t.end();
});

t.test('a rule is looked up where that means the same', (t) => {
  const routes = (acl: string) =>
    ruleRoutes({ name: 'rule_a', id: '/a', acl: parseAcl(acl), priority: 0 }, { backend: 'b', app: '/a' }).map(
      ({ host, acl: rest }) => (host === null ? (rest?.patterns ?? []) : host),
    );
  t.same(routes('hdr(host) -i Ghost.local ghost2.local'), ['ghost.local', 'ghost2.local']);
  t.same(routes('req.hdr(Host),lower ghost.local'), ['ghost.local']);
  t.same(routes('hdr_end(host) .example.com'), ['*.example.com']);
  t.same(routes('hdr_end(host) example.com'), [['example.com']], 'also notexample.com');
  t.same(routes('hdr(host) a.example.com:8080 b.example.com'), ['b.example.com', ['a.example.com:8080']]);
  t.same(routes('hdr(x-host) a.example.com'), [['a.example.com']]);
  t.same(routes('path_beg /api /v2/ /'), [['/api'], ['/v2/', '/']]);
  t.same(routes('path_dir /api'), [['/api']]);
  t.same(routes('ssl_fc'), [[]]);
  t.end();
});
