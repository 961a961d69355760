import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { prometheusContentType, prometheusFamilies } from '../../../src/common/metrics.js';
import { noCounts } from '../../../src/dns/metrics/answer-counts.js';
import { dnsMetrics } from '../../../src/dns/metrics/dns-metrics.js';
import type { DnsReadings } from '../../../src/dns/metrics/dns-metrics.js';
import { DurationBuckets } from '../../../src/common/duration-buckets.js';
import { startFakeMaster } from '../../support/fake-operator-master.js';
import { waitFor } from '../../support/wait.js';
import { dig, haveDig } from '../support/dig.js';
import { startTestDns } from '../support/server.js';

const promtool = ['/usr/bin/promtool', '/usr/local/bin/promtool'].find(existsSync);

/** What `promtool check` says of a text: empty when it has nothing to say. */
async function checked(text: string, ...what: string[]): Promise<string> {
  if (promtool === undefined) return '';
  const args = ['check', ...(what.length > 0 ? what : ['metrics'])];
  const child = spawn(promtool, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)));
  child.stdin.end(text);
  const [status] = (await once(child, 'close')) as [number];
  return status === 0 ? said : `status ${status}: ${said}`;
}

/** Every sample of a text: by its name and labels, as they are written. Throws for a line that is none. */
function samplesOf(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || /^# (HELP|TYPE) [a-z_]+ .+$/.test(line)) continue;
    const [, name, value] = /^([a-z_]+(?:\{[a-z]+="[^"]*"\})?) (\S+)$/.exec(line) ?? [];
    if (name === undefined || Number.isNaN(Number(value)) || samples.has(name)) throw new Error(`"${line}"`);
    samples.set(name, Number(value));
  }
  return samples;
}

function readings(changes: Partial<DnsReadings> = {}): DnsReadings {
  return {
    counts: noCounts(),
    workers: { serving: 0, wanted: 0 },
    catalog: undefined,
    view: { tasks: new Map(), agents: new Map(), frameworks: new Map() },
    zone: {
      serial: 7,
      synced: false,
      staleSinceMs: null,
      lastChangeMs: undefined,
      records: { size: 0, nameCount: 0 },
      waits: new DurationBuckets(),
    },
    source: {
      source: 'poll',
      seen: false,
      lastContactMs: undefined,
      silenceMs: 45_000,
      polls: 0,
      failedPolls: 0,
      streams: 0,
      brokenStreams: 0,
      lastFailure: undefined,
    },
    heardAtMs: undefined,
    keep: undefined,
    residentBytes: 1,
    version: '1.0.0',
    nowMs: 10_000,
    ...changes,
  };
}

t.test('what is counted is told, by labels', async (t) => {
  const counts = {
    ...noCounts(),
    queriesUdp: 7,
    queriesTcp: 2,
    noerror: 5,
    nxdomain: 3,
    otherRcode: 1,
    timed: 4,
    timedMicros: 2_500_000,
    within50us: 1,
    within100us: 2,
    within250us: 3,
    within1ms: 3,
    within10ms: 3,
    within100ms: 3,
    within1s: 3,
  };
  const waits = new DurationBuckets();
  for (const ms of [0, 3, 3, 60_000, -5]) waits.record(ms);
  const text = await dnsMetrics(
    readings({
      counts,
      workers: { serving: 1, wanted: 2 },
      catalog: { connected: true, synced: false },
      heardAtMs: 4_000,
      zone: {
        serial: 7,
        synced: true,
        staleSinceMs: 4_000,
        lastChangeMs: 3_000,
        records: { size: 12, nameCount: 9 },
        waits,
      },
      source: { ...readings().source, source: 'stream', polls: 5, failedPolls: 2, streams: 3, brokenStreams: 2 },
      keep: { savedAtMs: 3_500, saves: 4, failures: 1, problem: undefined },
    }),
  );
  t.equal(await checked(text), '');
  const samples = Object.fromEntries(samplesOf(text));
  t.match(samples, {
    'ekiden_dns_info{version="1.0.0"}': 1,
    'ekiden_dns_queries_total{transport="udp"}': 7,
    'ekiden_dns_queries_total{transport="tcp"}': 2,
    'ekiden_dns_replies_total{rcode="NOERROR"}': 5,
    'ekiden_dns_replies_total{rcode="NXDOMAIN"}': 3,
    'ekiden_dns_replies_total{rcode="SERVFAIL"}': 0,
    'ekiden_dns_replies_total{rcode="other"}': 1,
    'ekiden_dns_reply_seconds_bucket{le="0.00005"}': 1,
    'ekiden_dns_reply_seconds_bucket{le="1"}': 3,
    'ekiden_dns_reply_seconds_bucket{le="+Inf"}': 4,
    ekiden_dns_reply_seconds_sum: 2.5,
    ekiden_dns_reply_seconds_count: 4,
    'ekiden_dns_publish_seconds_bucket{le="0.001"}': 2,
    'ekiden_dns_publish_seconds_bucket{le="10"}': 4,
    ekiden_dns_publish_seconds_count: 5,
    ekiden_dns_workers: 1,
    ekiden_dns_workers_wanted: 2,
    ekiden_dns_catalog_connected: 1,
    ekiden_dns_catalog_synced: 0,
    ekiden_dns_records: 12,
    ekiden_dns_names: 9,
    ekiden_dns_synced: 1,
    ekiden_dns_stale: 1,
    ekiden_dns_data_age_seconds: 6,
    ekiden_dns_last_change_timestamp_seconds: 3,
    ekiden_dns_event_stream_up: 1,
    'ekiden_dns_polls_total{result="ok"}': 3,
    'ekiden_dns_polls_total{result="failed"}': 2,
    'ekiden_dns_keep_saves_total{result="failed"}': 1,
    ekiden_dns_kept_timestamp_seconds: 3.5,
  });
  t.match(text, /# TYPE ekiden_dns_reply_seconds histogram\n/);
  t.match(text, /# TYPE ekiden_dns_queries_total counter\n/);
});

t.test('what is not known is left out', async (t) => {
  const text = await dnsMetrics(readings());
  t.equal(await checked(text), '');
  const samples = samplesOf(text);
  for (const name of [
    'data_age_seconds',
    'last_change_timestamp_seconds',
    'kept_timestamp_seconds',
    'catalog_connected',
  ]) {
    t.notOk(samples.has(`ekiden_dns_${name}`), name);
  }
  t.equal(samples.get('ekiden_dns_synced'), 0);
});

t.test('labels and help are as Prometheus wants them', async (t) => {
  const text = await prometheusFamilies([
    { type: 'gauge', name: 'x', help: 'a "b"\nc', samples: [{ labels: { y: 'a "b"\n\\' }, value: 1.5 }] },
  ]);
  t.equal(text, '# HELP x a "b"\\nc\n# TYPE x gauge\nx{y="a \\"b\\"\\n\\\\"} 1.5\n');
});

t.test('the page about it knows every metric, and its alarms are rules', async (t) => {
  const page = readFileSync('docs/operations/monitoring.md', 'utf8');
  const text = await dnsMetrics(
    readings({
      heardAtMs: 1,
      catalog: { connected: true, synced: true },
      keep: { savedAtMs: 1, saves: 1, failures: 0, problem: undefined },
      zone: { ...readings().zone, lastChangeMs: 1 },
    }),
  );
  const names = [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name);
  for (const name of names) t.ok(page.includes(name.replace(/^ekiden_dns/, '')), name);
  for (const [name] of page.matchAll(/\bekiden_dns_\w+/g)) t.ok(names.includes(name), `${name} is a metric`);
  const rules = join(t.testdir(), 'rules.yml');
  writeFileSync(rules, /```yaml\n(groups:[^`]*)```/.exec(page)?.[1] ?? '');
  t.match(await checked('', 'rules', rules), promtool === undefined ? '' : /SUCCESS: 6 rules found/);
});

t.test('GET /metrics', { skip: !(await haveDig()) && 'dig is not installed (package bind9-dnsutils)' }, async (t) => {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  master.addAgent('x-S1', '10.0.0.1');
  master.addFramework('F1', 'marathon');
  master.addTask({ id: 'web.1', name: 'web', agentId: 'x-S1', ip: '172.16.0.5' });
  const dns = await startTestDns(t, { master: master.authority, stateDir: t.testdir() });
  await dns.synced();
  await waitFor('the file', async () => (await dns.status()).kept?.savedAt ?? undefined);
  await dig(dns.port, 'web.marathon.mesos');
  await dig(dns.port, '+tcp', 'nope.marathon.mesos');
  const answer = await fetch(`${dns.http}/metrics`);
  t.equal(answer.headers.get('content-type'), prometheusContentType);
  const text = await answer.text();
  t.equal(await checked(text), '');
  const samples = Object.fromEntries(samplesOf(text));
  t.match(samples, {
    'ekiden_dns_queries_total{transport="udp"}': 1,
    'ekiden_dns_queries_total{transport="tcp"}': 1,
    'ekiden_dns_replies_total{rcode="NOERROR"}': 1,
    'ekiden_dns_replies_total{rcode="NXDOMAIN"}': 1,
    ekiden_dns_tasks: 1,
    ekiden_dns_agents: 1,
    ekiden_dns_synced: 1,
    ekiden_dns_stale: 0,
    ekiden_dns_event_stream_up: 1,
    ekiden_dns_event_streams_total: 1,
    'ekiden_dns_keep_saves_total{result="ok"}': 1,
  });
  t.ok((samples['ekiden_dns_records'] ?? 0) > (samples['ekiden_dns_names'] ?? 0) / 2);
  t.ok((samples['ekiden_dns_publish_seconds_count'] ?? 0) > 0);
});
