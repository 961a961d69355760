import t from 'tap';
import { createHttpClient } from '../../src/common/http-client.js';
import { silentLogger } from '../../src/common/logger.js';
import type { KnownMasters } from '../../src/mesos/master-source.js';
import { watchOperator } from '../../src/mesos/operator-stream.js';
import type { OperatorWatch } from '../../src/mesos/operator-stream.js';
import type { Test } from 'tap';
import { startFakeMaster } from '../support/fake-operator-master.js';
import type { FakeMaster } from '../support/fake-operator-master.js';
import { masterAccess, toldMasters } from '../support/master-access.js';
import { freePort } from '../support/ports.js';
import { waitFor } from '../support/wait.js';

interface Watching {
  readonly heard: string[];
  readonly errors: string[];
  readonly watch: OperatorWatch;
  readonly tell: (masters: KnownMasters) => void;
}

async function start(t: Test): Promise<FakeMaster> {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  return master;
}

/** Watches masters that are given, or, when none is, those that `tell` tells of. */
function watching(t: Test, masters: readonly string[]): Watching {
  const http = createHttpClient({ timeoutMs: 5_000 });
  const told = toldMasters(http);
  const heard: string[] = [];
  const errors: string[] = [];
  const watch = watchOperator({
    masters: masters.length === 0 ? told.access : masterAccess(http, masters),
    logger: silentLogger,
    random: Math.random,
    backoff: { initialMs: 20, factor: 2, maxMs: 100 },
    listener: {
      onSnapshot: (state, { info }) => {
        heard.push(`snapshot of ${info?.id ?? '?'}: ${state.get_agents?.agents?.length ?? 0} agents`);
      },
      onChange: (change) => heard.push(change.type),
      onSignOfLife: () => undefined,
      onDown: (error) => errors.push(error.message),
    },
  });
  t.teardown(async () => {
    await watch.stop();
    await http.close();
  });
  return { heard, errors, watch, tell: told.tell };
}

const hears = (heard: readonly string[], ...expected: string[]): Promise<unknown> =>
  waitFor(expected.join(', '), () => JSON.stringify(heard) === JSON.stringify(expected));

t.test('snapshot, then changes', async (t) => {
  const master = await start(t);
  master.addAgent('S1', '10.0.0.1');
  const { heard } = watching(t, [master.authority]);
  await hears(heard, 'snapshot of master-1: 1 agents');
  master.addFramework('F1', 'marathon');
  master.addTask({ id: 'x.1', name: 'x' });
  await hears(heard, 'snapshot of master-1: 1 agents', 'FRAMEWORK_ADDED', 'TASK_ADDED');
});

t.test('masters that are away or do not lead', async (t) => {
  const leader = await start(t);
  const other = await start(t);
  other.api = { redirect: leader.authority };
  const dead = `127.0.0.1:${await freePort()}`;
  const { heard } = watching(t, [dead, other.authority]);
  await hears(heard, 'snapshot of master-1: 0 agents');
  t.equal(leader.asked.subscribe, 1);
  t.equal(other.asked.subscribe, 0);
});

t.test('a broken stream is opened again, at whoever leads then', async (t) => {
  const first = await start(t);
  const second = await start(t);
  second.api = 503;
  second.id = 'master-2';
  const { heard, errors } = watching(t, [first.authority, second.authority]);
  await hears(heard, 'snapshot of master-1: 0 agents');
  second.api = 'ok';
  first.api = { redirect: second.authority };
  first.disconnect();
  await hears(heard, 'snapshot of master-1: 0 agents', 'snapshot of master-2: 0 agents');
  t.ok(errors.length >= 1);
});

t.test('garbage, and a record that is cut off, break the stream and nothing else', async (t) => {
  const master = await start(t);
  const { heard, errors } = watching(t, [master.authority]);
  const garbage = ['nonsense\n', '5\n{"x":', '3\nnul', '4\nnull', '9999999999999\n'];
  for (const [index, bytes] of garbage.entries()) {
    await waitFor('a stream', () => heard.length === index + 1);
    master.sendRaw(Buffer.from(bytes));
    if (bytes.startsWith('5')) master.disconnect();
  }
  await waitFor('another stream', () => heard.length === garbage.length + 1);
  t.equal(errors.length, garbage.length, errors.join('; '));
});

t.test('silence for five heartbeats is the end of a stream', async (t) => {
  const master = await start(t);
  master.heartbeatSeconds = 0.2;
  const { heard, errors } = watching(t, [master.authority]);
  await waitFor('a second stream', () => heard.length >= 2);
  t.match(errors[0], /no message from the master for 1000 ms/);
});

t.test('an API that is not there is told, and tried again', async (t) => {
  const master = await start(t);
  master.api = 404;
  const { heard, errors } = watching(t, [master.authority]);
  await waitFor('two attempts', () => errors.length >= 2);
  t.match(errors[0], /HTTP 404/);
  master.api = 'ok';
  await hears(heard, 'snapshot of master-1: 0 agents');
});

t.test('a leader that ZooKeeper tells of is watched; the former one no more', async (t) => {
  const first = await start(t);
  const second = await start(t);
  second.id = 'master-2';
  const { heard, errors, tell } = watching(t, []);
  tell({ leader: first.authority, masters: [first.authority, second.authority] });
  await hears(heard, 'snapshot of master-1: 0 agents');
  tell({ leader: second.authority, masters: [second.authority, first.authority] });
  first.addAgent('S1', '10.0.0.1');
  await hears(heard, 'snapshot of master-1: 0 agents', 'snapshot of master-2: 0 agents');
  t.same(errors, [`${second.authority} is the leading master now`]);
  // What only ZooKeeper has lost sight of goes on
  tell({ leader: undefined, masters: [] });
  tell({ leader: undefined, masters: ['10.0.0.9:5050'] });
  tell({ leader: second.authority, masters: [second.authority] });
  second.addAgent('S1', '10.0.0.1');
  await hears(heard, 'snapshot of master-1: 0 agents', 'snapshot of master-2: 0 agents', 'AGENT_ADDED');
  t.equal(errors.length, 1);
});

t.test('stop ends a wait for a master', async (t) => {
  const { heard, watch } = watching(t, []);
  await watch.stop();
  t.same(heard, []);
});

t.test('stop ends everything', async (t) => {
  const master = await start(t);
  const { heard, watch } = watching(t, [master.authority]);
  await hears(heard, 'snapshot of master-1: 0 agents');
  await watch.stop();
  await watch.stop();
  master.addAgent('S1', '10.0.0.1');
  t.equal(heard.length, 1);
});
