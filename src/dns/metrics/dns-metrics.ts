import { prometheusFamilies } from '../../common/metrics.js';
import type { PromFamily, Sample } from '../../common/metrics.js';
import type { KeepStatus } from '../keep/keeper.js';
import type { View } from '../records/view.js';
import type { SourceStatus } from '../source/cluster-source.js';
import type { AnswerCounts, CountName } from './answer-counts.js';
import type { Durations } from '../../common/duration-buckets.js';

/** What a name server knows of itself at one moment. */
export interface DnsReadings {
  /** Of all processes that answer. */
  readonly counts: AnswerCounts;
  /** Processes that answer, when this one does not. */
  readonly workers: { readonly serving: number; readonly wanted: number };
  readonly view: Pick<View, 'tasks' | 'agents' | 'frameworks'>;
  readonly zone: {
    readonly serial: number;
    readonly synced: boolean;
    readonly staleSinceMs: number | null;
    readonly lastChangeMs: number | undefined;
    readonly records: { readonly size: number; readonly nameCount: number };
    readonly waits: { readonly reading: Durations };
  };
  readonly source: SourceStatus;
  /** When a master was last heard of, in milliseconds since 1970. */
  readonly heardAtMs: number | undefined;
  /** How the catalog of the schedulers is followed; absent: it is not to be. */
  readonly catalog: { readonly connected: boolean; readonly synced: boolean } | undefined;
  /** Absent: nothing is kept on disk. */
  readonly keep: KeepStatus | undefined;
  /** Memory of this process. */
  readonly residentBytes: number;
  readonly version: string;
  readonly nowMs: number;
}

const rcodes: readonly (readonly [rcode: string, CountName])[] = [
  ['NOERROR', 'noerror'],
  ['FORMERR', 'formerr'],
  ['SERVFAIL', 'servfail'],
  ['NXDOMAIN', 'nxdomain'],
  ['NOTIMP', 'notimp'],
  ['REFUSED', 'refused'],
  ['other', 'otherRcode'],
];

const replyBounds: readonly (readonly [seconds: number, CountName])[] = [
  [0.00005, 'within50us'],
  [0.0001, 'within100us'],
  [0.00025, 'within250us'],
  [0.001, 'within1ms'],
  [0.01, 'within10ms'],
  [0.1, 'within100ms'],
  [1, 'within1s'],
];

const microsPerSecond = 1_000_000;

function labelled(label: string, values: readonly (readonly [text: string, value: number])[]): Sample[] {
  return values.map(([text, value]) => ({ labels: { [label]: text }, value }));
}

/** What was counted of queries and answers. */
function answerFamilies(counts: AnswerCounts): PromFamily[] {
  const counter = (name: string, help: string, ...samples: Sample[]): PromFamily => {
    return { type: 'counter', name: `ekiden_dns_${name}_total`, help, samples };
  };
  const transports = labelled('transport', [
    ['udp', counts.queriesUdp],
    ['tcp', counts.queriesTcp],
  ]);
  const replies = labelled(
    'rcode',
    rcodes.map(([rcode, name]) => [rcode, counts[name]] as const),
  );
  return [
    counter('queries', 'Messages that came', ...transports),
    counter('replies', 'Replies, those of resolvers among them', ...replies),
    counter('ignored', 'Messages that are not answered', { value: counts.ignored }),
    counter('rate_limited', 'Replies not sent, or sent as TC alone, for the rate limit', { value: counts.rateLimited }),
    counter('truncated', 'Replies with TC, as not all records fit', { value: counts.truncated }),
    counter('forwarded', 'Queries asked of other resolvers', { value: counts.forwarded }),
    counter('forward_cache_hits', 'Queries for other resolvers, answered from the cache', {
      value: counts.forwardCacheHits,
    }),
    counter('forward_failures', 'Queries that no other resolver answered', { value: counts.forwardFailures }),
    counter('zone_transfers', 'Transfers of the whole zone', { value: counts.zoneTransfers }),
    {
      type: 'histogram',
      name: 'ekiden_dns_reply_seconds',
      help: 'From a query to its reply; of those whose time is taken, not of all',
      buckets: replyBounds.map(([bound, name]) => [bound, counts[name]] as const),
      count: counts.timed,
      sum: counts.timedMicros / microsPerSecond,
    },
  ];
}

