import { longestTimerMs } from './flag.js';
import type { FlagTable } from './flag.js';

const commands = ['up', 'scheduler'] as const;
const common = { group: 'Events, artifacts, plugins', commands, marathon: true } as const;

/** What the scheduler tells others, stores for tasks and loads from others. */
export const eventFlags = {
  event_subscriber: {
    ...common,
    kind: 'choice',
    choices: ['http_callback'],
    text: 'http_callback: post every event to URLs that are given here or at /v2/eventSubscriptions',
  },
  http_endpoints: {
    ...common,
    kind: 'endpoints',
    needs: 'event_subscriber',
    text: 'URLs that get the events from the start: http://host1/foo,http://host2/bar',
    default: [],
  },
  http_event_callback_slow_consumer_timeout: {
    ...common,
    kind: 'milliseconds',
    min: 1,
    max: longestTimerMs,
    needs: 'event_subscriber',
    text: 'a URL that takes longer to answer is slow, and is left alone for a while',
    default: 10_000,
  },
  event_stream_max_outstanding_messages: {
    ...common,
    kind: 'integer',
    min: 1,
    text: 'a client of /v2/events that falls behind by more events is disconnected',
    default: 1024,
  },
  artifact_store: {
    ...common,
    kind: 'url',
    schemes: ['file', 'hdfs'],
    text: 'store of /v2/artifacts and storeUrls: file:///directory, or hdfs://namenode:8020/path?webhdfs=http://namenode:9870',
  },
  artifact_max_bytes: {
    group: 'Events, artifacts, plugins',
    commands,
    kind: 'bytes',
    min: 1,
    text: 'larger artifacts are refused',
    default: 1 << 30,
  },
  plugin_dir: {
    ...common,
    kind: 'path',
    text: 'directory with plugins (ES modules); goes with plugin_conf',
  },
  plugin_conf: {
    ...common,
    kind: 'path',
    text: 'JSON file that says which plugins are used; goes with plugin_dir',
  },
} as const satisfies FlagTable;
