import t from 'tap';
import type { ClusterCall } from '../../src/scheduler/core/effects.js';
import type { Offer } from '../../src/scheduler/model/offer.js';
import { anOffer } from '../support/scheduler-fixtures.js';
import { World } from './simulated-world.js';

type Calls = readonly ClusterCall[];

const create = (id: string, role: string, more: object = {}) => ({
  type: 'createApp' as const,
  update: { id, cmd: 'sleep 1000', cpus: 0.01, mem: 8, instances: 1, role, ...more },
  force: false,
  origin: { clientIp: '127.0.0.1', uri: '/v2/apps' },
});
const remove = (id: string) => ({
  type: 'deleteApp' as const,
  id,
  force: true,
  origin: { clientIp: '127.0.0.1', uri: `/v2/apps/${id}` },
});

let ids = 0;
const offerTo = (role: string): Offer => ({ ...anOffer({}, { id: `o${ids++}` }), allocationRole: role });

/** What a turn says about roles. */
const flow = (calls: Calls): object[] =>
  calls.flatMap((call): object[] => {
    switch (call.type) {
      case 'subscribeRoles':
        return [{ subscribe: call.roles, but: call.suppressedRoles }];
      case 'revive':
        return [{ revive: call.roles }];
      case 'suppress':
        return [{ suppress: call.roles }];
      default:
        return [];
    }
  });

function turn(world: World): Calls {
  return world.turn()?.effects.calls ?? [];
}

t.test('roles are subscribed to when something uses them; each is revived and suppressed for itself', async (t) => {
  const world = new World(1);
  t.same(flow(turn(world)), [{ subscribe: ['*'], but: [] }, { suppress: ['*'] }]);
  world.command(create('/dev/web', 'dev'));
  t.same(flow(turn(world)), [{ subscribe: ['*', 'dev'], but: ['*'] }, { revive: ['dev'] }]);
  world.command(create('/dev/api', 'dev'));
  t.same(flow(turn(world)), [], 'repeats keep their distance');
  world.command(create('/web', '*'));
  t.same(flow(turn(world)), [{ revive: ['*'] }], 'which concerns no other role');
  world.nowMs += 5_000;
  t.same(flow(turn(world)), [{ revive: ['dev'] }]);
  world.receive({ type: 'offers', offers: [offerTo('dev')] });
  t.same(flow(turn(world)), [{ suppress: ['dev'] }], 'only one of them waits for more');
});

t.test('an offer is of use only for what has the role that it was made to', async (t) => {
  const world = new World(1);
  world.command(create('/dev/web', 'dev'));
  world.command(create('/web', '*'));
  world.turn();
  const [toDev, toOthers] = [offerTo('dev'), offerTo('ops')];
  world.receive({ type: 'offers', offers: [toOthers, toDev] });
  const calls = turn(world);
  t.match(calls, [
    { type: 'accept', offerId: toDev.id, role: 'dev', operations: [{ task: { taskId: /^dev_web/ } }] },
    { type: 'decline', offerIds: [toOthers.id] },
  ]);
  t.match(world.state.queue.get('/web'), { role: '*', offers: { processed: 0 } }, 'others have not seen it');
});

t.test('a role that nothing uses any more stays until the list changes anyway', async (t) => {
  const world = new World(1);
  world.command(create('/dev/web', 'dev', { instances: 0 }));
  world.turn();
  world.command(remove('/dev/web'));
  t.same(flow(turn(world)), []);
  world.command(create('/ops/web', 'ops', { instances: 0 }));
  t.same(flow(turn(world))[0], { subscribe: ['*', 'ops'], but: ['*'] });
  t.same([...world.state.roles.keys()], ['ops']);
});

t.test('a new process subscribes to what is used, by definitions and by instances that still end', async (t) => {
  const world = new World(1);
  world.command(create('/dev/web', 'dev'));
  world.settle();
  t.equal(world.tasks.size, 1);
  world.command(remove('/dev/web'));
  world.turn(true);
  t.same(flow(turn(world))[0], { subscribe: ['*', 'dev'], but: [] });
  world.settle();
  t.equal(world.tasks.size, 0);
  t.same([...world.state.roles.keys()], []);
});

t.test('apps of several roles all come up, through crashes', async (t) => {
  const world = new World(7);
  const roles = ['*', 'a', 'b', 'c'];
  for (const [i, role] of roles.entries()) {
    world.command(create(role === '*' ? '/x' : `/${role}/x`, role, { instances: i + 1 }));
    world.turn(i === 2);
  }
  world.settle();
  const running = [...world.state.instances.values()].map(({ role }) => role).sort();
  t.same(running, ['*', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c', 'c']);
  t.same(world.roles, ['*', 'a', 'b', 'c']);
});
