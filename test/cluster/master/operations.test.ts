// RESERVE, CREATE, DESTROY and UNRESERVE on offered resources, and as an operator.
import t from 'tap';
import { slaves } from '../../../src/cluster/master/views/summaries.js';
import { getOperations } from '../../../src/cluster/master/views/operator.js';
import { rolesSummary } from '../../../src/cluster/master/views/roles.js';
import type { Offer, OfferOperation, Resource, TaskInfo } from '../../../src/mesos/types.js';
import { task } from '../../conformance/mesos/mesos-client.js';
import { FakeAgent } from './fake-agent.js';
import { last, world } from './master-world.js';

const labels = { labels: [{ key: 'marathon_task_id', value: 'resident.1' }] };
const reservations = [{ type: 'DYNAMIC', role: 'dev', principal: 'marathon', labels }];

const amount = (name: string, value: number, more: object = {}): Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  reservations,
  ...more,
});
const volume = (more: object = {}): Resource =>
  amount('disk', 64, {
    disk: {
      persistence: { id: 'resident#data#1', principal: 'marathon' },
      volume: { mode: 'RW', container_path: 'data' },
    },
    ...more,
  });
const parts = [amount('cpus', 0.2), amount('mem', 64), amount('disk', 64)];
const reserve = (resources: Resource[] = parts): OfferOperation => ({ type: 'RESERVE', reserve: { resources } });
const create = (volumes: Resource[] = [volume()]): OfferOperation => ({ type: 'CREATE', create: { volumes } });
const destroy = (volumes: Resource[] = [volume()]): OfferOperation => ({ type: 'DESTROY', destroy: { volumes } });
const unreserve = (resources: Resource[] = parts): OfferOperation => ({ type: 'UNRESERVE', unreserve: { resources } });

/** The part of an offer that is reserved, without `allocation_info`. */
const reservedPart = ({ resources }: Offer): object[] =>
  resources.flatMap(({ allocation_info: _, ...rest }) => (rest.reservations === undefined ? [] : [rest]));
const sum = ({ resources }: Offer, name: string): number =>
  Math.round(resources.reduce((all, r) => all + (r.name === name ? (r.scalar?.value ?? 0) : 0), 0) * 1000) / 1000;

t.test(
  'RESERVE, CREATE and LAUNCH on the volume in one ACCEPT; the volume is offered again; DESTROY, UNRESERVE',
  async (t) => {
    const w = await world();
    w.subscribe('s', { roles: ['dev'] });
    const onVolume = task('t1', w.agent.id, 'sleep 1000', {
      resources: [amount('cpus', 0.2), amount('mem', 64), volume()],
    });
    w.accept('s', last(w.offers('s')), [
      reserve(),
      create(),
      { type: 'LAUNCH', launch: { task_infos: [onVolume as TaskInfo] } },
    ]);
    t.same(
      w.agent.operations.map(({ type }) => type),
      ['RESERVE', 'CREATE'],
      'the agent is told in order, and before the task',
    );
    t.equal(w.agent.task('t1')?.state, 'TASK_RUNNING');
    t.equal(sum(last(w.offers('s')), 'disk'), 9936, 'the rest comes back');
    t.same(reservedPart(last(w.offers('s'))), []);

    await w.settle();
    t.same(getOperations(w.master.state), {}, 'nothing is kept of operations without an id');
    t.match(slaves(w.master.state, undefined), {
      slaves: [
        {
          reserved_resources: { dev: { cpus: 0.2, mem: 64, disk: 64 } },
          unreserved_resources: { cpus: 3.8, mem: 4032, disk: 9936 },
          used_resources: { cpus: 0.2, disk: 64 },
          reserved_resources_full: {
            dev: [
              { name: 'cpus', role: 'dev', reservation: { principal: 'marathon', labels }, reservations },
              { name: 'mem' },
              { name: 'disk', disk: { persistence: { id: 'resident#data#1' } } },
            ],
          },
        },
      ],
    });
    t.match(rolesSummary(w.master.state), {
      roles: [
        { name: 'dev', reserved: { cpus: 0.2, disk: 64, mem: 64 }, quota: { consumed: { cpus: 0.2, disk: 64 } } },
      ],
    });

    w.call('s', { type: 'KILL', kill: { task_id: { value: 't1' } } });
    w.acknowledgeAll('s');
    w.passTo(w.now + 1000);
    const again = last(w.offers('s'));
    t.same(
      reservedPart(again).map((r) => (r as Resource).name),
      ['cpus', 'mem', 'disk'],
    );
    t.match(reservedPart(again)[2], volume());

    w.accept('s', again, [destroy(), unreserve()]);
    await w.settle();
    t.same(
      w.agent.operations.map(({ type }) => type),
      ['RESERVE', 'CREATE', 'DESTROY', 'UNRESERVE'],
    );
    t.same(reservedPart(last(w.offers('s'))), []);
    const free = w.offers('s').filter((o) => w.master.state.offers.has(o.id.value));
    t.equal(
      free.reduce((all, offer) => all + sum(offer, 'disk'), 0),
      10_000,
    );
  },
);

