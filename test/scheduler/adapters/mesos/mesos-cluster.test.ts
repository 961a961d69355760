import t from 'tap';
import { createHttpClient } from '../../../../src/common/http-client.js';
import type { ClusterCall } from '../../../../src/scheduler/core/effects.js';
import type { TaskLaunch } from '../../../../src/scheduler/model/offer.js';
import { masterAccess } from '../../../support/master-access.js';
import { fakeMaster, world } from '../../../support/mesos-world.js';
import { freePort } from '../../../support/ports.js';
import { waitFor } from '../../../support/wait.js';

const acknowledge = (taskId: string, n = 0): ClusterCall => ({
  type: 'acknowledge',
  taskId,
  agentId: 'S0',
  uuid: `uuid-${n}`,
});

t.test('subscribes as a Marathon of today, hears events in order, and ends', async (t) => {
  const master = await fakeMaster(t);
  const w = world(t, [master.authority]);
  w.start();
  t.same(await w.until('registered'), ['registered', 'framework-0', master.authority, undefined]);
  t.match(master.calls[0], {
    type: 'SUBSCRIBE',
    subscribe: {
      framework_info: {
        name: 'marathon',
        user: 'root',
        roles: ['dev'],
        checkpoint: true,
        failover_timeout: 604_800,
        hostname: 'h1',
        webui_url: 'http://h1:8080',
        capabilities: [
          { type: 'MULTI_ROLE' },
          { type: 'PARTITION_AWARE' },
          { type: 'TASK_KILLING_STATE' },
          { type: 'RESERVATION_REFINEMENT' },
          { type: 'REGION_AWARE' },
        ],
      },
    },
  });
  t.notOk('framework_id' in (master.calls[0] ?? {}), 'a first subscription has no id');
  t.equal(master.headers[0]?.['content-type'], 'application/json', 'exactly: Mesos refuses a charset');

  master.say({ type: 'HEARTBEAT' });
  master.say({ type: 'SOMETHING_NEW', something_new: {} });
  master.say({ type: 'OFFERS', offers: { offers: [{ id: { value: 'broken' } }] } });
  master.say({
    type: 'OFFERS',
    offers: {
      offers: [
        {
          id: { value: 'O1' },
          framework_id: { value: 'framework-0' },
          agent_id: { value: 'S0' },
          hostname: 'agent1',
          resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 2 } }],
        },
      ],
    },
  });
  master.say({ type: 'RESCIND', rescind: { offer_id: { value: 'O1' } } });
  master.say({ type: 'UPDATE', update: { status: { task_id: { value: 't1' }, state: 'TASK_RUNNING', uuid: 'AA==' } } });
  await w.until('status');
  t.same(
    w.heard.map(([name]) => name),
    ['registered', 'offers', 'rescinded', 'status'],
    'what cannot be read is left out, and said',
  );
  t.ok(w.log.some(({ message }) => message === 'an event of Mesos could not be handled'));

  await w.cluster.close();
  t.same(w.heard.at(-1), ['disconnected']);
  await waitFor('the master to see it', () => master.streams.length === 0);
});

t.test("an executor's message comes as bytes; one that is too large is dropped, and said", async (t) => {
  const master = await fakeMaster(t);
  const w = world(t, [master.authority]);
  w.start();
  await w.until('registered');
  const say = (data: Buffer): void =>
    master.say({
      type: 'MESSAGE',
      message: { agent_id: { value: 'S0' }, executor_id: { value: 'x' }, data: data.toString('base64') },
    });
  say(Buffer.alloc((1 << 20) + 1));
  say(Buffer.from([0, 127, 128, 255]));
  t.same(await w.until('frameworkMessage'), ['frameworkMessage', 'x', 'S0', [0, 127, -128, -1]]);
  t.match(
    w.log.find(({ message }) => message === 'a message of an executor is too large and was dropped'),
    { fields: { executor: 'x', bytes: 1_048_577 } },
  );
});

