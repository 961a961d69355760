import { hostname } from 'node:os';
import { createHttpClient } from '../../../common/http-client.js';
import { messageOf } from '../../../common/errors.js';
import type { Clock } from '../../../common/time.js';
import type { MetricsOptions } from '../../options.js';
import { CounterDeltas } from './counter-deltas.js';
import { datadogName, datagramsOf, dogstatsdLine } from './lines.js';
import { datadogPartNames, samplesOf } from './samples.js';
import type { Sample } from './samples.js';
import type { Sink, SinkState } from './sink.js';
import { UdpSender } from './udp-sender.js';

type DatadogOptions = NonNullable<MetricsOptions['datadog']>;
type ApiOptions = Extract<DatadogOptions, { protocol: 'api' }>;
type UdpOptions = Extract<DatadogOptions, { protocol: 'udp' }>;

const timeoutMs = 10_000;
const maxAnswerBytes = 64 << 10;

function createUdpSink({ host, port, prefix, tags }: UdpOptions, state: SinkState): Sink {
  const sender = new UdpSender(host, port);
  const deltas = new CounterDeltas();
  return {
    async push(snapshot) {
      const samples = samplesOf(snapshot, datadogPartNames);
      await sender.send(datagramsOf(deltas.since(samples).map((sample) => dogstatsdLine(sample, prefix, tags))));
      deltas.delivered(samples);
      state.works();
    },
    close: () => sender.close(),
  };
}

/** The URL of the series: of a URL that is only a site's, the place there. */
export function seriesUrlOf(url: string): string {
  const parsed = new URL(url);
  if (parsed.pathname === '/') parsed.pathname = '/api/v1/series';
  return parsed.href;
}

function createApiSink(options: ApiOptions, state: SinkState, clock: Clock): Sink {
  const { apiKey, intervalMs, prefix, tags } = options;
  const url = seriesUrlOf(options.url);
  const http = createHttpClient({ timeoutMs, connections: 1, maxBodyBytes: maxAnswerBytes });
  const deltas = new CounterDeltas();
  const host = hostname();

  function seriesOf({ name, kind, value }: Sample, seconds: number): object {
    const metric = datadogName(prefix, name);
    const points = [[seconds, value]];
    return kind === 'counter'
      ? { metric, type: 'count', interval: Math.max(1, Math.round(intervalMs / 1000)), points, host, tags }
      : { metric, type: 'gauge', points, host, tags };
  }

  return {
    async push(snapshot) {
      const samples = samplesOf(snapshot, datadogPartNames);
      const seconds = Math.floor(clock() / 1000);
      const series = deltas.since(samples).map((sample) => seriesOf(sample, seconds));
      try {
        const { status } = await http.request({
          method: 'POST',
          url,
          // In a header, not in the URL: URLs get into logs
          headers: { 'content-type': 'application/json', 'dd-api-key': apiKey },
          body: JSON.stringify({ series }),
        });
        if (status < 200 || status >= 300) throw new Error(`it answered with status ${status}`);
      } catch (error) {
        throw new Error(messageOf(error).replaceAll(apiKey, '[redacted]'));
      }
      deltas.delivered(samples);
      state.works();
    },
    close: () => http.close(),
  };
}

/** Datadog, by its agent (UDP) or directly: counters as their growth, everything else as gauges. */
export function createDatadogSink(options: DatadogOptions, state: SinkState, clock: Clock): Sink {
  return options.protocol === 'udp' ? createUdpSink(options, state) : createApiSink(options, state, clock);
}
