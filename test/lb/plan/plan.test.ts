import t from 'tap';
import { plan } from '../../../src/lb/plan/plan.js';
import { nextUpdateAt } from '../../../src/lb/plan/schedule.js';
import { findCulprits } from '../../../src/lb/culprits.js';
import type { RoutingModel } from '../../../src/lb/compile/routing-model.js';

const text = (servers: string[], more = ''): string =>
  ['global', '  description x', 'backend a', ...servers.map((s) => `  server ${s}`), more, ''].join('\n');

t.test('what leads from one text to another', (t) => {
  t.same(plan('a', 'a'), { kind: 'nothing' });
  t.match(plan(undefined, 'a'), { kind: 'reload', reasons: [/not known/] });
  t.same(plan(text(['s1', 's2']), text(['s2', 's3'])), {
    kind: 'reload',
    reasons: ['backend a: - server s1', 'backend a: + server s3'],
  });
  t.same(plan(text([]), text([], 'backend b')), { kind: 'reload', reasons: ['+ backend b'] });
  t.same(plan(text([], 'backend b'), text([])), { kind: 'reload', reasons: ['- backend b'] });
  t.match(plan(text(['s1', 's2']), text(['s2', 's1'])), { reasons: ['backend a: the order of its lines'] });
  t.match(plan(text([]), text([], '# remark')), { reasons: ['the order of sections, or comments'] });
  const many = plan(text([]), text(Array.from({ length: 50 }, (_, i) => `s${i}`)));
  t.match(many, { reasons: { length: 21, 20: 'and 30 more' } });
  t.end();
});

t.test('when the next update may begin', (t) => {
  const idle = {
    changedAt: undefined,
    lastUpdate: undefined,
    lastReload: undefined,
    reloadBefore: undefined,
    failures: 0,
  };
  t.equal(nextUpdateAt(idle, 0), undefined);
  t.equal(nextUpdateAt({ ...idle, changedAt: 1_000 }, 0), 1_005, 'the first change is served at once');
  const update = { endedAt: 900, durationMs: 10 };
  t.equal(nextUpdateAt({ ...idle, changedAt: 1_000, lastUpdate: update }, 0), 1_005);
  const reload = { startedAt: 500, durationMs: 100 };
  t.equal(nextUpdateAt({ ...idle, changedAt: 1_000, lastReload: reload }, 0), 1_005, 'a second one may follow soon');
  const two = { ...idle, changedAt: 1_000, lastReload: reload, reloadBefore: { startedAt: 100 } };
  t.equal(nextUpdateAt(two, 0), 2_100, 'two together keep 2 s');
  const slow = { startedAt: 500, durationMs: 2_000 };
  t.equal(nextUpdateAt({ ...idle, changedAt: 1_000, lastReload: slow }, 0), 6_500, 'and three times their duration');
  t.equal(nextUpdateAt({ ...idle, lastReload: reload }, 0), undefined, 'nothing to do');
  const failing = { ...idle, lastUpdate: { endedAt: 1_000, durationMs: 0 } };
  t.equal(nextUpdateAt({ ...failing, failures: 1 }, 0), 1_500, 'failures are tried again');
  t.equal(nextUpdateAt({ ...failing, failures: 3 }, 0), 3_000);
  t.equal(nextUpdateAt({ ...failing, failures: 20 }, 0), 31_000, 'with a bound');
  t.equal(nextUpdateAt({ ...failing, failures: 3, changedAt: 1_100 }, 0), 3_000, 'changes do not break the wait');
  t.end();
});

t.test('who is behind a line', (t) => {
  const model = {
    http: { bind: '', rules: [{ name: 'rule_a', expression: '', backend: 'a', app: '/rule' }] },
    listeners: [{ name: 'port_1', bind: '', port: 1, mode: 'tcp', backend: 'a', app: '/listener' }],
    backends: [{ name: 'a', mode: 'tcp', balance: 'leastconn', servers: [], app: { id: '/backend', labels: {} } }],
  } as unknown as RoutingModel;
  const lines = [
    'global',
    '  x',
    'frontend http',
    '  acl rule_a path /',
    '',
    'frontend port_1',
    '  bind',
    '# c',
    'backend a',
    '  server',
  ];
  const of = (...numbers: number[]): unknown => findCulprits(lines.join('\n'), numbers, model);
  t.same(of(4), [{ kind: 'rule', id: '/rule' }]);
  t.same(of(7, 7, 6), [{ kind: 'app', id: '/listener' }]);
  t.same(of(10), [{ kind: 'app', id: '/backend' }]);
  t.same(of(1, 2, 3, 99, 0), []);
  t.end();
});