t.test('calls carry the stream id, and arrive in order', async (t) => {
  const master = await fakeMaster(t);
  const w = world(t, [master.authority]);
  w.start('former-id');
  await w.until('registered');
  t.match(master.calls[0], {
    framework_id: { value: 'former-id' },
    subscribe: { framework_info: { id: { value: 'former-id' } } },
  });
  const send = w.cluster.send([
    { type: 'reconcile', tasks: [] },
    { type: 'revive', roles: ['dev'] },
    { type: 'decline', offerIds: ['O2', 'O3'], refuseSeconds: 120 },
    { type: 'accept', offerId: 'O1', role: 'dev', operations: [] },
    { type: 'kill', taskId: 't1', agentId: 'S0', gracePeriodSeconds: 1.5 },
    { type: 'suppress', roles: ['dev'] },
  ]);
  await send;
  t.same(
    master.calls.slice(1).map(({ framework_id: id, ...call }) => (t.same(id, { value: 'former-id' }), call)),
    [
      { type: 'RECONCILE', reconcile: { tasks: [] } },
      { type: 'REVIVE', revive: { roles: ['dev'] } },
      { type: 'DECLINE', decline: { offer_ids: [{ value: 'O2' }, { value: 'O3' }], filters: { refuse_seconds: 120 } } },
      { type: 'ACCEPT', accept: { offer_ids: [{ value: 'O1' }], operations: [], filters: { refuse_seconds: 0 } } },
      {
        type: 'KILL',
        kill: {
          task_id: { value: 't1' },
          agent_id: { value: 'S0' },
          kill_policy: { grace_period: { nanoseconds: 1_500_000_000 } },
        },
      },
      { type: 'SUPPRESS', suppress: { roles: ['dev'] } },
    ],
  );
});

t.test('roles: those of the last word on them, with every subscription and at once in a running one', async (t) => {
  const master = await fakeMaster(t);
  const w = world(t, [master.authority]);
  await w.cluster.send([{ type: 'subscribeRoles', roles: ['dev', 'ops'], suppressedRoles: ['dev'] }]);
  t.same(w.log, [], 'nothing is lost by it');
  const usual = master.subscribed;
  master.subscribed = (call) => {
    // Decided while the subscription is under way
    void w.cluster.send([{ type: 'subscribeRoles', roles: ['dev', 'ops', 'qa'], suppressedRoles: ['ops'] }]);
    master.subscribed = usual;
    return usual(call);
  };
  w.start();
  await w.until('registered');
  const framework_info = { name: 'marathon', roles: ['dev', 'ops'] };
  t.match(master.calls[0], { subscribe: { framework_info, suppressed_roles: ['dev'] } });
  await waitFor('UPDATE_FRAMEWORK', () => master.calls.length >= 2);
  const id = { value: 'framework-0' };
  t.match(master.calls[1], {
    type: 'UPDATE_FRAMEWORK',
    framework_id: id,
    update_framework: {
      framework_info: { ...framework_info, id, roles: ['dev', 'ops', 'qa'] },
      suppressed_roles: ['ops'],
    },
  });
  await w.cluster.send([
    { type: 'revive', roles: ['ops'] },
    { type: 'suppress', roles: ['dev', 'qa'] },
  ]);
  master.endStreams('abruptly');
  await w.until('registered', 2);
  t.match(master.calls[4], {
    type: 'SUBSCRIBE',
    subscribe: { framework_info: { roles: ['dev', 'ops', 'qa'] }, suppressed_roles: ['dev', 'qa'] },
  });
  t.equal(master.calls.length, 5, 'the same is not said twice');
});