/** The metrics of a name server in Prometheus' text format. What is not known is left out. */
export function dnsMetrics(readings: DnsReadings): Promise<string> {
  const { view, zone, source, heardAtMs, keep, nowMs } = readings;
  const gauge = (
    name: string,
    help: string,
    ...values: readonly (number | boolean | null | undefined)[]
  ): PromFamily => {
    const samples = values.flatMap((value) =>
      value === undefined || value === null ? [] : [{ value: Number(value) }],
    );
    return { type: 'gauge', name: `ekiden_dns_${name}`, help, samples };
  };
  const counter = (name: string, help: string, ...samples: Sample[]): PromFamily => {
    return { type: 'counter', name: `ekiden_dns_${name}_total`, help, samples };
  };
  const seconds = (ms: number | null | undefined): number | undefined =>
    ms === null || ms === undefined ? undefined : ms / 1000;
  const age = heardAtMs === undefined ? undefined : Math.max(0, nowMs - heardAtMs) / 1000;
  const { reading: waits } = zone.waits;
  const polls = labelled('result', [
    ['ok', source.polls - source.failedPolls],
    ['failed', source.failedPolls],
  ]);
  const saves =
    keep === undefined
      ? []
      : labelled('result', [
          ['ok', keep.saves],
          ['failed', keep.failures],
        ]);
  return prometheusFamilies([
    { ...gauge('info', 'Its version'), type: 'gauge', samples: [{ labels: { version: readings.version }, value: 1 }] },
    ...answerFamilies(readings.counts),
    gauge('workers', 'Processes that answer; 0 wanted: the one that tells this does', readings.workers.serving),
    gauge('workers_wanted', 'Processes that should answer', readings.workers.wanted),
    gauge('records', 'Records of the zone', zone.records.size),
    gauge('names', 'Names that have records', zone.records.nameCount),
    gauge('tasks', 'Tasks that are known, published or not', view.tasks.size),
    gauge('agents', 'Agents that are known', view.agents.size),
    gauge('frameworks', 'Frameworks that are known', view.frameworks.size),
    gauge('serial', 'SOA serial of the zone', zone.serial),
    gauge('synced', '0 until a cluster is known: names of the zone are SERVFAIL', zone.synced),
    gauge('stale', '1 while answers are what was known last, as no master is heard of', zone.staleSinceMs !== null),
    gauge('data_age_seconds', 'Since a master was last heard of', age),
    gauge('last_change_timestamp_seconds', 'When a record last changed, Unix time', seconds(zone.lastChangeMs)),
    gauge('event_stream_up', '1 while a master tells of changes, 0 while it is polled', source.source === 'stream'),
    counter('event_streams', 'Streams of events that began', { value: source.streams }),
    counter('event_stream_breaks', 'Streams of events that broke', { value: source.brokenStreams }),
    counter('polls', 'Times that the whole state was asked for', ...polls),
    gauge('catalog_connected', '1 while a scheduler tells of health and draining', readings.catalog?.connected),
    gauge('catalog_synced', '0 until a scheduler has told everything', readings.catalog?.synced),
    {
      type: 'histogram',
      name: 'ekiden_dns_publish_seconds',
      help: 'From the arrival of a change to the publication of its records',
      buckets: waits.buckets,
      count: waits.count,
      sum: waits.sumSeconds,
    },
    counter('keep_saves', 'Times that what is known was written to disk', ...saves),
    gauge('kept_timestamp_seconds', 'When that was last done, Unix time', seconds(keep?.savedAtMs)),
    {
      type: 'gauge',
      name: 'process_resident_memory_bytes',
      help: 'Of this process, workers not included',
      samples: [{ value: readings.residentBytes }],
    },
  ]);
}
