import t from 'tap';
import type { ClusterCall } from '../../src/scheduler/core/effects.js';
import type { OfferConstraints } from '../../src/scheduler/model/offer-constraints.js';
import { anOffer } from '../support/scheduler-fixtures.js';
import { World } from './simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };
const create = (id: string, constraints: readonly (readonly string[])[], instances = 3) => ({
  type: 'createApp' as const,
  update: { id, cmd: 'x', cpus: 0.01, mem: 8, instances, constraints } as unknown as Record<string, never>,
  force: false,
  origin,
});

function turn(world: World): readonly ClusterCall[] {
  return world.turn()?.effects.calls ?? [];
}

/** What Mesos is told of agents in a turn, if it is told anything. */
function told(calls: readonly ClusterCall[]): OfferConstraints | 'nothing' {
  const call = calls.find(({ type }) => type === 'subscribeRoles');
  return call?.type === 'subscribeRoles' ? (call.offerConstraints ?? {}) : 'nothing';
}

function world(changes: object = {}): World {
  const made = new World(1, { offerConstraints: true, maxInstancesPerOffer: 1, ...changes });
  made.turn();
  return made;
}

function offer(made: World, hostname: string, attributes: object = {}): readonly ClusterCall[] {
  made.receive({
    type: 'offers',
    offers: [{ ...anOffer({}, { id: `o-${hostname}` }), hostname, attributes } as never],
  });
  return turn(made);
}

const exists = (field: string) => ({ field, predicate: { type: 'exists' } });
const equals = (field: string, value: string) => ({ field, predicate: { type: 'textEquals', value } });
const differs = (field: string, value: string) => ({ field, predicate: { type: 'textNotEquals', value } });

t.test('each operator in terms of Mesos', async (t) => {
  for (const [constraint, conditions] of [
    [['rack', 'LIKE', 'a|b'], [{ field: 'rack', predicate: { type: 'textMatches', regex: 'a|b' } }]],
    [['rack', 'UNLIKE', 'a.*'], [{ field: 'rack', predicate: { type: 'textNotMatches', regex: 'a.*' } }]],
    [['rack', 'LIKE', '[a-z]{100}'], [exists('rack')]],
    [['rack', 'CLUSTER', 'a'], [equals('rack', 'a')]],
    [['rack', 'CLUSTER'], [exists('rack')]],
    [['rack', 'UNIQUE'], [exists('rack')]],
    [['rack', 'MAX_PER', '2'], [exists('rack')]],
    [['@zone', 'GROUP_BY', '2'], [exists('@zone')]],
    [['rack', 'IS', 'a'], [equals('rack', 'a')]],
    [['rack', 'IS', '3.0'], [exists('rack')]],
  ] as const) {
    const made = world();
    made.command(create('/web', [constraint]));
    t.same(told(turn(made)), { '*': [conditions] }, constraint.join(' '));
  }
});

t.test('where nothing can be said, every agent is of use', async (t) => {
  for (const constraints of [[], [['hostname', 'UNIQUE']], [['rack', 'UNLIKE', '[a-z]{100}']]]) {
    const made = world();
    made.command(create('/web', constraints));
    t.same(told(turn(made)), 'nothing', JSON.stringify(constraints));
  }
  const made = world();
  made.command(create('/web', [['rack', 'LIKE', 'a']]));
  made.command(create('/any', []));
  t.same(told(turn(made)), 'nothing', 'one that takes any agent is enough');
});

t.test('hosts that are taken are sorted out, by what waits only, and offered again when they are free', async (t) => {
  const made = world();
  made.command(
    create('/web', [
      ['hostname', 'UNIQUE'],
      ['rack', 'MAX_PER', '1'],
    ]),
  );
  turn(made);
  made.nowMs += 1_000;
  const calls = offer(made, 'h1', { rack: { type: 'TEXT', value: 'r1' } });
  t.same(told(calls), { '*': [[differs('hostname', 'h1'), exists('rack'), differs('rack', 'r1')]] });
  made.command(create('/other', [['rack', 'LIKE', 'r9']]));
  t.same(told(turn(made)), 'nothing', 'not more often than once a second');
  made.nowMs += 1_000;
  const two = told(turn(made));
  t.equal(two === 'nothing' ? 0 : two['*']?.length, 2, 'a group for each that waits');
  const [taskId = ''] = made.tasks.keys();
  made.fail(taskId);
  made.clusterStep();
  turn(made);
  made.nowMs += 1_000;
  const freed = told(turn(made));
  t.same(freed === 'nothing' ? freed : freed['*']?.[0], [exists('rack')]);
});

t.test(
  'roles and constraints are said together; a new connection hears them again; without suppressing none are said',
  async (t) => {
    const made = world();
    made.command(create('/web', [['rack', 'LIKE', 'a']]));
    turn(made);
    made.command({ ...create('/dev/web', []), update: { ...create('/dev/web', []).update, role: 'dev' as never } });
    t.match(turn(made), [{ type: 'subscribeRoles', roles: ['*', 'dev'], offerConstraints: { '*': { length: 1 } } }]);
    made.receive({ type: 'disconnected' }, { type: 'registered', frameworkId: 'F', master: 'm:5050' });
    t.match(told(turn(made)), { '*': { length: 1 } });
    for (const changes of [{ offerConstraints: false }, { suppressOffers: false }]) {
      const silent = world(changes);
      silent.command(create('/web', [['rack', 'LIKE', 'a']]));
      t.same(told(turn(silent)), 'nothing');
    }
  },
);