t.test('offer constraints that Mesos does not take do not hold up the roles', async (t) => {
  const master = await fakeMaster(t);
  const w = world(t, [master.authority]);
  w.start();
  await w.until('registered');
  const offerConstraints = { dev: [[{ field: 'rack', predicate: { type: 'exists' } }]] } as const;
  const call: ClusterCall = { type: 'subscribeRoles', roles: ['dev'], suppressedRoles: [], offerConstraints };
  await w.cluster.send([call]);
  t.match(master.calls[1], {
    update_framework: { offer_constraints: { role_constraints: { dev: { groups: { length: 1 } } } } },
  });
  master.intercept = (sent) =>
    sent.type === 'UPDATE_FRAMEWORK' && sent.update_framework.offer_constraints !== undefined
      ? { status: 400, text: "'UpdateFramework.offer_constraints' are not valid" }
      : undefined;
  await w.cluster.send([{ ...call, roles: ['dev', 'ops'] }]);
  t.match(master.calls.at(-1), { update_framework: { framework_info: { roles: ['dev', 'ops'] } } });
  t.notOk(w.heard.some(([name]) => name === 'disconnected'));
});

for (const { what, status, text } of [
  {
    what: 'a master before Mesos 1.9',
    status: 400,
    text: "Failed to validate scheduler::Call: Expecting 'type' to be present",
  },
  { what: 'a call that is not there yet', status: 501, text: 'Not Implemented' },
  {
    what: 'a framework that began with another user',
    status: 400,
    text: "'FrameworkInfo' is not valid: Updating 'FrameworkInfo.user' is unsupported: it is 'root'",
  },
]) {
  t.test(`${what}: new roles take a new subscription, once for each change`, async (t) => {
    const master = await fakeMaster(t);
    const w = world(t, [master.authority], { reconnect: { initialMs: 3_600_000, factor: 1, maxMs: 3_600_000 } });
    master.intercept = (call) => (call.type === 'UPDATE_FRAMEWORK' ? { status, text } : undefined);
    w.start();
    await w.until('registered');
    const call: ClusterCall = { type: 'subscribeRoles', roles: ['dev', 'ops'], suppressedRoles: ['ops'] };
    await w.cluster.send([call]);
    await w.until('registered', 2);
    t.match(master.calls.at(-1), {
      type: 'SUBSCRIBE',
      framework_id: { value: 'framework-0' },
      subscribe: { framework_info: { roles: ['dev', 'ops'] }, suppressed_roles: ['ops'] },
    });
    const requests = master.requests;
    await w.cluster.send([{ ...call, roles: ['ops', 'dev'] }]);
    await w.cluster.send([call, { type: 'revive', roles: ['ops'] }]);
    t.equal(master.requests, requests + 2, 'one more UPDATE_FRAMEWORK is tried, the next is not');
    t.equal(w.heard.filter(([name]) => name === 'registered').length, 2);
    t.ok(w.log.some(({ fields }) => JSON.stringify(fields).includes('the roles dev, ops need a new subscription')));
  });
}

t.test('roles that this principal may not have change nothing else', async (t) => {
  const master = await fakeMaster(t);
  const w = world(t, [master.authority]);
  w.start();
  await w.until('registered');
  master.intercept = (call) =>
    call.type === 'UPDATE_FRAMEWORK' ? { status: 403, text: 'Not authorized to use the role ops' } : undefined;
  await w.cluster.send([{ type: 'subscribeRoles', roles: ['dev', 'ops'], suppressedRoles: [] }]);
  await w.cluster.send([{ type: 'revive', roles: ['dev'] }]);
  t.equal(master.calls.at(-1)?.type, 'REVIVE');
  t.same(
    w.heard.map(([name]) => name),
    ['registered'],
  );
  t.match(
    w.log.find(({ message }) => message === 'Mesos refused a call'),
    { fields: { call: 'subscribeRoles', status: 403 } },
  );
});

