import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Test } from 'tap';

/** A StatsD server: what was last said of each name, and its type (`g`, `c` …). */
export interface StatsdSink {
  readonly port: number;
  readonly gauges: ReadonlyMap<string, number>;
  /** The sum of what was pushed. */
  readonly counters: ReadonlyMap<string, number>;
  /** Lines that are none of StatsD's. */
  readonly strange: readonly string[];
}

/** Starts one on 127.0.0.1; it ends with the test. */
export async function startStatsdSink(t: Test): Promise<StatsdSink> {
  const socket = createSocket('udp4');
  const gauges = new Map<string, number>();
  const counters = new Map<string, number>();
  const strange: string[] = [];
  socket.on('message', (datagram) => {
    for (const line of datagram.toString('utf8').split('\n')) {
      const [, name = '', value = '', type = ''] = /^([\w.-]+):([-+.\de]+)\|(\w+)$/.exec(line) ?? [];
      if (type === 'g') gauges.set(name, Number(value));
      else if (type === 'c') counters.set(name, (counters.get(name) ?? 0) + Number(value));
      else if (line !== '') strange.push(line);
    }
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.teardown(() => new Promise<void>((resolve) => socket.close(resolve)));
  return { port: socket.address().port, gauges, counters, strange };
}
