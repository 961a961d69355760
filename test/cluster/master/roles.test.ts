// Who is offered what: roles, weights, quotas, constraints, regions.
import t from 'tap';
import { parseQuotaFlag } from '../../../src/cluster/parse-cluster-flags.js';
import { rolesSummary } from '../../../src/cluster/master/views/roles.js';
import type { Attribute, DomainInfo } from '../../../src/mesos/types.js';
import { allCapabilities, frameworkInfo, scalar, task } from '../../conformance/mesos/mesos-client.js';
import { FakeAgent } from './fake-agent.js';
import type { World } from './master-world.js';
import { last, world } from './master-world.js';

const cpus = (value: number): object => ({
  resources: [
    { name: 'cpus', type: 'SCALAR', scalar: { value } },
    { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
  ],
});

const decline = (w: World, streamId: string, seconds: number): void =>
  w.call(streamId, {
    type: 'DECLINE',
    decline: { offer_ids: [last(w.offers(streamId)).id], filters: { refuse_seconds: seconds } },
  });

t.test(
  'a framework of several roles is offered each resource in one of them, suppresses and revives each',
  async (t) => {
    const w = await world();
    w.subscribe('s', { roles: ['dev', '*'] });
    const role = (): string | undefined => last(w.offers('s')).allocation_info?.role;
    t.equal(w.master.state.offers.size, 1);
    const first = role();
    t.ok(last(w.offers('s')).resources.every((r) => r.allocation_info?.role === first));
    decline(w, 's', 3600);
    t.not(role(), first, 'the other role');
    decline(w, 's', 3600);
    t.equal(w.master.state.offers.size, 0);
    w.call('s', { type: 'SUPPRESS', suppress: { roles: ['dev'] } });
    w.call('s', { type: 'REVIVE', revive: { roles: ['*'] } });
    t.equal(role(), '*');
    decline(w, 's', 3600);
    t.equal(w.master.state.offers.size, 0, 'dev is suppressed');
    w.call('s', { type: 'REVIVE' });
    t.equal(w.master.state.offers.size, 1, 'REVIVE without roles means all of them');
  },
);

t.test('a task of one role is no task of another', async (t) => {
  const w = await world();
  w.subscribe('s', { roles: ['dev', 'ops'] });
  const offer = last(w.offers('s'));
  const other = offer.allocation_info?.role === 'dev' ? 'ops' : 'dev';
  const resources = [{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 }, allocation_info: { role: other } }];
  w.launch('s', offer, [task('t1', w.agent.id, 'true', { resources })]);
  t.match(last(w.statuses('s')), {
    state: 'TASK_ERROR',
    message: new RegExp(`^Total resources cpus\\(allocated: ${other}\\)`),
  });
});

/** Launches one task of 0.25 cpus for whoever is offered something, `rounds` times; returns how many each got. */
function shareOut(w: World, rounds: number): Record<string, number> {
  const launched: Record<string, number> = {};
  for (let round = 0; round < rounds; round++) {
    const [offer] = w.master.state.offers.values();
    if (offer === undefined) break;
    const stream = w.master.state.frameworks.get(offer.frameworkId)?.streamId ?? '';
    launched[stream] = (launched[stream] ?? 0) + 1;
    w.launch(stream, offer.offer, [task(`${stream}.${round}`, w.agent.id, 'sleep 100000', cpus(0.25))]);
  }
  return launched;
}

t.test('two frameworks of one role take turns', async (t) => {
  const w = await world();
  w.subscribe('a');
  w.subscribe('b');
  t.same(shareOut(w, 12), { a: 6, b: 6 });
});

t.test('roles below another share its part: eng/web and eng/db together get what ops gets', async (t) => {
  const w = await world();
  w.subscribe('web', { roles: ['eng/web'] });
  w.subscribe('db', { roles: ['eng/db'] });
  w.subscribe('ops', { roles: ['ops'] });
  t.same(shareOut(w, 12), { web: 3, db: 3, ops: 6 });
});