t.test("the master's region is told, if it has one", async (t) => {
  const master = await fakeMaster(t);
  const usual = master.subscribed;
  const domain = { fault_domain: { region: { name: 'eu' }, zone: { name: 'eu-1' } } };
  master.subscribed = (call) => {
    const event = usual(call);
    if (event?.type !== 'SUBSCRIBED') return event;
    return { ...event, subscribed: { ...event.subscribed, master_info: { id: 'm', ip: 0, port: 1, domain } } };
  };
  const w = world(t, [master.authority]);
  w.start();
  t.same(await w.until('registered'), ['registered', 'framework-0', master.authority, 'eu']);
});

t.test('a thousand acknowledgements: all arrive, those of one task in order, behind no slow call', async (t) => {
  const master = await fakeMaster(t);
  const w = world(t, [master.authority]);
  w.start();
  await w.until('registered');
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  master.intercept = async (call) => (call.type === 'REVIVE' ? (await held, undefined) : undefined);
  const slow = w.cluster.send([{ type: 'revive', roles: ['dev'] }]);
  const started = performance.now();
  await w.cluster.send(Array.from({ length: 1000 }, (_, n) => acknowledge(`task-${n % 100}`, n)));
  t.comment(`${Math.round(performance.now() - started)} ms`);
  release();
  await slow;
  const uuids = new Map<string, string[]>();
  for (const call of master.calls) {
    if (call.type !== 'ACKNOWLEDGE') continue;
    const { task_id: id, uuid } = call.acknowledge;
    uuids.set(id.value, [...(uuids.get(id.value) ?? []), uuid]);
  }
  t.equal(uuids.size, 100);
  for (const [taskId, list] of uuids) {
    const first = Number(taskId.slice('task-'.length));
    t.same(
      list,
      Array.from({ length: 10 }, (_, n) => `uuid-${first + 100 * n}`),
      taskId,
    );
  }
});

t.test('a master that does not lead redirects; calls go to the leader', async (t) => {
  const leader = await fakeMaster(t);
  const follower = await fakeMaster(t);
  follower.intercept = () => ({
    status: 307,
    headers: { location: `//${leader.authority}/api/v1/scheduler` },
  });
  const w = world(t, [follower.authority]);
  w.start();
  t.same(await w.until('registered'), ['registered', 'framework-0', leader.authority, undefined]);
  await w.cluster.send([{ type: 'revive', roles: ['dev'] }]);
  t.equal(leader.calls[1]?.type, 'REVIVE');
});

for (const how of ['cleanly', 'abruptly'] as const) {
  t.test(`when the stream ends ${how}, it subscribes again with the id it was given`, async (t) => {
    const master = await fakeMaster(t);
    const w = world(t, [master.authority]);
    w.start();
    await w.until('registered');
    master.endStreams(how);
    await w.until('registered', 2);
    t.same(
      w.heard.map(([name]) => name),
      ['registered', 'disconnected', 'registered'],
    );
    t.match(master.calls[1], {
      framework_id: { value: 'framework-0' },
      subscribe: { framework_info: { id: { value: 'framework-0' } } },
    });
    await w.cluster.send([{ type: 'revive', roles: ['dev'] }]);
    t.equal(master.calls[2]?.type, 'REVIVE', 'with the new stream id');
  });
}

t.test('a master that starts: refused connections, 404, 503; each reason is logged once', async (t) => {
  const port = await freePort();
  const w = world(t, [`127.0.0.1:${port}`]);
  w.start('id-1');
  await waitFor('a refused connection', () => w.log.length > 0);
  const master = await fakeMaster(t, port);
  let answers = 0;
  master.intercept = () => {
    if (answers++ < 3) return { status: 404, text: '404 Not Found.' };
    return answers <= 7 ? { status: 503, text: 'Master has not finished recovery' } : undefined;
  };
  await w.until('registered');
  t.equal(answers, 8);
  t.match(
    w.log.map(({ fields, message }) => `${message} ${JSON.stringify(fields)}`),
    [
      /trying again .*ECONNREFUSED/,
      /trying again .*404/,
      /trying again .*not finished recovery/,
      /subscribed to Mesos/,
    ],
  );
  t.equal(w.log.length, 4);
});