t.test('who gives an operation an id is told of its end, and acknowledges it', async (t) => {
  const w = await world();
  w.subscribe('s', { roles: ['dev'] });
  w.accept('s', last(w.offers('s')), [{ ...reserve(), id: { value: 'op-1' } }]);
  t.same(w.operations('s'), [], 'not before the agent has written it down');
  t.match(getOperations(w.master.state), { operations: [{ latest_status: { state: 'OPERATION_PENDING' } }] });
  await w.settle();
  const [status] = w.operations('s');
  t.same(status, {
    operation_id: { value: 'op-1' },
    state: 'OPERATION_FINISHED',
    uuid: { value: status?.uuid?.value },
    agent_id: w.agent.id,
  });
  t.equal(Buffer.from(status?.uuid?.value ?? '', 'base64').length, 16);

  const reconcile = (operations: object[]): void =>
    w.call('s', { type: 'RECONCILE_OPERATIONS', reconcile_operations: { operations: operations as never } });
  reconcile([]);
  t.match(last(w.operations('s')), { operation_id: { value: 'op-1' }, state: 'OPERATION_FINISHED' });
  t.notOk('uuid' in last(w.operations('s')), 'that answer is not to be acknowledged');
  w.call('s', {
    type: 'ACKNOWLEDGE_OPERATION_STATUS',
    acknowledge_operation_status: { operation_id: { value: 'op-1' }, uuid: status?.uuid?.value ?? '' },
  });
  const before = w.operations('s').length;
  reconcile([]);
  t.equal(w.operations('s').length, before, 'it is forgotten');
  reconcile([{ operation_id: { value: 'op-9' }, agent_id: w.agent.id }]);
  t.same(last(w.operations('s')), {
    operation_id: { value: 'op-9' },
    state: 'OPERATION_UNKNOWN',
    message: 'Reconciliation: Operation is unknown',
    agent_id: w.agent.id,
  });
});

t.test('an end that was not acknowledged is told again to the next stream', async (t) => {
  const w = await world();
  const id = w.subscribe('s', { roles: ['dev'] });
  w.accept('s', last(w.offers('s')), [{ ...reserve(), id: { value: 'op-1' } }]);
  w.master.disconnect('s', w.now);
  await w.settle();
  t.same(w.operations('s'), []);
  w.subscribe('s2', { roles: ['dev'], id: { value: id } });
  t.match(w.operations('s2'), [{ operation_id: { value: 'op-1' }, state: 'OPERATION_FINISHED' }]);
});

t.test('what an agent cannot write down is taken back', async (t) => {
  const w = await world();
  w.subscribe('s', { roles: ['dev'] });
  w.agent.operationProblem = 'no space left on device';
  w.accept('s', last(w.offers('s')), [{ ...reserve(), id: { value: 'op-1' } }]);
  const offered = last(w.offers('s'));
  t.ok(reservedPart(offered).length > 0);
  await w.settle();
  t.match(w.operations('s'), [{ state: 'OPERATION_FAILED', message: 'no space left on device' }]);
  t.ok(w.events('s').some((e) => e.type === 'RESCIND' && e.rescind.offer_id.value === offered.id.value));
  t.same(reservedPart(last(w.offers('s'))), []);
});