t.test('weights can be changed while it runs', async (t) => {
  const w = await world();
  w.subscribe('a', { roles: ['a'] });
  w.subscribe('b', { roles: ['b'] });
  w.master.updateWeights(new Map([['a', 3]]));
  t.same(shareOut(w, 12), { a: 9, b: 3 });
});

t.test('4 of 8 cpus are kept for a role with a quota, and it gets no more', async (t) => {
  const w = await world({ agent: new FakeAgent({ cpus: 8 }), quotas: parseQuotaFlag('web=cpus:4') });
  w.subscribe('batch', { roles: ['batch'] });
  t.equal(scalar(last(w.offers('batch')), 'cpus'), 4, 'the others get what is not promised');
  w.launch('batch', last(w.offers('batch')), [task('b1', w.agent.id, 'sleep 1000', cpus(4))], 3600);
  w.subscribe('web', { roles: ['web'] });
  const offer = last(w.offers('web'));
  t.equal(scalar(offer, 'cpus'), 4);
  w.launch('web', offer, [task('w1', w.agent.id, 'sleep 1000', cpus(3))]);
  t.equal(scalar(last(w.offers('web')), 'cpus'), 1);
  t.match(rolesSummary(w.master.state), {
    roles: [
      { name: 'batch', quota: { guarantee: {}, limit: {}, consumed: { cpus: 4 } } },
      { name: 'web', quota: { guarantee: { cpus: 4 }, limit: { cpus: 4 }, consumed: { cpus: 3 } } },
    ],
  });
  w.call('batch', { type: 'KILL', kill: { task_id: { value: 'b1' } } });
  w.acknowledgeAll('batch');
  w.passTo(w.now + 10_000);
  const held = (stream: string): number =>
    [...w.framework(stream).offers.values()].reduce((sum, { offer: o }) => sum + scalar(o, 'cpus'), 0);
  t.equal(held('web'), 1, 'web has all that it may have');
  t.equal(held('batch'), 4);
  w.master.updateQuotas(new Map([['web', { guarantees: new Map(), limits: new Map() }]]), w.now);
  t.equal(w.master.state.quotas.size, 0);
});

t.test('a guarantee without limit: a role may have more when nobody else is promised it', async (t) => {
  const quotas = new Map([['web', { guarantees: new Map([['cpus', 2000]]), limits: new Map() }]]);
  const w = await world({ agent: new FakeAgent({ cpus: 8 }), quotas });
  w.subscribe('web', { roles: ['web/a'] });
  t.equal(scalar(last(w.offers('web')), 'cpus'), 8, 'roles below count with the one at the top');
});

const rack = (name: string): Attribute[] => [{ name: 'rack', type: 'TEXT', text: { value: name } }];
const zone = (region: string, name: string): DomainInfo => ({
  fault_domain: { region: { name: region }, zone: { name } },
});

t.test('agents of another region are for REGION_AWARE frameworks, those with GPUs for GPU_RESOURCES', async (t) => {
  const near = new FakeAgent({ info: { domain: zone('r1', 'a') } });
  const far = new FakeAgent({ info: { domain: zone('r2', 'c') } });
  const gpus = new FakeAgent({ reserved: [{ name: 'gpus', type: 'SCALAR', scalar: { value: 2 } }] });
  const w = await world({ domain: zone('r1', 'z'), agents: [near, far, gpus] });
  const offered = (stream: string): string[] => w.offers(stream).map((o) => o.agent_id.value);
  w.subscribe('plain', {}, ['MULTI_ROLE', 'RESERVATION_REFINEMENT']);
  t.same(offered('plain'), [near.id.value]);
  t.same(last(w.offers('plain')).domain, zone('r1', 'a'));
  w.master.disconnect('plain', w.now);
  w.subscribe('all');
  t.same(new Set(offered('all')), new Set([near.id.value, far.id.value, gpus.id.value]));
});