t.test('several masters are tried in turn', async (t) => {
  const dead = `127.0.0.1:${await freePort()}`;
  const master = await fakeMaster(t);
  const w = world(t, [dead, master.authority]);
  w.start();
  t.same(await w.until('registered'), ['registered', 'framework-0', master.authority, undefined]);
});

t.test('silence for five heartbeat intervals ends the connection', async (t) => {
  const master = await fakeMaster(t);
  const usual = master.subscribed;
  master.subscribed = (call) => {
    const event = usual(call);
    if (event?.type !== 'SUBSCRIBED') return event;
    const interval = master.calls.length === 1 ? 0.01 : 15;
    return { ...event, subscribed: { ...event.subscribed, heartbeat_interval_seconds: interval } };
  };
  const w = world(t, [master.authority]);
  w.start();
  await w.until('registered', 2);
  t.ok(w.log.some(({ fields }) => /nothing heard from the master for 0.05 s/.test(JSON.stringify(fields))));
});

t.test('a master that names no interval is given the threshold of intervals that it was started with', async (t) => {
  const master = await fakeMaster(t);
  const usual = master.subscribed;
  master.subscribed = (call) => {
    const event = usual(call);
    if (event?.type !== 'SUBSCRIBED') return event;
    return { ...event, subscribed: { framework_id: event.subscribed.framework_id, heartbeat_interval_seconds: 0 } };
  };
  const w = world(t, [master.authority], { heartbeatIntervalMs: 40, heartbeatFailureThreshold: 3 });
  w.start();
  await w.until('registered', 2);
  t.ok(w.log.some(({ fields }) => /nothing heard from the master for 0.12 s/.test(JSON.stringify(fields))));
});

t.test('a master that accepts the subscription and says nothing is given up, too', async (t) => {
  const silent = await fakeMaster(t);
  silent.subscribed = () => undefined;
  const master = await fakeMaster(t);
  const w = world(t, [silent.authority, master.authority], { heartbeatIntervalMs: 10 });
  w.start();
  t.same(await w.until('registered'), ['registered', 'framework-0', master.authority, undefined]);
  t.notOk(
    w.heard.some(([name]) => name === 'disconnected'),
    'it was never connected to the first',
  );
});

for (const { message, meaning } of [
  {
    message: 'Framework has been removed',
    meaning: /killed its tasks.*"ekiden forget-framework --work_dir \/srv\/ekiden" takes the id out of the store/,
  },
  { message: 'Framework failed over', meaning: /another process has subscribed .* this one must end/ },
]) {
  t.test(`ERROR "${message}" is final`, async (t) => {
    const master = await fakeMaster(t);
    const w = world(t, [master.authority]);
    w.start('framework-0');
    await w.until('registered');
    master.say({ type: 'ERROR', error: { message } });
    const [, told] = await w.until('refused');
    t.match(told, message);
    t.match(told, meaning);
    t.match(told, 'framework-0');
    t.same(
      w.heard.map(([name]) => name),
      ['registered', 'disconnected', 'refused'],
    );
    await w.cluster.send([{ type: 'revive', roles: ['dev'] }]);
    t.equal(master.requests, 1, 'nothing is sent, nothing is tried again');
  });
}

