import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import type { FrameworkInfo, Offer, Resource, SchedulerEvent, TaskStatus } from '../../../src/mesos/types.js';
import { isTerminal } from '../../../src/mesos/types.js';
import { waitFor } from '../../support/wait.js';
import type { Answer } from './mesos-client.js';
import {
  frameworkInfo,
  http,
  operator,
  scalar,
  Stream,
  subscribeOperator,
  task,
  TestFramework,
} from './mesos-client.js';

/** What a master and its one agent show that nobody else uses meanwhile. `base` is `http://host:port`. */
export async function schedulerApiConformance(t: Test, base: string): Promise<void> {
  const run = randomUUID().slice(0, 8);
  const id = (name: string): string => `${name}.${run}`;
  const path = '/api/v1/scheduler';
  const jsonType = { 'Content-Type': 'application/json', Accept: 'application/json' };

  await t.test('SUBSCRIBE: head, SUBSCRIBED, a heartbeat, offers', async (t) => {
    const framework = await TestFramework.subscribe(base);
    const { stream } = framework;
    t.equal(stream.status, 200);
    t.equal(stream.headers['content-type'], 'application/json');
    t.equal(stream.headers['transfer-encoding'], 'chunked');
    t.match(stream.headers['mesos-stream-id'], /^[0-9a-f-]{36}$/);
    const { subscribed } = await stream.next('SUBSCRIBED');
    t.equal(subscribed.heartbeat_interval_seconds, 15);
    t.match(subscribed.master_info, { id: String, ip: Number, port: Number, pid: /^master@/, version: /^1\./ });
    await stream.next('HEARTBEAT');
    t.same(
      stream.messages.slice(0, 2).map((e) => e.type),
      ['SUBSCRIBED', 'HEARTBEAT'],
    );
    const offer = await framework.offer();
    t.equal(offer.framework_id.value, framework.id);
    t.same(offer.allocation_info, { role: '*' });
    t.ok(offer.resources.every((r) => r.allocation_info?.role === '*' && r.role === undefined));
    t.match(offer.url, { scheme: 'http', path: '/slave(1)' });
    await framework.teardown();
    t.equal(await stream.ended(), 'final chunk', 'TEARDOWN ends the stream properly');
    t.notOk(
      stream.messages.some((e) => e.type === 'ERROR'),
      'and without an ERROR',
    );
  });

  await t.test('the form of offers follows the capabilities', async (t) => {
    const legacy = await TestFramework.subscribe(base, { info: frameworkInfo({ role: 'dev' }, []) });
    const bare = await legacy.offer();
    t.notOk('allocation_info' in bare);
    t.ok(bare.resources.every((r) => r.role === '*' && !('allocation_info' in r)));
    await legacy.teardown();
    const info = frameworkInfo({ roles: ['dev'] }, ['MULTI_ROLE']);
    const multi = await TestFramework.subscribe(base, { info });
    const offer = await multi.offer();
    t.same(offer.allocation_info, { role: 'dev' });
    t.ok(offer.resources.every((r) => r.role === '*' && r.allocation_info?.role === 'dev'));
    await multi.teardown();
  });

  await t.test('wrong requests get the recorded status and text', async (t) => {
    const framework = await TestFramework.subscribe(base);
    const own = { framework_id: { value: framework.id } };
    const stream = { 'Mesos-Stream-Id': framework.streamId };
    const expect = async (
      what: string,
      request: { method?: string; path?: string; headers?: Record<string, string>; body?: unknown },
      status: number,
      text: string | RegExp,
    ): Promise<void> => {
      const { method = 'POST', headers = { ...jsonType, ...stream } } = request;
      const answer = await http(base, method, request.path ?? path, { headers, body: request.body });
      t.equal(answer.status, status, what);
      if (typeof text === 'string') t.equal(answer.body, text, what);
      else t.match(answer.body, text, what);
      if (status >= 400) t.equal(answer.headers['content-type'], 'text/plain; charset=utf-8', what);
      if (status === 405) t.equal(answer.headers.allow, 'POST', what);
    };
    const revive = { ...own, type: 'REVIVE' };
    const validate = 'Failed to validate scheduler::Call: ';
    const convert = 'Failed to convert JSON into Call protobuf: ';

    await expect(
      'no stream id',
      { headers: jsonType, body: revive },
      400,
      "All non-subscribe calls should include the 'Mesos-Stream-Id' header",
    );
    await expect(
      'wrong stream id',
      { headers: { ...jsonType, 'Mesos-Stream-Id': 'nonsense' }, body: revive },
      400,
      "The stream ID 'nonsense' included in this request didn't match the stream ID currently associated with " +
        `framework ID ${framework.id}`,
    );
    await expect(
      'no framework id',
      { body: { type: 'REVIVE' } },
      400,
      `${validate}Expecting 'framework_id' to be present`,
    );
    await expect(
      'unknown framework',
      { body: { type: 'REVIVE', framework_id: { value: 'no-such-framework' } } },
      400,
      'Framework cannot be found',
    );
    await expect('not JSON', { body: 'this is not json' }, 400, /^Failed to parse body into JSON: /);
    await expect('not an object', { body: '[]' }, 400, `${convert}Expecting a JSON object`);
    await expect('no type', { body: own }, 400, `${validate}Expecting 'type' to be present`);
    await expect('unknown type', { body: { ...own, type: 'DANCE' } }, 400, `${validate}Expecting 'type' to be present`);
    for (const type of ['KILL', 'ACCEPT', 'DECLINE', 'ACKNOWLEDGE', 'RECONCILE']) {
      const text = `${validate}Expecting '${type.toLowerCase()}' to be present`;
      await expect(`${type} without content`, { body: { ...own, type } }, 400, text);
    }
    await expect(
      'missing field',
      { body: { ...own, type: 'KILL', kill: {} } },
      400,
      `${convert}Missing required fields: kill.task_id`,
    );
    const acknowledge = { agent_id: { value: 'a' }, task_id: { value: 't' } };
    await expect(
      'uuid too short',
      { body: { ...own, type: 'ACKNOWLEDGE', acknowledge: { ...acknowledge, uuid: 'AAAA' } } },
      400,
      `${validate}Not a valid UUID`,
    );
    await expect(
      'uuid not base64',
      { body: { ...own, type: 'ACKNOWLEDGE', acknowledge: { ...acknowledge, uuid: '***not base64***' } } },
      400,
      `${convert}Failed to base64 decode bytes field 'uuid': Invalid character '*'`,
    );
    await expect('unknown field', { body: { ...revive, zzz: 1 } }, 202, '');
    const expecting = "Expecting 'Content-Type' of application/json or application/x-protobuf";
    const typed = (type: string): Record<string, string> => ({ ...stream, 'Content-Type': type });
    await expect('text/plain', { headers: typed('text/plain'), body: revive }, 415, expecting);
    await expect('a charset', { headers: typed('application/json; charset=utf-8'), body: revive }, 415, expecting);
    await expect(
      'JSON as protobuf',
      { headers: typed('application/x-protobuf'), body: revive },
      400,
      /^Failed to parse body into Call protobuf/,
    );
    await expect('no type', { headers: stream, body: revive }, 400, "Expecting 'Content-Type' to be present");
    await expect(
      'Accept of a call',
      { headers: { ...jsonType, ...stream, Accept: 'text/html' }, body: revive },
      202,
      '',
    );
    const subscribe = { type: 'SUBSCRIBE', subscribe: { framework_info: frameworkInfo() } };
    await expect(
      'Accept of SUBSCRIBE',
      { headers: { ...jsonType, Accept: 'text/html' }, body: subscribe },
      406,
      "Expecting 'Accept' to allow 'application/x-protobuf' or 'application/json'",
    );
    await expect(
      'SUBSCRIBE with a stream id',
      { body: subscribe },
      400,
      "Subscribe calls should not include the 'Mesos-Stream-Id' header",
    );
    await expect(
      'no framework_info',
      { headers: jsonType, body: { type: 'SUBSCRIBE', subscribe: {} } },
      400,
      `${convert}Missing required fields: subscribe.framework_info`,
    );
    await expect(
      'empty framework_info',
      { headers: jsonType, body: { type: 'SUBSCRIBE', subscribe: { framework_info: {} } } },
      400,
      `${convert}Missing required fields: subscribe.framework_info.user, subscribe.framework_info.name`,
    );
    await expect(
      'no subscribe',
      { headers: jsonType, body: { type: 'SUBSCRIBE' } },
      400,
      `${validate}Expecting 'subscribe' to be present`,
    );
    await expect(
      'id only in the call',
      { headers: jsonType, body: { ...subscribe, framework_id: { value: 'some-id' } } },
      400,
      `${validate}'framework_id' differs from 'subscribe.framework_info.id'`,
    );
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const body = method === 'PUT' ? revive : undefined;
      const text = `405 Method Not Allowed. Expecting one of { 'POST' }, but received '${method}'.`;
      await expect(method, { method, headers: body === undefined ? {} : jsonType, body }, 405, text);
    }
    await expect('no such path', { method: 'GET', path: '/nothing', headers: {} }, 404, '404 Not Found.');
    await expect('trailing slash', { path: `${path}/`, body: revive }, 202, '');
    await expect('/master', { path: `/master${path}`, body: revive }, 202, '');
    await framework.teardown();
    await expect('after TEARDOWN', { body: revive }, 400, 'Framework cannot be found');
  });

  await t.test('SUBSCRIBE that is refused: one ERROR, then the end', async (t) => {
    const refused = async (info: object, message: string | RegExp): Promise<void> => {
      const stream = await Stream.open<SchedulerEvent>(base, path, {
        type: 'SUBSCRIBE',
        ...('id' in info ? { framework_id: info.id } : {}),
        subscribe: { framework_info: info },
      });
      t.equal(stream.status, 200);
      t.match((await stream.next('ERROR')).error.message, message);
      t.equal(await stream.ended(), 'final chunk');
      t.equal(stream.messages.length, 1);
    };
    await refused(
      frameworkInfo({ roles: ['a b'] }),
      "'FrameworkInfo.roles' contains invalid role: Role component 'a b' is invalid because it contains backspace or whitespace",
    );
    await refused(
      frameworkInfo({ role: 'dev' }),
      "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable",
    );
    const framework = await TestFramework.subscribe(base);
    await framework.teardown();
    await refused(frameworkInfo({ id: { value: framework.id } }), 'Framework has been removed');
  });

  await t.test('a task runs, is acknowledged, ends; what is left of the offer comes back', async (t) => {
    const framework = await TestFramework.subscribe(base);
    const offer = await framework.offer();
    t.equal((await framework.launch([offer], [task(id('exit0'), offer.agent_id, 'true')])).status, 202);
    const rest = await framework.offer();
    t.ok(scalar(rest, 'cpus') > 0, 'the rest is offered again');
    const finished = await framework.status(id('exit0'), (s) => s.state === 'TASK_FINISHED');
    t.same(framework.states(id('exit0')), ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']);
    t.match(finished, {
      source: 'SOURCE_EXECUTOR',
      agent_id: offer.agent_id,
      executor_id: { value: id('exit0') },
      uuid: /^[A-Za-z0-9+/]{22}==$/,
      timestamp: Number,
      container_status: { container_id: { value: String }, network_infos: [{ ip_addresses: [{ protocol: 'IPv4' }] }] },
    });
    await framework.teardown();
  });

  await t.test('LAUNCH is checked task by task', async (t) => {
    const framework = await TestFramework.subscribe(base);
    const offer = await framework.offer();
    const { agent_id: agent } = offer;
    const cpus = (value: number): object => ({
      resources: [
        { name: 'cpus', type: 'SCALAR', scalar: { value } },
        { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
      ],
    });
    await framework.launch(
      [offer],
      [
        task(id('toobig'), agent, 'true', cpus(999)),
        task(id('nocmd'), agent, '', { command: undefined }),
        task(id('nores'), agent, 'true', { resources: [] }),
        task(id('elsewhere'), { value: 'nobody' }, 'true'),
        task(id('bad/id'), agent, 'true'),
        task(id('noport'), agent, 'true', {
          resources: [{ name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 1, end: 2 }] } }],
        }),
        task(id('good'), agent, 'sleep 1000'),
        task(id('good'), agent, 'sleep 1000'),
      ],
    );
    const error = async (name: string, message: string | RegExp): Promise<void> => {
      const status = await framework.status(id(name), (s) => s.state === 'TASK_ERROR');
      t.match(status.message, message, name);
      t.match(status, { source: 'SOURCE_MASTER', reason: 'REASON_TASK_INVALID', timestamp: Number }, name);
      t.notOk('uuid' in status, name);
    };
    await error(
      'toobig',
      /^Total resources cpus\(allocated: \*\):999; mem\(allocated: \*\):32 required by task and its executor is more than available /,
    );
    await error('nocmd', 'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present');
    await error('nores', 'Task uses no resources');
    await error('elsewhere', `Task uses invalid agent nobody while agent ${agent.value} is expected`);
    await error('bad/id', `'${id('bad/id')}' contains invalid characters`);
    await error('noport', /^Total resources ports\(allocated: \*\):\[1-2\] required by task/);
    await error('good', `Task has duplicate ID: ${id('good')}`);
    await framework.status(id('good'), (s) => s.state === 'TASK_RUNNING');

    await framework.launch([offer], [task(id('late'), agent, 'true')]);
    const dropped = await framework.status(id('late'), (s) => s.state === 'TASK_DROPPED');
    t.match(dropped, {
      message: `Task launched with invalid offers: Offer ${offer.id.value} is no longer valid`,
      source: 'SOURCE_MASTER',
      reason: 'REASON_INVALID_OFFERS',
    });
    await framework.teardown();
  });

  await t.test('several offers of one agent in one ACCEPT', async (t) => {
    const framework = await TestFramework.subscribe(base);
    const first = await framework.offer();
    const total = scalar(first, 'cpus');
    await framework.launch([first], [task(id('half'), first.agent_id, 'sleep 1000')]);
    const rest = await framework.offer();
    await framework.call({ type: 'KILL', kill: { task_id: { value: id('half') } } });
    await framework.status(id('half'), (s) => s.state === 'TASK_KILLED');
    const freed = await waitFor('the freed resources', () => {
      const offers = framework.stream.messages.flatMap((e) => (e.type === 'OFFERS' ? e.offers.offers : []));
      return offers.find((o) => o.id.value !== first.id.value && o.id.value !== rest.id.value);
    });
    t.equal(Math.round((scalar(rest, 'cpus') + scalar(freed, 'cpus')) * 1000), Math.round(total * 1000));
    const whole = {
      resources: [
        { name: 'cpus', type: 'SCALAR', scalar: { value: total } },
        { name: 'mem', type: 'SCALAR', scalar: { value: 32 } },
      ],
    };
    await framework.launch([rest, freed], [task(id('whole'), first.agent_id, 'true', whole)]);
    await framework.status(id('whole'), (s) => s.state === 'TASK_FINISHED');
    await framework.teardown();
  });

  await t.test('DECLINE, REVIVE and SUPPRESS', async (t) => {
    const framework = await TestFramework.subscribe(base);
    const offers = (): number => framework.stream.messages.filter((e) => e.type === 'OFFERS').length;
    await framework.decline(await framework.offer(), 3600);
    await framework.call({ type: 'REVIVE' });
    const again = await framework.offer();
    t.ok(again, 'REVIVE removes the filter');
    await framework.call({ type: 'SUPPRESS' });
    await framework.decline(again, 0);
    const before = offers();
    t.equal(
      (await framework.call({ type: 'DECLINE', decline: { offer_ids: [{ value: 'no-such-offer' }] } })).status,
      202,
    );
    await new Promise((resolve) => setTimeout(resolve, 1500));
    t.equal(offers(), before, 'nothing while suppressed');
    await framework.call({ type: 'REVIVE', revive: { roles: ['*'] } });
    const offer = await framework.offer();
    await framework.decline(offer, 0);
    t.ok(await framework.offer(), 'refused for 0 s: offered again soon');
    t.equal((await framework.call({ type: 'ACCEPT', accept: { offer_ids: [], operations: [] } })).status, 202);
    t.equal((await framework.call({ type: 'DECLINE', decline: { offer_ids: [] } })).status, 202);
    await framework.teardown();
    const quiet = await TestFramework.subscribe(base, { suppressedRoles: ['*'] });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    t.notOk(
      quiet.stream.messages.some((e) => e.type === 'OFFERS'),
      'suppressed_roles',
    );
    await quiet.teardown();
  });

  await t.test('an unacknowledged update holds back the next; KILL', async (t) => {
    const framework = await TestFramework.subscribe(base, { acknowledge: false });
    const offer = await framework.offer();
    await framework.launch([offer], [task(id('kill'), offer.agent_id, 'sleep 1000')]);
    const starting = await framework.status(id('kill'), (s) => s.state === 'TASK_STARTING');
    t.equal((await framework.acknowledge(starting)).status, 202);
    const running = await framework.status(id('kill'), (s) => s.state === 'TASK_RUNNING');
    t.equal((await framework.acknowledge(starting)).status, 202, 'an old acknowledgement does no harm');
    await framework.call({ type: 'KILL', kill: { task_id: { value: id('kill') }, agent_id: offer.agent_id } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    t.equal(framework.states(id('kill')).at(-1), 'TASK_RUNNING');
    await framework.acknowledge(running);
    await framework.acknowledge(await framework.status(id('kill'), (s) => s.state === 'TASK_KILLING'));
    const killed = await framework.status(id('kill'), (s) => s.state === 'TASK_KILLED');
    await framework.acknowledge(killed);

    const answered = async (kill: object, state: string, message: string): Promise<void> => {
      await framework.call({ type: 'KILL', kill });
      const { task_id } = kill as { task_id: { value: string } };
      const status = await framework.status(task_id.value, (s) => s.state === state);
      t.match(status, { message, source: 'SOURCE_MASTER', reason: 'REASON_RECONCILIATION' });
    };
    const toAgent = 'Reconciliation: Task is unknown to the agent';
    await answered({ task_id: { value: id('kill') }, agent_id: offer.agent_id }, 'TASK_GONE', toAgent);
    await answered({ task_id: { value: id('nobody') } }, 'TASK_UNKNOWN', 'Reconciliation: Task is unknown');
    await framework.teardown();
  });

  await t.test('RECONCILE: explicit, implicit, unknown', async (t) => {
    const framework = await TestFramework.subscribe(base);
    const offer = await framework.offer();
    await framework.launch([offer], [task(id('rec'), offer.agent_id, 'sleep 1000')], 3600);
    await framework.status(id('rec'), (s) => s.state === 'TASK_RUNNING');
    const reconciled = (s: TaskStatus): boolean => s.reason === 'REASON_RECONCILIATION';
    const count = (): number =>
      framework.stream.messages.filter((e) => e.type === 'UPDATE' && reconciled(e.update.status)).length;
    for (const tasks of [
      [{ task_id: { value: id('rec') }, agent_id: offer.agent_id }],
      [{ task_id: { value: id('rec') } }],
      [],
    ]) {
      const before = count();
      await framework.call({ type: 'RECONCILE', reconcile: { tasks } });
      await waitFor('the answer', () => count() > before);
    }
    t.match(await framework.status(id('rec'), reconciled), {
      state: 'TASK_RUNNING',
      message: 'Reconciliation: Latest task state',
      source: 'SOURCE_MASTER',
      agent_id: offer.agent_id,
      container_status: { container_id: { value: String } },
    });
    const ghosts = [
      { task_id: { value: 'ghost.1' }, agent_id: offer.agent_id },
      { task_id: { value: 'ghost.2' }, agent_id: { value: 'ghost-agent-S9' } },
      { task_id: { value: 'ghost.3' } },
    ];
    await framework.call({ type: 'RECONCILE', reconcile: { tasks: ghosts } });
    t.equal((await framework.status('ghost.1', reconciled)).state, 'TASK_GONE');
    t.match(await framework.status('ghost.2', reconciled), {
      state: 'TASK_UNKNOWN',
      agent_id: { value: 'ghost-agent-S9' },
    });
    t.notOk('agent_id' in (await framework.status('ghost.3', reconciled)));
    const old = await TestFramework.subscribe(base, { info: frameworkInfo({}, ['MULTI_ROLE']) });
    await old.call({ type: 'RECONCILE', reconcile: { tasks: ghosts } });
    for (const name of ['ghost.1', 'ghost.2', 'ghost.3']) {
      t.equal((await old.status(name, reconciled)).state, 'TASK_LOST', 'without PARTITION_AWARE');
    }
    await old.teardown();
    await framework.teardown();
  });

  await t.test('RESERVE, CREATE and LAUNCH on the volume; DESTROY and UNRESERVE', async (t) => {
    const role = `conf-${run}`;
    const framework = await TestFramework.subscribe(base, { info: frameworkInfo({ roles: [role] }) });
    const offer = await framework.offer();
    const reserved = (name: string, value: number, more: object = {}): object => ({
      name,
      type: 'SCALAR',
      scalar: { value },
      allocation_info: { role },
      reservations: [{ type: 'DYNAMIC', role, principal: 'marathon', labels: { labels: [{ key: 'k', value: 'v' }] } }],
      ...more,
    });
    const volume = reserved('disk', 16, {
      disk: {
        persistence: { id: `v-${run}`, principal: 'marathon' },
        volume: { mode: 'RW', container_path: 'data' },
      },
    });
    const plain = [reserved('cpus', 0.1), reserved('mem', 32), reserved('disk', 16)];
    const accept = (offers: readonly Offer[], operations: object[]): Promise<Answer> =>
      framework.accept(offers, operations);
    const answer = await accept(
      [offer],
      [
        { type: 'RESERVE', id: { value: 'reserve' }, reserve: { resources: plain } },
        { type: 'RESERVE', id: { value: 'too-much' }, reserve: { resources: [reserved('cpus', 999)] } },
        { type: 'CREATE', create: { volumes: [volume] } },
        {
          type: 'LAUNCH',
          launch: {
            task_infos: [
              task(id('resident'), offer.agent_id, 'true', {
                resources: [reserved('cpus', 0.1), reserved('mem', 32), volume],
              }),
            ],
          },
        },
      ],
    );
    t.equal(answer.status, 202);
    const operation = async (name: string) =>
      (
        await framework.stream.next(
          'UPDATE_OPERATION_STATUS',
          (e) => e.update_operation_status.status.operation_id?.value === name,
        )
      ).update_operation_status.status;
    const finished = await operation('reserve');
    t.match(finished, { state: 'OPERATION_FINISHED', uuid: { value: String }, agent_id: offer.agent_id });
    t.match(await operation('too-much'), { state: 'OPERATION_ERROR', message: /does not contain cpus.*:999$/ });
    const acknowledged = await framework.call({
      type: 'ACKNOWLEDGE_OPERATION_STATUS',
      acknowledge_operation_status: {
        uuid: finished.uuid?.value,
        operation_id: { value: 'reserve' },
        agent_id: offer.agent_id,
      },
    });
    t.equal(acknowledged.status, 202);
    await framework.status(id('resident'), (s) => s.state === 'TASK_FINISHED');
    const isVolume = (r: Resource): boolean => r.disk !== undefined;
    const again = await waitFor('the volume to be offered again', () =>
      framework.heldOffers().find((o) => o.resources.some(isVolume)),
    );
    t.match(again.resources.find(isVolume), { scalar: { value: 16 }, disk: (volume as Resource).disk });
    const all = framework.heldOffers();
    await accept(all, [
      { type: 'DESTROY', destroy: { volumes: [volume] } },
      { type: 'UNRESERVE', unreserve: { resources: plain } },
    ]);
    await waitFor('plain resources', () =>
      framework.heldOffers().some((o) => o.resources.every((r) => r.reservations === undefined)),
    );
    const slaves = JSON.parse((await http(base, 'GET', '/slaves')).body) as {
      slaves: { reserved_resources: Record<string, unknown> }[];
    };
    t.notOk(slaves.slaves.some(({ reserved_resources }) => role in reserved_resources));
    await framework.teardown();
  });

  await t.test('UPDATE_FRAMEWORK, maintenance, DEACTIVATE_AGENT', async (t) => {
    const framework = await TestFramework.subscribe(base, { info: frameworkInfo({ roles: ['*', 'dev'] }) });
    const info = frameworkInfo({ id: { value: framework.id }, roles: ['*'], webui_url: 'http://127.0.0.1:9999' });
    const update = (framework_info: FrameworkInfo): Promise<Answer> =>
      framework.call({ type: 'UPDATE_FRAMEWORK', update_framework: { framework_info } });
    t.equal((await update({ ...info, user: 'somebody-else' })).status, 400);
    t.equal((await update(info)).status, 200);
    const offer = await waitFor('an offer in the role that is left', () =>
      framework.heldOffers().find((o) => o.allocation_info?.role === '*'),
    );
    const { hostname, address } = { hostname: offer.hostname, ...offer.url } as {
      hostname: string;
      address: { ip: string };
    };
    const start = { nanoseconds: 1e9 * Math.ceil(Date.now() / 1000 + 3600) };
    const schedule = (windows: object[]): Promise<Answer> =>
      operator(base, { type: 'UPDATE_MAINTENANCE_SCHEDULE', update_maintenance_schedule: { schedule: { windows } } });
    const machine = { hostname, ip: address.ip };
    t.equal((await schedule([{ machine_ids: [machine], unavailability: { start } }])).status, 200);
    await framework.stream.next('RESCIND', (e) => e.rescind.offer_id.value === offer.id.value);
    const planned = await waitFor('an offer with unavailability', () =>
      framework.heldOffers().find((o) => o.unavailability !== undefined),
    );
    t.same(planned.unavailability, { start });
    const { inverse_offers } = await framework.stream.next('INVERSE_OFFERS');
    const ids = inverse_offers.inverse_offers.map((o) => o.id);
    const declined = { inverse_offer_ids: ids, filters: { refuse_seconds: 60 } };
    const answer = await framework.call({ type: 'DECLINE_INVERSE_OFFERS', decline_inverse_offers: declined });
    t.equal(answer.status, 202);
    await waitFor('its answer in the status', async () =>
      (await operator(base, { type: 'GET_MAINTENANCE_STATUS' })).body.includes('"DECLINE"'),
    );
    t.equal((await schedule([])).status, 200);
    t.same(JSON.parse((await http(base, 'GET', '/maintenance/schedule')).body), {});

    const agent = { agent_id: offer.agent_id };
    t.equal((await operator(base, { type: 'DEACTIVATE_AGENT', deactivate_agent: agent })).status, 200);
    const deactivated = async (): Promise<boolean> => {
      const { slaves } = JSON.parse((await http(base, 'GET', '/slaves')).body) as {
        slaves: { id: string; deactivated: boolean }[];
      };
      return slaves.some((s) => s.id === offer.agent_id.value && s.deactivated);
    };
    t.ok(await deactivated());
    t.equal((await operator(base, { type: 'REACTIVATE_AGENT', reactivate_agent: agent })).status, 200);
    t.notOk(await deactivated());
    await framework.teardown();
  });

  await t.test('failover, disconnect, resubscribe', async (t) => {
    const first = await TestFramework.subscribe(base);
    const offer = await first.offer();
    await first.launch([offer], [task(id('survivor'), offer.agent_id, 'sleep 1000')]);
    await first.status(id('survivor'), (s) => s.state === 'TASK_RUNNING');
    await waitFor('the acknowledgement', async () => {
      const { get_tasks } = JSON.parse((await operator(base, { type: 'GET_TASKS' })).body) as {
        get_tasks: { tasks: { task_id: { value: string }; status_update_state?: string }[] };
      };
      return get_tasks.tasks.some(
        (x) => x.task_id.value === id('survivor') && x.status_update_state === 'TASK_RUNNING',
      );
    });
    const info = frameworkInfo({ id: { value: first.id } });
    const second = await TestFramework.subscribe(base, { info });
    t.equal(second.id, first.id);
    t.not(second.streamId, first.streamId);
    t.equal((await first.stream.next('ERROR')).error.message, 'Framework failed over');
    t.equal(await first.stream.ended(), 'final chunk');
    t.equal((await first.call({ type: 'REVIVE' })).status, 400, 'the old stream id');
    t.equal((await second.call({ type: 'REVIVE' })).status, 202, 'the new one');
    first.disconnect();
    second.disconnect();
    await waitFor('403 while disconnected', async () => {
      const answer = await second.call({ type: 'REVIVE' });
      return answer.status === 403 && answer.body === 'Framework is not subscribed';
    });
    const changed = frameworkInfo({ ...info, failover_timeout: 1, webui_url: 'http://127.0.0.1:9999' });
    const third = await TestFramework.subscribe(base, { info: changed });
    await third.call({ type: 'RECONCILE', reconcile: { tasks: [] } });
    t.equal((await third.status(id('survivor'), () => true)).state, 'TASK_RUNNING', 'the task runs on');
    third.disconnect();
    const gone = await waitFor('the failover timeout', async () => {
      const { frameworks, completed_frameworks } = JSON.parse((await http(base, 'GET', '/frameworks')).body) as {
        frameworks: { id: string }[];
        completed_frameworks: { id: string; webui_url: string; completed_tasks: { state: string }[] }[];
      };
      if (frameworks.some((f) => f.id === first.id)) return undefined;
      return completed_frameworks.find((f) => f.id === first.id);
    });
    t.equal(gone.webui_url, 'http://127.0.0.1:9999', 'the changed info was taken over');
    t.equal(gone.completed_tasks[0]?.state, 'TASK_KILLED');
    const burnt = await Stream.open<SchedulerEvent>(base, path, {
      type: 'SUBSCRIBE',
      framework_id: info.id,
      subscribe: { framework_info: info },
    });
    t.equal((await burnt.next('ERROR')).error.message, 'Framework has been removed');
    const own = await TestFramework.subscribe(base, {
      info: frameworkInfo({ id: { value: `own-${run}` }, failover_timeout: 0 }),
    });
    t.equal(own.id, `own-${run}`, 'an unknown id is taken as new');
    await own.teardown();
  });

  await t.test('the operator API follows', async (t) => {
    const stream = await subscribeOperator(base);
    t.equal(stream.headers['mesos-stream-id'], undefined);
    const { subscribed } = await stream.next('SUBSCRIBED');
    t.equal(subscribed.heartbeat_interval_seconds, 15);
    t.ok(subscribed.get_state?.get_agents?.agents?.length);
    await stream.next('HEARTBEAT');
    const framework = await TestFramework.subscribe(base);
    const ofOurs = (info: { id?: { value: string } }): boolean => info.id?.value === framework.id;
    await stream.next('FRAMEWORK_ADDED', (e) => ofOurs(e.framework_added.framework.framework_info));
    const offer = await framework.offer();
    await framework.launch([offer], [task(id('seen'), offer.agent_id, 'sleep 1')]);
    const added = await stream.next('TASK_ADDED', (e) => e.task_added.task.task_id.value === id('seen'));
    t.equal(added.task_added.task.state, 'TASK_STAGING');
    t.notOk('executor_id' in added.task_added.task);
    for (const state of ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED']) {
      const { task_updated } = await stream.next(
        'TASK_UPDATED',
        (e) => e.task_updated.status.task_id.value === id('seen') && e.task_updated.status.state === state,
      );
      t.equal(task_updated.framework_id.value, framework.id);
      t.ok(isTerminal(task_updated.state) || task_updated.state === state || state === 'TASK_STARTING');
    }
    await framework.teardown();
    await stream.next('FRAMEWORK_REMOVED', (e) => ofOurs(e.framework_removed.framework_info));
    stream.drop();
    t.equal(
      (await operator(base, { type: 'NOPE' })).body,
      "Failed to validate master::Call: Expecting 'type' to be present",
    );
    t.same(JSON.parse((await operator(base, { type: 'GET_HEALTH' })).body), {
      type: 'GET_HEALTH',
      get_health: { healthy: true },
    });
    const torn = await TestFramework.subscribe(base);
    const teardown = await operator(base, { type: 'TEARDOWN', teardown: { framework_id: { value: torn.id } } });
    t.equal(teardown.status, 200);
    t.equal(await torn.stream.ended(), 'final chunk');
    torn.disconnect();
  });
}
