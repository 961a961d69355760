// The stream of events and the poll where ZooKeeper tells who leads.
import type { Test } from 'tap';
import t from 'tap';
import { createHttpClient } from '../../../src/common/http-client.js';
import { ClusterView, graceFor } from '../../../src/dns/source/cluster-view.js';
import type { ClusterSource } from '../../../src/dns/source/cluster-source.js';
import { startClusterSource } from '../../../src/dns/source/cluster-source.js';
import type { KnownMasters } from '../../../src/mesos/master-source.js';
import { startFakeMaster } from '../../support/fake-operator-master.js';
import type { FakeMaster } from '../../support/fake-operator-master.js';
import { toldMasters } from '../../support/master-access.js';
import { memoryLogger } from '../../support/memory-logger.js';
import type { LogLine } from '../../support/memory-logger.js';
import { waitFor } from '../../support/wait.js';

interface Watched {
  readonly view: ClusterView;
  readonly source: ClusterSource;
  readonly tell: (masters: KnownMasters) => void;
  readonly lines: readonly LogLine[];
}

function watch(t: Test, { clock = Date.now, grace = graceFor(3_600_000) } = {}): Watched {
  const http = createHttpClient({ timeoutMs: 5_000 });
  const { access, tell } = toldMasters(http);
  const { logger, lines } = memoryLogger();
  const view = new ClusterView(grace);
  const source = startClusterSource({
    view,
    masters: access,
    refreshMs: 3_600_000,
    onChange: () => undefined,
    logger,
    clock,
    random: Math.random,
    resolveHost: () => Promise.resolve([]),
  });
  t.teardown(async () => {
    await source.stop();
    await http.close();
  });
  return { view, source, tell, lines };
}

async function master(t: Test, id: string): Promise<FakeMaster> {
  const fake = await startFakeMaster();
  t.teardown(() => fake.stop());
  fake.id = id;
  return fake;
}

function hostPort(authority: string): { host: string; port: number } {
  const [host = '', port] = authority.split(':');
  return { host, port: Number(port) };
}

/** The whole cluster as it was before the election. */
function fill(fake: FakeMaster): void {
  fake.addAgent('S1', '10.0.0.1');
  fake.addFramework('F1', 'marathon');
  fake.addTask({ id: 'web.1', name: 'web' });
}

t.test('the stream moves at once, and a leader that knows nothing yet wipes nothing', async (t) => {
  const first = await master(t, 'm1');
  const second = await master(t, 'm2');
  fill(first);
  const { view, source, tell, lines } = watch(t);
  t.match(source.status(), { source: 'poll', seen: false });
  tell({ leader: first.authority, masters: [first.authority, second.authority] });
  await waitFor('the stream', () => source.status().source === 'stream');
  t.equal(view.tasks.size, 1);

  tell({ leader: second.authority, masters: [second.authority, first.authority] });
  t.strictSame(view.leader, hostPort(second.authority), 'its name leads there before it has said anything');
  await waitFor('the new stream', () => source.status().source === 'stream' && second.asked.subscribe === 1);
  t.equal(view.tasks.size, 1, 'agents that have not registered again are still there');
  t.ok(lines.some(({ reason }) => reason === `${second.authority} is the leading master now`));

  first.removeAgent('S1');
  first.updateTask('web.1', 'TASK_KILLED');
  second.addAgent('S1', '10.0.0.1');
  second.addFramework('F1', 'marathon');
  second.addTask({ id: 'web.1', name: 'web' });
  second.addTask({ id: 'web.2', name: 'web' });
  await waitFor('the new task', () => view.tasks.size === 2);
  t.equal([...view.tasks.values()].filter(({ running }) => running).length, 2, 'the old leader is heard no more');
});

t.test('a stream goes on while ZooKeeper knows of no leader', async (t) => {
  const only = await master(t, 'm1');
  fill(only);
  const { view, source, tell } = watch(t);
  tell({ leader: only.authority, masters: [only.authority] });
  await waitFor('the stream', () => source.status().source === 'stream');
  tell({ leader: undefined, masters: [] });
  only.addTask({ id: 'web.2', name: 'web' });
  await waitFor('the event', () => view.tasks.size === 2);
  t.strictSame(view.leader, hostPort(only.authority));
  t.equal(only.asked.subscribe, 1);
});

t.test('the state is polled from the new leader where there is no stream', async (t) => {
  const first = await master(t, 'm1');
  const second = await master(t, 'm2');
  first.api = 404;
  second.api = 404;
  fill(first);
  fill(second);
  second.addTask({ id: 'web.2', name: 'web' });
  const { view, tell } = watch(t);
  tell({ leader: first.authority, masters: [first.authority, second.authority] });
  await waitFor('the first poll', () => view.tasks.size === 1);
  tell({ leader: second.authority, masters: [second.authority] });
  await waitFor('the second poll', () => view.tasks.size === 2);
});

t.test('what a new leader does not know expires, though the clock of the machine is set back', async (t) => {
  const first = await master(t, 'm1');
  const second = await master(t, 'm2');
  fill(first);
  let nowMs = 1e12;
  const grace = { electionMs: 200, recoveredMs: 200, tasksMs: 200 };
  const { view, source, tell } = watch(t, { clock: () => nowMs, grace });
  tell({ leader: first.authority, masters: [first.authority, second.authority] });
  await waitFor('the stream', () => source.status().source === 'stream');
  tell({ leader: second.authority, masters: [second.authority, first.authority] });
  await waitFor('the new stream', () => source.status().source === 'stream' && second.asked.subscribe === 1);
  nowMs -= 3_600_000;
  await waitFor('the end of the grace period', () => view.tasks.size + view.agents.size === 0);
});