for (const { status, text } of [
  { status: 403, text: 'Framework is not subscribed' },
  { status: 400, text: 'Framework cannot be found' },
  { status: 503, text: 'Master has not finished recovery' },
]) {
  t.test(`a call answered ${status} "${text}" shows that the session is void`, async (t) => {
    const master = await fakeMaster(t);
    const w = world(t, [master.authority]);
    w.start();
    await w.until('registered');
    let refused = 0;
    master.intercept = (call) => (call.type === 'REVIVE' && refused++ === 0 ? { status, text } : undefined);
    await w.cluster.send([
      { type: 'revive', roles: ['dev'] },
      { type: 'reconcile', tasks: [] },
    ]);
    await w.until('registered', 2);
    t.same(
      master.calls.map(({ type }) => type),
      ['SUBSCRIBE', 'SUBSCRIBE'],
      'calls of the old session are not sent in the new one',
    );
    t.ok(w.log.some(({ fields }) => JSON.stringify(fields).includes(text)));
    t.ok(w.log.some(({ message }) => message === 'calls to Mesos were dropped'));
  });
}

t.test('a call with a stale stream id leads to a new subscription', async (t) => {
  const master = await fakeMaster(t);
  const w = world(t, [master.authority]);
  w.start();
  await w.until('registered');
  const rival = createHttpClient({ timeoutMs: 5_000 });
  const abort = new AbortController();
  await rival.stream({
    method: 'POST',
    url: `http://${master.authority}/api/v1/scheduler`,
    body: JSON.stringify({ type: 'SUBSCRIBE', subscribe: { framework_info: {} } }),
    signal: abort.signal,
    idleTimeoutMs: 0,
  });
  await w.cluster.send([{ type: 'revive', roles: ['dev'] }]);
  await w.until('registered', 2);
  abort.abort();
  await rival.close();
});

t.test('one wrong call is logged and changes nothing else', async (t) => {
  const master = await fakeMaster(t);
  const w = world(t, [master.authority]);
  w.start();
  await w.until('registered');
  master.intercept = (call) =>
    call.type === 'KILL' ? { status: 400, text: "Failed to validate scheduler::Call: Expecting 'kill'" } : undefined;
  await w.cluster.send([
    { type: 'kill', taskId: 't1', agentId: 'S0' },
    { type: 'revive', roles: ['dev'] },
  ]);
  t.same(
    master.calls.map(({ type }) => type),
    ['SUBSCRIBE', 'REVIVE'],
  );
  t.ok(w.log.some(({ fields }) => JSON.stringify(fields).includes('Failed to validate')));
  t.notOk(w.heard.some(([name]) => name === 'disconnected'));
});

t.test('an ACCEPT that Mesos cannot read: its offer is given back, its tasks have not been launched', async (t) => {
  const master = await fakeMaster(t);
  const w = world(t, [master.authority]);
  w.start();
  await w.until('registered');
  const text = "Failed to parse body into Call protobuf: Failed to find enum for 'CSI_VOLUME'";
  master.intercept = (call) => (call.type === 'ACCEPT' ? { status: 400, text } : undefined);
  const none = { cpus: 0, memMib: 0, diskMib: 0, gpus: 0 };
  const task: TaskLaunch = {
    taskId: 't1',
    name: 't',
    agentId: 'S0',
    resources: { ...none, parts: [] },
    command: { shell: true, value: 'true' },
    env: {},
    fetch: [],
    labels: {},
    discovery: { name: 't', ports: [] },
  };
  await w.cluster.send([
    { type: 'accept', offerId: 'O1', role: 'dev', operations: [{ type: 'launch', task }] },
    { type: 'revive', roles: ['dev'] },
  ]);
  t.same(
    master.calls.slice(1).map(({ framework_id: _, ...call }) => call),
    [
      { type: 'DECLINE', decline: { offer_ids: [{ value: 'O1' }], filters: { refuse_seconds: 5 } } },
      { type: 'REVIVE', revive: { roles: ['dev'] } },
    ],
  );
  t.match(await w.until('status'), [
    'status',
    { taskId: 't1', agentId: 'S0', state: 'TASK_ERROR', message: `Mesos refused the launch: ${text}` },
  ]);
  t.notOk(w.heard.some(([name]) => name === 'disconnected'));
});

