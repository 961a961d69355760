import t from 'tap';
import type { OverviewApp, OverviewSnapshot } from '../../src/ui/api/overview.js';
import { OverviewData } from '../../src/ui/stores/overview-data.js';

function app(id: string, instances = 1): OverviewApp {
  return {
    id,
    kind: 'app',
    status: 'Running',
    instances,
    counts: { healthy: instances, unhealthy: 0, unknown: 0, staged: 0, overCapacity: 0, unscheduled: 0 },
    cpus: 0.1,
    mem: 32,
    disk: 0,
    gpus: 0,
    labels: {},
    version: 'v1',
    runs: 'sleep',
    deployment: null,
    delayedUntil: null,
    draining: 0,
    revision: 1,
  };
}

function snapshot(change: Partial<OverviewSnapshot>): OverviewSnapshot {
  return {
    epoch: 'e',
    first: true,
    complete: true,
    apps: [],
    groups: ['/'],
    deployments: [],
    scheduler: { connected: true, master: null, frameworkId: null, queued: 0 },
    ...change,
  };
}

t.test('a snapshot takes effect when it is complete, and replaces what was known', (t) => {
  const data = new OverviewData();
  data.takeSnapshot(snapshot({ apps: [app('/old')] }));
  t.equal(data.takeSnapshot(snapshot({ complete: false, apps: [app('/a')], groups: ['/', '/g'] })), false);
  t.same([...data.apps.keys()], ['/old'], 'the last known stays until then');
  // The connection broke in the middle, and another snapshot begins
  t.equal(data.takeSnapshot(snapshot({ complete: false, apps: [app('/b')], groups: ['/', '/h'] })), false);
  t.equal(data.takeSnapshot(snapshot({ first: false, apps: [app('/c')], groups: [] })), true);
  t.same([...data.apps.keys()], ['/b', '/c']);
  t.same(data.groups, ['/', '/h']);
  t.end();
});

t.test('a change holds only what is different', (t) => {
  const data = new OverviewData();
  data.takeSnapshot(snapshot({ apps: [app('/a'), app('/b')] }));
  data.takeChange({ apps: [app('/b', 5), app('/c')], removedApps: ['/a'] });
  t.same(
    [...data.apps.values()].map(({ id, instances }) => `${id} ${instances}`),
    ['/b 5', '/c 1'],
  );
  t.same(data.groups, ['/']);
  data.takeChange({
    apps: [],
    removedApps: [],
    groups: ['/', '/g'],
    scheduler: { ...snapshot({}).scheduler, queued: 2 },
  });
  t.same(data.groups, ['/', '/g']);
  t.equal(data.scheduler?.queued, 2);
  // Removed and made anew between two messages: it is there
  data.takeChange({ apps: [app('/b', 7)], removedApps: ['/b'] });
  t.equal(data.apps.get('/b')?.instances, 7);
  t.end();
});
