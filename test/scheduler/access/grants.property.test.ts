import fc from 'fast-check';
import t from 'tap';
import { segmentsOf } from '../../../src/common/path-id.js';
import { Grants } from '../../../src/scheduler/api/access/grants.js';
import type { PathGrant } from '../../../src/scheduler/api/access/grants.js';
import type { AccessAction } from '../../../src/scheduler/api/access.js';

const actions: readonly AccessAction[] = ['view', 'create', 'update', 'delete'];
// Few and alike, so that rules and ids meet, and nearly meet, often
const segment = fc.constantFrom('prod', 'production', 'pro', 'db', 'd');
const id = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
const grant: fc.Arbitrary<PathGrant> = fc.record({
  actions: fc.subarray([...actions], { minLength: 1 }),
  paths: fc.array(fc.record({ id, belowOnly: fc.boolean() }), { minLength: 1, maxLength: 3 }),
});

/** The rule in the plainest words. */
function covers(pattern: PathGrant['paths'][number], asked: string): boolean {
  const rule = segmentsOf(pattern.id);
  const own = segmentsOf(asked);
  return rule.every((s, i) => own[i] === s) && (own.length > rule.length || !pattern.belowOnly);
}

function leads(pattern: PathGrant['paths'][number], group: string): boolean {
  const rule = segmentsOf(pattern.id);
  const own = segmentsOf(group);
  const isWay = own.every((s, i) => rule[i] === s);
  return isWay && (own.length < rule.length || pattern.belowOnly);
}

t.test('what is granted is what the rules say, segment by segment', async (t) => {
  fc.assert(
    fc.property(
      fc.array(grant, { maxLength: 5 }),
      id,
      fc.constantFrom(...actions),
      fc.constantFrom('app' as const, 'pod' as const, 'group' as const),
      (grants, asked, action, kind) => {
        const granted = grants.some((g) => g.actions.includes(action) && g.paths.some((p) => covers(p, asked)));
        const isWay =
          kind === 'group' &&
          action === 'view' &&
          grants.some((g) => g.actions.includes('view') && g.paths.some((p) => leads(p, asked)));
        return new Grants(grants).permits(action, kind, asked) === (granted || isWay);
      },
    ),
    { numRuns: 2000 },
  );
  t.pass('2000 sets of rules');
});

t.test('boundaries', async (t) => {
  const grants = new Grants([
    {
      actions: ['view'],
      paths: [
        { id: '/prod', belowOnly: false },
        { id: '/test/team', belowOnly: true },
      ],
    },
    { actions: ['update'], paths: [{ id: '/', belowOnly: true }] },
  ]);
  const sees = (id: string): boolean => grants.permits('view', 'app', id);
  t.ok(sees('/prod'));
  t.ok(sees('/prod/db/mysql'));
  t.notOk(sees('/production'));
  t.notOk(sees('/prod-2'));
  t.notOk(sees('/pro'));
  t.notOk(sees('/test/team'), 'only what is below');
  t.ok(sees('/test/team/app'));
  t.ok(grants.permits('view', 'group', '/test/team'), 'the way to what may be seen');
  t.ok(grants.permits('view', 'group', '/test'));
  t.ok(grants.permits('view', 'group', '/'));
  t.notOk(grants.permits('view', 'group', '/other'));
  t.notOk(grants.permits('update', 'group', '/'), 'all but the root group itself');
  t.ok(grants.permits('update', 'group', '/other'));
  t.notOk(new Grants([]).permits('view', 'group', '/'));
});

t.test('an id costs as much as the rules are deep, not as it is long', async (t) => {
  const grants = new Grants([{ actions: ['view'], paths: [{ id: '/a/b', belowOnly: false }] }]);
  const long = `/x${'/a'.repeat(1_000_000)}`;
  const below = `/a/b${'/c'.repeat(1_000_000)}`;
  for (let i = 0; i < 1000; i += 1) {
    grants.permits('view', 'app', long);
    grants.permits('view', 'app', below);
  }
  t.pass('to walk through them would take minutes');
});