t.test('calls before the subscription are dropped, audibly; close ends attempts at once', async (t) => {
  const w = world(t, [`127.0.0.1:${await freePort()}`], { reconnect: { initialMs: 60_000, factor: 1, maxMs: 60_000 } });
  await w.cluster.send([{ type: 'revive', roles: ['dev'] }]);
  w.start();
  t.throws(() => w.start(), /started already/);
  await waitFor('the first attempt', () => w.log.length >= 2);
  await w.cluster.send([
    { type: 'revive', roles: ['dev'] },
    { type: 'suppress', roles: ['dev'] },
  ]);
  t.match(w.log.at(-1), { fields: { count: 2, reason: 'not connected' } });
  await w.cluster.close();
  t.same(w.heard, []);
});

t.test('credentials go with every call', async (t) => {
  const master = await fakeMaster(t);
  const http = createHttpClient({ timeoutMs: 5_000 });
  t.teardown(() => http.close());
  const authorization = `Basic ${Buffer.from('me:käse').toString('base64')}`;
  const w = world(t, [], {
    masters: masterAccess(http, [master.authority], { authorization }),
    framework: {
      name: 'marathon',
      user: '',
      role: '*',
      failoverTimeoutSeconds: 1,
      checkpoint: false,
      hostname: 'h',
      principal: 'me',
      gpuResources: true,
    },
  });
  w.start();
  await w.until('registered');
  await w.cluster.send([acknowledge('t1')]);
  t.same(
    master.headers.map((h) => h.authorization),
    [authorization, authorization],
  );
  t.match(master.calls[0], { subscribe: { framework_info: { principal: 'me', checkpoint: false } } });
  t.match(JSON.stringify(master.calls[0]), /GPU_RESOURCES/);
});

t.test('who may not act any more sends nothing: no call that waits, no new subscription', async (t) => {
  const master = await fakeMaster(t);
  let mayAct = true;
  let asked = 0;
  const w = world(t, [master.authority], { mayAct: () => (asked++, mayAct) });
  w.start('framework-0');
  await w.until('registered');
  let answer: () => void = () => undefined;
  const held = new Promise<undefined>((resolve) => (answer = () => resolve(undefined)));
  master.intercept = (call) => (call.type === 'KILL' ? held : undefined);
  const kill = (taskId: string): ClusterCall => ({ type: 'kill', taskId, agentId: 'S0' });
  const sent = w.cluster.send([kill('first'), kill('second')]);
  const before = master.requests;
  await waitFor('the first call', () => master.requests === before + 1);
  mayAct = false;
  answer();
  await sent;
  await w.cluster.send([acknowledge('t1')]);
  t.equal(master.requests, before + 1, 'what waited stays unsent');
  master.endStreams('abruptly');
  await w.until('disconnected');
  const subscriptions = (): number => master.calls.filter(({ type }) => type === 'SUBSCRIBE').length;
  const looks = asked;
  await waitFor('its next look', () => asked > looks);
  t.equal(subscriptions(), 1);
  // It stood still for a moment, and ZooKeeper has confirmed its leadership after all
  mayAct = true;
  await waitFor('it to subscribe again', () => subscriptions() === 2);
});

t.test('who may not act any more does not follow a redirect with its subscription', async (t) => {
  const leader = await fakeMaster(t);
  const follower = await fakeMaster(t);
  let mayAct = true;
  follower.intercept = () => {
    mayAct = false;
    return { status: 307, headers: { location: `//${leader.authority}/api/v1/scheduler` } };
  };
  const w = world(t, [follower.authority], { mayAct: () => mayAct });
  w.start('framework-0');
  await waitFor('the end of the attempt', () =>
    w.log.some(({ message }) => message === 'Mesos cannot be reached, trying again'),
  );
  t.equal(leader.requests, 0);
  follower.intercept = () => ({ status: 307, headers: { location: `//${leader.authority}/api/v1/scheduler` } });
  mayAct = true;
  await w.until('registered');
});