t.test('offer constraints, at SUBSCRIBE and by UPDATE_FRAMEWORK', async (t) => {
  const agents = ['r1', 'r2', 'r10'].map(
    (name) => new FakeAgent({ info: { attributes: rack(name), hostname: `h-${name}` } }),
  );
  agents.push(new FakeAgent({ info: { attributes: [], domain: zone('r', 'z9') } }));
  const constraints = (selector: object, predicate: object): object => ({
    role_constraints: { '*': { groups: [{ attribute_constraints: [{ selector, predicate }] }] } },
  });
  const name = { attribute_name: 'rack' };
  for (const [selector, predicate, expected] of [
    [name, { text_equals: { value: 'r2' } }, [1]],
    [name, { text_not_equals: { value: 'r2' } }, [0, 2, 3]],
    [name, { text_matches: { regex: 'r1.*' } }, [0, 2]],
    [name, { text_not_matches: { regex: 'r1.*' } }, [1, 3]],
    [name, { exists: {} }, [0, 1, 2]],
    [name, { not_exists: {} }, [3]],
    [{ pseudoattribute_type: 'HOSTNAME' }, { text_equals: { value: 'h-r10' } }, [2]],
    [{ pseudoattribute_type: 'ZONE' }, { exists: {} }, [3]],
    [{ pseudoattribute_type: 'REGION' }, { text_equals: { value: 'x' } }, []],
  ] as const) {
    const w = await world({ agents });
    w.subscribe('s', {}, allCapabilities, { offerConstraints: constraints(selector, predicate) });
    const ids = w.offers('s').map((o) => o.agent_id.value);
    t.same(
      ids.map((id) => agents.findIndex((agent) => agent.id.value === id)).sort((a, b) => a - b),
      expected,
      JSON.stringify([selector, predicate]),
    );
  }

  const w = await world({ agents });
  const id = w.subscribe('s');
  for (const offer of w.offers('s')) {
    w.call('s', { type: 'DECLINE', decline: { offer_ids: [offer.id], filters: { refuse_seconds: 0 } } });
  }
  const info = frameworkInfo({ id: { value: id } });
  const update = (offerConstraints: object): string | undefined =>
    w.master.updateFramework(w.framework('s'), info, { suppressedRoles: [], offerConstraints }, w.now);
  t.equal(update(constraints(name, { text_equals: { value: 'r2' } })), undefined);
  const before = w.offers('s').length;
  w.passTo(w.now + 1000);
  t.same(
    w
      .offers('s')
      .slice(before)
      .map((o) => o.agent_id.value),
    [agents[1]?.id.value],
  );
  t.match(update(constraints(name, { text_matches: { regex: '(' } })), /are not valid: Failed to construct regex/);
  t.match(update(constraints(name, {})), /Exactly one predicate/);
  t.match(update({ role_constraints: { '*': { groups: [] } } }), /at least one group/);
  t.match(
    update(constraints(name, { text_matches: { regex: '((a{100}){100}){100}' } })),
    /too complex|Failed to construct/,
  );
});

t.test('UPDATE_FRAMEWORK takes roles away with their offers, and refuses what must not change', async (t) => {
  const w = await world();
  const id = w.subscribe('s', { roles: ['dev'] });
  const offer = last(w.offers('s'));
  const update = (more: object): string | undefined =>
    w.master.updateFramework(
      w.framework('s'),
      frameworkInfo({ id: { value: id }, ...more }),
      { suppressedRoles: [] },
      w.now,
    );
  t.match(update({ roles: ['dev'], user: 'other' }), /Updating 'FrameworkInfo.user' is unsupported/);
  t.match(update({ roles: ['dev'], principal: 'other' }), /principal is not allowed/);
  t.match(update({ roles: ['dev'], checkpoint: false }), /'FrameworkInfo.checkpoint' is unsupported/);
  t.match(update({ roles: ['-x'] }), /contains invalid role/);
  w.news('s');
  t.equal(update({ roles: ['dev', 'ops'], webui_url: 'http://new' }), undefined);
  t.same(w.news('s'), [], 'an offer of a role that stays, stays');
  t.match(last(w.published), { type: 'FRAMEWORK_UPDATED' });
  t.equal(update({ roles: ['ops'] }), undefined);
  t.same(w.news('s'), ['RESCIND', 'OFFERS']);
  t.equal(last(w.offers('s')).allocation_info?.role, 'ops');
  t.not(last(w.offers('s')).id.value, offer.id.value);
});
