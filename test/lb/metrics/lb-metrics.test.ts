import t from 'tap';
import { spawnSync } from 'node:child_process';
import type { ProxyControl } from '../../../src/lb/apply/proxy-control.js';
import type { Routing } from '../../../src/lb/compile/routing-model.js';
import { LbCounts } from '../../../src/lb/metrics/lb-counts.js';
import { lbMetrics } from '../../../src/lb/metrics/lb-metrics.js';
import type { LbReadings } from '../../../src/lb/metrics/lb-metrics.js';
import { meteredControl } from '../../../src/lb/metrics/metered-control.js';

const readings = (counts: LbCounts, more: Partial<LbReadings> = {}): LbReadings => ({
  counts: counts.reading,
  haproxy: { isUp: true, oldProcesses: 2 },
  source: { connected: true, synced: true },
  rules: { count: 3, isInSync: false },
  reports: [],
  routing: undefined,
  residentBytes: 1_000,
  version: '1.2.3',
  nowMs: 61_000,
  ...more,
});

t.test('what is counted', async (t) => {
  let now = 1_000;
  const counts = new LbCounts(() => now);
  counts.catalogChanged();
  counts.outcome({ kind: 'running', reasons: [], durationMs: 120 });
  now = 11_000;
  counts.outcome({
    kind: 'changed',
    changes: [{ kind: 'set-state', backend: 'b', server: 's', state: 'drain' }],
    durationMs: 3,
  });
  now = 21_000;
  counts.outcome({ kind: 'refused', message: '', lines: [] });
  counts.outcome({ kind: 'failed', message: '' });
  const routing = {
    routes: [1, 2],
    leaving: [1],
    model: { listeners: [], backends: [{ servers: [1, 2] }, { servers: [3] }] },
  } as unknown as Routing;
  const reports = [{ kind: 'rule', id: '/a', reason: '' } as const];
  const text = await lbMetrics(readings(counts, { routing, reports }));
  for (const line of [
    'ekiden_lb_info{version="1.2.3"} 1',
    'ekiden_lb_updates_total{outcome="running"} 1',
    'ekiden_lb_reloads_total{result="ok"} 1',
    'ekiden_lb_reloads_total{result="refused"} 1',
    'ekiden_lb_reloads_total{result="ports_taken"} 0',
    'ekiden_lb_runtime_changes_total{kind="set-state"} 1',
    'ekiden_lb_reload_seconds_count 1',
    'ekiden_lb_reload_seconds_sum 0.12',
    'ekiden_lb_runtime_change_seconds_bucket{le="0.005"} 1',
    'ekiden_lb_last_success_timestamp_seconds 11',
    'ekiden_lb_last_reload_timestamp_seconds 1',
    'ekiden_lb_generation_age_seconds 60',
    'ekiden_lb_catalog_age_seconds 60',
    'ekiden_lb_haproxy_up 1',
    'ekiden_lb_old_processes 2',
    'ekiden_lb_rules 3',
    'ekiden_lb_rules_in_sync 0',
    'ekiden_lb_rejected{kind="rule"} 1',
    'ekiden_lb_rejected{kind="app"} 0',
    'ekiden_lb_routes 2',
    'ekiden_lb_servers 3',
    'ekiden_lb_draining 1',
  ]) {
    t.ok(text.split('\n').includes(line), line);
  }
});

t.test('what is not known is left out', async (t) => {
  const text = await lbMetrics(readings(new LbCounts()));
  t.notMatch(text, /last_success|last_reload|generation_age|catalog_age|ekiden_lb_routes|NaN/);
});

const promtool = spawnSync('promtool', ['--version']);
t.test(
  'promtool has nothing against it',
  { skip: promtool.error === undefined ? false : `promtool cannot be run here: ${promtool.error.message}` },
  async (t) => {
    const counts = new LbCounts();
    counts.outcome({ kind: 'running', reasons: [], durationMs: 120 });
    const input = await lbMetrics(readings(counts));
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
    t.equal(status, 0, stderr);
    t.equal(stderr, '');
  },
);

t.test('a control is counted, and otherwise as it was', async (t) => {
  const counts = new LbCounts();
  const outcomes = [{ kind: 'unchanged' }, { kind: 'missing' }] as const;
  let next = 0;
  const control = {
    running: { pid: 7, text: undefined, generation: undefined },
    oldProcesses: 4,
    apply: () => Promise.resolve(outcomes[next++ % 2]),
    startLastGood: () => Promise.resolve(undefined),
  } as unknown as ProxyControl;
  const metered = meteredControl(control, counts);
  t.equal(metered.running?.pid, 7);
  t.equal(metered.oldProcesses, 4);
  t.same(await metered.apply({ text: '', generation: '', maps: [] }, { mayReload: true }), outcomes[0]);
  t.same(await metered.apply({ text: '', generation: '', maps: [] }, { mayReload: true }), outcomes[1]);
  t.equal(await metered.startLastGood(), undefined);
  t.equal(counts.reading.outcomes.get('unchanged'), 1);
  t.equal(counts.reading.outcomes.get('missing'), 1);
});