t.test('invalid operations are dropped, each with its reason; the others of the ACCEPT are carried out', async (t) => {
  const w = await world();
  w.subscribe('s', { roles: ['dev', 'ops'] });
  for (const offer of w.offers('s')) t.match(offer.allocation_info?.role, /dev|ops/);
  const role = last(w.offers('s')).allocation_info?.role;
  w.call('s', { type: 'DECLINE', decline: { offer_ids: [last(w.offers('s')).id], filters: { refuse_seconds: 9999 } } });
  if (role === 'dev') {
    w.call('s', {
      type: 'DECLINE',
      decline: { offer_ids: [last(w.offers('s')).id], filters: { refuse_seconds: 9999 } },
    });
    w.call('s', { type: 'REVIVE', revive: { roles: ['dev'] } });
  }
  const of = (more: object): Resource[] => [amount('cpus', 0.1, more)];
  const cases: [OfferOperation, RegExp | string][] = [
    [
      reserve([amount('cpus', 500)]),
      /^cpus\(allocated: dev\):4; mem\(allocated: dev\):4096; .* does not contain cpus\(allocated: dev\):500$/,
    ],
    [
      reserve(of({ reservations: [{ type: 'DYNAMIC', role: 'ops' }] })),
      "A reserve operation was attempted for a resource with role 'ops', but the resource was allocated to role 'dev'",
    ],
    [
      reserve(of({ reservations: [{ type: 'DYNAMIC', role: '*' }] })),
      /^Invalid resources: Invalid reservation: role "\*" cannot be reserved/,
    ],
    [
      reserve(of({ reservations: [{ type: 'STATIC', role: 'dev' }] })),
      'Resource cpus(allocated: dev)(reservations: [(STATIC,dev)]):0.1 is not dynamically reserved',
    ],
    [reserve(of({ allocation_info: { role: 'ops' } })), /^The resources have multiple allocation roles/],
    [reserve([{ ...amount('cpus', -1) }]), /^Invalid resources: Invalid scalar resource 'cpus': -1/],
    [reserve(of({ shared: {} })), 'Invalid resources: shared resources are not supported: cpus'],
    [
      { type: 'RESERVE', reserve: { source: [amount('cpus', 0.1)], resources: [amount('cpus', 4)] } },
      'Source and target resources should refer to identical resource quantities: cpus:0.1 vs. cpus:4',
    ],
    [unreserve([amount('cpus', 0.1, { reservations: [] })]), /is not dynamically reserved$/],
    [unreserve([volume()]), /cannot be unreserved directly. Please destroy the persistent volume first/],
    [
      unreserve([amount('cpus', 0.1)]),
      /does not contain cpus\(allocated: dev\)\(reservations: \[\(DYNAMIC,dev,marathon,\{marathon_task_id: resident.1\}\)\]\):0.1$/,
    ],
    [create([amount('disk', 64)]), /^Not a persistent volume: Resource .* does not have DiskInfo$/],
    [
      create([volume({ reservations: [] })]),
      'Invalid resources: Invalid DiskInfo: Persistent volumes cannot be created from unreserved resources',
    ],
    [
      create([volume({ disk: { persistence: { id: 'a/b' }, volume: { mode: 'RW', container_path: 'x' } } })]),
      /Invalid persistence ID for persistent volume: 'a\/b' contains invalid characters/,
    ],
    [
      create([volume({ disk: { persistence: { id: 'a' }, volume: { mode: 'RO', container_path: 'x' } } })]),
      'Not a persistent volume: Read-only persistent volume not supported',
    ],
    [
      create([volume({ disk: { persistence: { id: 'a' } } })]),
      "Invalid resources: Invalid DiskInfo: Expecting 'volume' to be set for persistent volume",
    ],
    [create([volume(), volume({ scalar: { value: 32 } })]), /does not contain/],
    [destroy([volume()]), 'Persistent volumes not found'],
  ];
  let n = 0;
  for (const [operation, problem] of cases) {
    const offer = last(w.offers('s'));
    t.equal(offer.allocation_info?.role, 'dev');
    const id = { value: `op-${n++}` };
    w.accept('s', offer, [{ ...operation, id }, operation]);
    const [status, ...others] = w.operations('s').filter((o) => o.operation_id?.value === id.value);
    t.match(status, { state: 'OPERATION_ERROR', message: problem }, `${operation.type} ${String(problem)}`);
    t.notOk('uuid' in (status ?? {}));
    t.same(others, [], 'without an id nobody is told');
    w.passTo(w.now + 200);
  }
  t.same(w.agent.operations, []);
  const offer = last(w.offers('s'));
  w.accept('s', offer, [reserve([amount('cpus', 500)]), reserve()]);
  t.equal(w.agent.operations.length, 1);
  w.accept('s', offer, [{ ...reserve(), id: { value: 'late' } }]);
  t.match(last(w.operations('s')), {
    operation_id: { value: 'late' },
    state: 'OPERATION_ERROR',
    message: `Operation attempted with invalid offers: Offer ${offer.id.value} is no longer valid`,
  });
});

