import { longestTimerMs } from './flag.js';
import type { FlagTable } from './flag.js';

const commands = ['up', 'scheduler'] as const;
const common = { group: 'Metrics', commands, marathon: true } as const;
/** Where a push goes: no port of ours. */
const remotePort = { kind: 'integer', min: 1, max: 65_535 } as const;

/** What `/metrics` shows, and where it is pushed. */
export const metricsFlags = {
  metrics_name_prefix: {
    ...common,
    kind: 'string',
    text: 'first part of all names',
    default: 'marathon',
  },
  metrics_prometheus: {
    ...common,
    kind: 'boolean',
    toggle: true,
    text: 'serve /metrics/prometheus',
    default: true,
  },
  metrics_seed_names: {
    group: 'Metrics',
    commands,
    kind: 'boolean',
    text: '/metrics in the names and the shape of Marathon 0.15',
    default: false,
  },
  metrics_statsd: {
    ...common,
    kind: 'boolean',
    toggle: true,
    text: 'push to StatsD, over UDP',
    default: false,
  },
  metrics_statsd_host: {
    ...common,
    kind: 'host',
    needs: 'metrics_statsd',
    text: 'its host',
  },
  metrics_statsd_port: {
    ...common,
    ...remotePort,
    needs: 'metrics_statsd',
    text: 'its port',
    default: 8125,
  },
  metrics_statsd_transmission_interval_ms: {
    ...common,
    kind: 'milliseconds',
    min: 1,
    max: longestTimerMs,
    needs: 'metrics_statsd',
    text: 'time between two pushes',
    default: 10_000,
  },
  metrics_datadog: {
    ...common,
    kind: 'boolean',
    toggle: true,
    text: 'push to Datadog',
    default: false,
  },
  metrics_datadog_protocol: {
    ...common,
    kind: 'choice',
    choices: ['udp', 'api'],
    needs: 'metrics_datadog',
    text: 'udp: to an agent; api: to Datadog itself, with a key',
    default: 'udp',
  },
  metrics_datadog_host: {
    ...common,
    kind: 'host',
    needs: 'metrics_datadog',
    text: 'the agent; with api the site',
    defaultText: 'with api app.datadoghq.com',
  },
  metrics_datadog_port: {
    ...common,
    ...remotePort,
    needs: 'metrics_datadog',
    text: 'its port',
    defaultText: '8125, with api 443',
  },
  metrics_datadog_api_key: {
    ...common,
    kind: 'string',
    secret: true,
    needs: 'metrics_datadog',
    text: 'the key for api',
  },
  metrics_datadog_transmission_interval_ms: {
    ...common,
    kind: 'milliseconds',
    min: 1,
    max: longestTimerMs,
    needs: 'metrics_datadog',
    text: 'time between two pushes',
    default: 10_000,
  },
  reporter_graphite: {
    ...common,
    kind: 'url',
    schemes: ['tcp', 'udp'],
    text: 'push to Graphite: tcp://host:2003?prefix=marathon&interval=10, the interval in seconds',
  },
  reporter_datadog: {
    ...common,
    kind: 'url',
    schemes: ['udp', 'http', 'https'],
    secret: true,
    text: 'push to Datadog: udp://host:8125?prefix=marathon&tags=a,b&interval=10, or http://datadog?apiKey=…, whose host is not used',
  },
} as const satisfies FlagTable;
