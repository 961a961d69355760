import { prometheusFamilies } from '../../common/metrics.js';
import type { PromFamily, Sample } from '../../common/metrics.js';
import type { Report, Routing } from '../compile/routing-model.js';
import type { CountedLb } from './lb-counts.js';

/** What a load balancer knows of itself at one moment. */
export interface LbReadings {
  readonly counts: CountedLb;
  readonly haproxy: { readonly isUp: boolean; readonly oldProcesses: number };
  readonly source: { readonly connected: boolean; readonly synced: boolean };
  readonly rules: { readonly count: number; readonly isInSync: boolean };
  /** What is not as somebody wants it. */
  readonly reports: readonly Report[];
  /** What is routed; undefined before the first time. */
  readonly routing: Routing | undefined;
  /** Memory of this process, HAProxy's not among it. */
  readonly residentBytes: number;
  readonly version: string;
  readonly nowMs: number;
}

/** Results of those attempts that would have replaced HAProxy, or did. */
const reloadResults = [
  ['ok', 'running'],
  ['refused', 'refused'],
  ['ports_taken', 'ports-taken'],
  ['missing', 'missing'],
  ['failed', 'failed'],
] as const;

const reportKinds: readonly Report['kind'][] = [
  'app',
  'rule',
  'port',
  'template',
  'haproxy',
  'rules-file',
  'rules',
  'catalog',
  'certificate',
];

function labelled(label: string, values: Iterable<readonly [text: string, value: number]>): Sample[] {
  return [...values].map(([text, value]) => ({ labels: { [label]: text }, value }));
}

function counter(name: string, help: string, ...samples: Sample[]): PromFamily {
  return { type: 'counter', name: `ekiden_lb_${name}_total`, help, samples };
}

function gauge(name: string, help: string, value: number | boolean | undefined): PromFamily {
  const samples = value === undefined ? [] : [{ value: Number(value) }];
  return { type: 'gauge', name: `ekiden_lb_${name}`, help, samples };
}

/** What was counted of attempts to bring configurations into force. */
function countedFamilies(counts: CountedLb, nowMs: number): PromFamily[] {
  const { outcomes, changes, reloadDurations, runtimeDurations } = counts;
  const { lastSuccessMs, lastReloadMs, lastCatalogChangeMs } = counts;
  const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);
  const age = (ms: number | undefined): number | undefined =>
    ms === undefined ? undefined : Math.max(0, nowMs - ms) / 1000;
  const reloads = reloadResults.map(([result, kind]) => [result, outcomes.get(kind) ?? 0] as const);
  return [
    counter('updates', 'Attempts to bring a configuration into force', ...labelled('outcome', outcomes)),
    counter('reloads', 'Attempts to replace HAProxy', ...labelled('result', reloads)),
    counter('runtime_changes', 'What a running HAProxy was told', ...labelled('kind', changes)),
    {
      type: 'histogram',
      name: 'ekiden_lb_reload_seconds',
      help: 'From a new configuration to the answer of the new HAProxy',
      buckets: reloadDurations.buckets,
      count: reloadDurations.count,
      sum: reloadDurations.sumSeconds,
    },
    {
      type: 'histogram',
      name: 'ekiden_lb_runtime_change_seconds',
      help: 'What a change without a reload took',
      buckets: runtimeDurations.buckets,
      count: runtimeDurations.count,
      sum: runtimeDurations.sumSeconds,
    },
    gauge('last_success_timestamp_seconds', 'When HAProxy was last as it should be, Unix time', seconds(lastSuccessMs)),
    gauge('last_reload_timestamp_seconds', 'When HAProxy was last replaced, Unix time', seconds(lastReloadMs)),
    gauge('generation_age_seconds', 'Since HAProxy was last replaced by this process', age(lastReloadMs)),
    gauge('catalog_age_seconds', 'Since a scheduler told of a change', age(lastCatalogChangeMs)),
  ];
}

/** The metrics of a load balancer in Prometheus' text format. What is not known is left out. */
export function lbMetrics(readings: LbReadings): Promise<string> {
  const { counts, haproxy, source, rules, reports, routing, nowMs } = readings;
  const byKind = new Map<string, number>(reportKinds.map((kind) => [kind, 0]));
  for (const { kind } of reports) byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
  const servers = routing?.model.backends.reduce((sum, backend) => sum + backend.servers.length, 0);
  return prometheusFamilies([
    {
      type: 'gauge',
      name: 'ekiden_lb_info',
      help: 'Its version',
      samples: [{ labels: { version: readings.version }, value: 1 }],
    },
    ...countedFamilies(counts, nowMs),
    gauge('haproxy_up', '1 while an HAProxy of this load balancer runs', haproxy.isUp),
    gauge('old_processes', 'Replaced HAProxy processes that still serve connections', haproxy.oldProcesses),
    gauge('source_connected', '1 while a scheduler tells of changes as they happen', source.connected),
    gauge('source_synced', '0 until a scheduler has told everything: nothing is rendered before', source.synced),
    gauge('rules', 'Rules in force or rejected', rules.count),
    gauge('rules_in_sync', '0 while what is stored is not what is in force', rules.isInSync),
    {
      type: 'gauge',
      name: 'ekiden_lb_rejected',
      help: 'What is not as somebody wants it, by its kind (GET /ekiden/v1/rejected)',
      samples: labelled('kind', byKind),
    },
    gauge('routes', 'Ways of requests to backends', routing?.routes.length),
    gauge('listeners', 'Service ports that are listened on', routing?.model.listeners.length),
    gauge('backends', 'Backends', routing?.model.backends.length),
    gauge('servers', 'Servers of all backends', servers),
    gauge('draining', 'Instances that are about to be killed and may still be in use', routing?.leaving.length),
    {
      type: 'gauge',
      name: 'process_resident_memory_bytes',
      help: 'Of this process, HAProxy not included',
      samples: [{ value: readings.residentBytes }],
    },
  ]);
}
