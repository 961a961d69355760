import { UsageError } from '../common/errors.js';
import type { MetricsOptions } from '../scheduler/options.js';
import type { Settings } from './flags.js';

/** Where Datadog takes metrics over HTTP. */
const datadogSite = 'app.datadoghq.com';
const datadogPath = '/api/v1/series';
const datadogPort = 8125;
const graphitePort = 2003;
/** What Marathon's reporters did when their URL did not say otherwise. */
const seedIntervalSeconds = 10;
const seedDatadogPrefix = 'marathon_test';

/** Where metrics go, in which form. Throws UsageError for what does not go together. */
export function metricsOptions(settings: Settings): MetricsOptions {
  return {
    namePrefix: settings.metrics_name_prefix,
    prometheus: settings.metrics_prometheus,
    seedNames: settings.metrics_seed_names,
    statsd: statsd(settings),
    datadog: datadog(settings),
    graphite: settings.reporter_graphite === undefined ? undefined : graphite(settings.reporter_graphite),
  };
}

function statsd(settings: Settings): MetricsOptions['statsd'] {
  if (!settings.metrics_statsd) return undefined;
  return {
    host: required(settings.metrics_statsd_host, '--metrics_statsd needs --metrics_statsd_host'),
    port: settings.metrics_statsd_port,
    intervalMs: settings.metrics_statsd_transmission_interval_ms,
  };
}

function datadog(settings: Settings): MetricsOptions['datadog'] {
  const { metrics_datadog, reporter_datadog } = settings;
  if (metrics_datadog && reporter_datadog !== undefined) {
    throw new UsageError('--metrics_datadog and --reporter_datadog are two ways to say the same: give only one');
  }
  if (reporter_datadog !== undefined) return seedDatadog(reporter_datadog);
  if (!metrics_datadog) return undefined;
  const common = { intervalMs: settings.metrics_datadog_transmission_interval_ms, prefix: '', tags: [] };
  if (settings.metrics_datadog_protocol === 'udp') {
    return {
      ...common,
      protocol: 'udp',
      host: required(settings.metrics_datadog_host, '--metrics_datadog needs --metrics_datadog_host'),
      port: settings.metrics_datadog_port ?? datadogPort,
    };
  }
  const { metrics_datadog_host: host = datadogSite, metrics_datadog_port: port = 443 } = settings;
  return {
    ...common,
    protocol: 'api',
    url: `https://${host}${port === 443 ? '' : `:${port}`}${datadogPath}`,
    apiKey: required(
      settings.metrics_datadog_api_key,
      '--metrics_datadog_protocol api needs --metrics_datadog_api_key',
    ),
  };
}

/** `--reporter_datadog udp://host:port?…` or `http://ignored?apiKey=…` */
function seedDatadog(text: string): MetricsOptions['datadog'] {
  const { url, parameter, intervalMs } = reporter('reporter_datadog', text);
  const common = {
    intervalMs,
    prefix: parameter('prefix') ?? seedDatadogPrefix,
    tags: (parameter('tags') ?? '').split(',').filter((tag) => tag !== ''),
  };
  if (url.protocol === 'udp:')
    return { ...common, protocol: 'udp', ...addressOf('reporter_datadog', url, datadogPort) };
  return {
    ...common,
    protocol: 'api',
    url: `https://${datadogSite}${datadogPath}`,
    apiKey: required(parameter('apiKey'), '--reporter_datadog over http needs apiKey=… in its URL'),
  };
}

/** `--reporter_graphite tcp://host:port?prefix=…&interval=…` */
function graphite(text: string): NonNullable<MetricsOptions['graphite']> {
  const { url, parameter, intervalMs } = reporter('reporter_graphite', text);
  return {
    protocol: url.protocol === 'udp:' ? 'udp' : 'tcp',
    ...addressOf('reporter_graphite', url, graphitePort),
    intervalMs,
    prefix: parameter('prefix') ?? '',
  };
}

/** What the URLs of the seed era's reporters have in common. The interval is in seconds there. */
function reporter(
  flag: string,
  text: string,
): { url: URL; parameter: (name: string) => string | undefined; intervalMs: number } {
  const url = new URL(text);
  const parameter = (name: string): string | undefined => url.searchParams.get(name) ?? undefined;
  const interval = parameter('interval');
  if (interval !== undefined && !/^[1-9]\d{0,5}$/.test(interval)) {
    throw new UsageError(`--${flag}: interval=${interval} is not a whole number of seconds (1 or more)`);
  }
  return { url, parameter, intervalMs: 1_000 * Number(interval ?? seedIntervalSeconds) };
}

function addressOf(flag: string, url: URL, usualPort: number): { host: string; port: number } {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (host === '') throw new UsageError(`--${flag}: the URL names no host`);
  return { host, port: url.port === '' ? usualPort : Number(url.port) };
}

function required(value: string | undefined, problem: string): string {
  if (value === undefined || value === '') throw new UsageError(problem);
  return value;
}
