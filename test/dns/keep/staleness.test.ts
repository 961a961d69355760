import t from 'tap';
import { staleSince } from '../../../src/dns/keep/staleness.js';
import { ZoneState } from '../../../src/dns/zone-state.js';
import type { ZoneChange } from '../../../src/dns/served/zone-change.js';
import { silentLogger } from '../../../src/common/logger.js';
import { defaultSoa } from '../../../src/dns/options.js';
import { openMasterAccess } from '../../../src/mesos/master-access.js';
import { startClusterSource } from '../../../src/dns/source/cluster-source.js';
import { startFakeMaster } from '../../support/fake-operator-master.js';
import { waitFor } from '../../support/wait.js';
import { recordOptions, viewTask } from '../support/cluster.js';
import { testDnsOptions } from '../support/server.js';
import { emptyView, largeView } from './support/views.js';

t.test('since when', (t) => {
  const heard = { lastContactMs: 100_000, silenceMs: 45_000 };
  t.equal(staleSince(heard, undefined, 100_000), null);
  t.equal(staleSince(heard, undefined, 145_000), null, 'not at every hiccup');
  t.equal(staleSince(heard, undefined, 145_001), 100_000);
  t.equal(staleSince(heard, 5, 120_000), null, 'what was before this process counts no more');
  t.equal(staleSince({ ...heard, lastContactMs: undefined }, 5, 6), 5, 'known from before, and nothing heard yet');
  t.equal(staleSince({ ...heard, lastContactMs: undefined }, undefined, 6), null, 'nothing is known');
  t.end();
});

t.test('how long a master may be silent depends on how it is heard', async (t) => {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  const masters = await openMasterAccess(master.authority, testDnsOptions.mesos, {
    logger: silentLogger,
    random: () => 0.5,
  });
  let nowMs = 1_000_000;
  const source = startClusterSource({
    view: emptyView(),
    masters,
    refreshMs: 60_000,
    onChange: () => undefined,
    logger: silentLogger,
    clock: () => nowMs,
    random: () => 0.5,
    resolveHost: async () => [],
  });
  t.teardown(async () => {
    await source.stop();
    await masters.close();
  });
  await waitFor('the stream', () => source.status().source === 'stream');
  await waitFor('the poll that checks it', () => source.status().polls === 1 && master.asked.state === 1);
  t.match(source.status(), { silenceMs: 45_000, lastContactMs: 1_000_000, streams: 1, failedPolls: 0 });
  nowMs += 10_000;
  master.send({ type: 'HEARTBEAT' });
  await waitFor('the heartbeat', () => source.status().lastContactMs === nowMs);
  master.api = 404;
  master.disconnect();
  nowMs += 10_000;
  await waitFor('a poll in its place', () => source.status().lastContactMs === nowMs);
  t.match(source.status(), { source: 'poll', silenceMs: 150_000, brokenStreams: 1 });
});

t.test('the zone is old at once, and fresh when its records are', async (t) => {
  const view = largeView(1_000);
  let nowMs = 1_000_000;
  const zone = new ZoneState({
    view,
    settings: { domain: 'mesos', ttlSeconds: 60, srvWeight: 1, soa: defaultSoa('mesos') },
    recordOptions,
    clock: () => nowMs,
    logger: silentLogger,
  });
  t.teardown(() => zone.stop());
  zone.setStaleSince(999_000);
  zone.follow(true);
  await zone.settled();
  t.match(zone, { synced: true, staleSinceMs: 999_000 });

  const changes: ZoneChange[] = [];
  t.teardown(zone.subscribe((change) => changes.push(change)));
  t.match(changes, [{ synced: true, staleSinceMs: 999_000 }]);
  for (let i = 0; i < 600; i++) view.setTask(viewTask({ id: `new.${i}`, agentId: 'a-S1' }));
  zone.setStaleSince(null);
  zone.setStaleSince(null);
  nowMs += 30;
  await zone.settled();
  t.strictSame(
    changes.map(({ staleSinceMs }) => staleSinceMs),
    [999_000, 999_000, 999_000, null],
    'three turns of work: the last one says it',
  );
  zone.setStaleSince(null);
  await zone.settled();
  t.equal(changes.length, 4, 'the same again is no news');
  zone.setStaleSince(1_000_030);
  await zone.settled();
  t.match(changes.at(-1), { names: [], staleSinceMs: 1_000_030 });
  t.match(zone.waits.reading, { count: 2, sumSeconds: 0.03 });
});
