import type { MetricsSnapshot } from '../../../common/metrics.js';
import type { Clock } from '../../../common/time.js';
import type { MetricsOptions } from '../../options.js';
import { datagramsOf, graphiteLine } from './lines.js';
import { plainPartNames, samplesOf } from './samples.js';
import type { Sink, SinkState } from './sink.js';
import { TcpSender } from './tcp-sender.js';
import { UdpSender } from './udp-sender.js';

/** Graphite's plaintext protocol, by TCP or UDP. What happens while it is away is sent when it is back, as far as it was kept. */
export function createGraphiteSink(
  { protocol, host, port, prefix }: NonNullable<MetricsOptions['graphite']>,
  state: SinkState,
  clock: Clock,
): Sink {
  function linesOf(snapshot: MetricsSnapshot): readonly string[] {
    const seconds = Math.floor(clock() / 1000);
    return samplesOf(snapshot, plainPartNames).map((sample) => graphiteLine(sample, prefix, seconds));
  }
  if (protocol === 'tcp') {
    const sender = new TcpSender({ host, port, state });
    return {
      push(snapshot) {
        sender.send(`${linesOf(snapshot).join('\n')}\n`);
        return Promise.resolve();
      },
      close: () => sender.close(),
    };
  }
  const sender = new UdpSender(host, port);
  return {
    async push(snapshot) {
      await sender.send(datagramsOf(linesOf(snapshot)).map((datagram) => `${datagram}\n`));
      state.works();
    },
    close: () => sender.close(),
  };
}