t.test('a persistence id is there once per role; volumes are taken whole', async (t) => {
  const w = await world();
  w.subscribe('s', { roles: ['dev'] });
  w.accept('s', last(w.offers('s')), [reserve([amount('disk', 128), amount('cpus', 1)]), create()]);
  const second = { ...create([volume()]), id: { value: 'again' } };
  const half = task('half', w.agent.id, 'true', {
    resources: [amount('cpus', 0.1), volume({ scalar: { value: 32 } })],
  });
  w.accept('s', last(w.offers('s')), [second, { type: 'LAUNCH', launch: { task_infos: [half as TaskInfo] } }]);
  t.match(w.operations('s'), [{ state: 'OPERATION_ERROR', message: "Persistence ID 'resident#data#1' is not unique" }]);
  t.match(last(w.statuses('s')), { state: 'TASK_ERROR', reason: 'REASON_TASK_INVALID' });
});

t.test('reservations in the order of their labels are the same', async (t) => {
  const w = await world();
  w.subscribe('s', { roles: ['dev'] });
  const two = (list: object[]): Resource =>
    amount('cpus', 1, { reservations: [{ type: 'DYNAMIC', role: 'dev', labels: { labels: list } }] });
  const [a, b] = [{ key: 'a', value: '1' }, { key: 'b' }];
  w.accept('s', last(w.offers('s')), [reserve([two([a, b])]), unreserve([two([b, a])])]);
  t.equal(w.agent.operations.length, 2);
});

t.test('a reservation can be refined by a role below; who does not know stacks is not offered it', async (t) => {
  const stat = { type: 'STATIC', role: 'eng' };
  const agent = new FakeAgent({ cpus: 1, reserved: [amount('cpus', 2, { reservations: [stat] })] });
  const w = await world({ agent });
  w.subscribe('s', { roles: ['eng/web'] });
  const offer = last(w.offers('s'));
  t.match(reservedPart(offer), [{ name: 'cpus', scalar: { value: 2 }, reservations: [stat] }]);
  const refined = [stat, { type: 'DYNAMIC', role: 'eng/web', principal: 'p' }];
  w.accept('s', offer, [reserve([amount('cpus', 2, { reservations: refined })])]);
  t.match(reservedPart(last(w.offers('s'))), [{ scalar: { value: 2 }, reservations: refined }]);
  w.master.disconnect('s', w.now);
  w.subscribe('old', { roles: ['eng/web'] }, ['MULTI_ROLE']);
  const bare = last(w.offers('old'));
  t.same(
    bare.resources.filter((r) => r.name === 'cpus').map((r) => r.scalar?.value),
    [1],
  );
});

t.test('an operator reserves what is on offer: RESCIND, and a new offer; more than is free is refused', async (t) => {
  const w = await world();
  w.subscribe('s');
  const offer = last(w.offers('s'));
  const agent = w.master.state.agents.get(w.agent.id.value);
  if (agent === undefined) throw new Error('no agent');
  const op = [{ type: 'DYNAMIC', role: 'dev', principal: 'op' }];
  const some = (value: number): Resource => amount('cpus', value, { reservations: op });
  const order = (operation: OfferOperation) => w.master.operateResources(agent, operation as never, w.now);
  t.equal(order(reserve([some(1.9)])), undefined);
  t.same(w.news('s').slice(-2), ['RESCIND', 'OFFERS']);
  t.equal(sum(last(w.offers('s')), 'cpus'), 2.1);
  w.launch('s', offer, [task('t1', w.agent.id, 'true')]);
  t.match(last(w.statuses('s')), { state: 'TASK_DROPPED', reason: 'REASON_INVALID_OFFERS' });
  w.launch('s', last(w.offers('s')), [task('t2', w.agent.id, 'sleep 1000')]);
  const held = w.master.state.offers.size;
  t.match(order(reserve([some(3)])), {
    status: 409,
    text: /^Invalid RESERVE Operation: .* does not contain cpus:3$/,
  });
  t.equal(w.master.state.offers.size, held, 'no offer is taken back in vain');
  t.match(order(reserve([{ ...some(1), allocation_info: { role: '*' } }])), { status: 400 });
  t.match(order(unreserve([some(2.5)])), { status: 409 });
  t.equal(order(unreserve([some(1.9)])), undefined);
  t.equal(agent.total.size, 4, 'all is plain again');
  await w.settle();
});
