import type { MetricsOptions } from '../../options.js';
import { CounterDeltas } from './counter-deltas.js';
import { datagramsOf, statsdLine } from './lines.js';
import { plainPartNames, samplesOf } from './samples.js';
import type { Sink, SinkState } from './sink.js';
import { UdpSender } from './udp-sender.js';

/** StatsD by UDP: counters as their growth, everything else as gauges. */
export function createStatsdSink({ host, port }: NonNullable<MetricsOptions['statsd']>, state: SinkState): Sink {
  const sender = new UdpSender(host, port);
  const deltas = new CounterDeltas();
  return {
    async push(snapshot) {
      const samples = samplesOf(snapshot, plainPartNames);
      await sender.send(datagramsOf(deltas.since(samples).map(statsdLine)));
      deltas.delivered(samples);
      state.works();
    },
    close: () => sender.close(),
  };
}
