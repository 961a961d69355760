import { createSocket } from 'node:dgram';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import type { Logger } from '../../../src/common/logger.js';
import { MetricRegistry } from '../../../src/common/metrics.js';
import type { Counter } from '../../../src/common/metrics.js';
import { SinkState } from '../../../src/scheduler/metrics/push/sink.js';
import { startPushing } from '../../../src/scheduler/metrics/push/start-pushing.js';
import type { Pushing } from '../../../src/scheduler/metrics/push/start-pushing.js';
import { TcpSender } from '../../../src/scheduler/metrics/push/tcp-sender.js';
import type { MetricsOptions } from '../../../src/scheduler/options.js';
import { listenOnFreePort } from '../../support/listen.js';
import { waitFor } from '../../support/wait.js';

const intervalMs = 20;
const nothing: MetricsOptions = {
  namePrefix: 'marathon',
  prometheus: true,
  seedNames: false,
  statsd: undefined,
  datadog: undefined,
  graphite: undefined,
};

interface LogLine {
  readonly level: string;
  readonly text: string;
}

function aLogger(): { logger: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const log =
    (level: string) =>
    (fields: object, message: string): void =>
      void lines.push({ level, text: `${message} ${JSON.stringify(fields)}` });
  const logger: Logger = {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    child: () => logger,
  };
  return { logger, lines };
}

/** Pushes a few metrics until the test ends. */
function push(t: Test, options: Partial<MetricsOptions>): { counter: Counter; lines: LogLine[]; pushing: Pushing } {
  const registry = new MetricRegistry();
  const counter = registry.counter('marathon.tasks.launched.counter', 'Launched');
  registry.gauge('marathon.jvm.memory.non-heap.max.gauge.bytes', 'No limit', () => -1);
  registry.timer('marathon.http.requests.duration.timer.seconds', 'Requests').record(250);
  const { logger, lines } = aLogger();
  const pushing = startPushing({ ...nothing, ...options }, () => registry.snapshot(), { clock: Date.now, logger });
  t.teardown(() => pushing.close());
  return { counter, lines, pushing };
}

/** Takes datagrams until the test ends. */
async function aUdpSink(t: Test): Promise<{ port: number; datagrams: string[] }> {
  const socket = createSocket('udp4');
  const datagrams: string[] = [];
  socket.on('message', (message) => datagrams.push(message.toString()));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  t.teardown(() => void socket.close());
  return { port: socket.address().port, datagrams };
}

const linesOf = (datagrams: readonly string[]): string[] => datagrams.flatMap((datagram) => datagram.split('\n'));

t.test('StatsD: gauges, and counters by their growth', async (t) => {
  const { port, datagrams } = await aUdpSink(t);
  const { counter, lines } = push(t, { statsd: { host: '127.0.0.1', port, intervalMs } });
  await waitFor('the first report', () => linesOf(datagrams).includes('marathon.tasks.launched.counter:0|c'));
  counter.increment(4);
  await waitFor('the growth', () => linesOf(datagrams).includes('marathon.tasks.launched.counter:4|c'));
  await waitFor('no growth after it', () => {
    const counts = linesOf(datagrams).filter((line) => line.startsWith('marathon.tasks.launched.counter:'));
    return counts.at(-1) === 'marathon.tasks.launched.counter:0|c';
  });
  const sums = linesOf(datagrams).flatMap(
    (line) => /^marathon\.tasks\.launched\.counter:(\d+)\|c$/.exec(line)?.[1] ?? [],
  );
  t.equal(
    sums.reduce((sum, text) => sum + Number(text), 0),
    4,
    'what is counted is sent once',
  );
  t.ok(linesOf(datagrams).includes('marathon.http.requests.duration.timer.seconds.count:1|g'));
  t.ok(
    linesOf(datagrams).some((line) =>
      /^marathon\.http\.requests\.duration\.timer\.seconds\.p999:0\.25\d*\|g$/.test(line),
    ),
  );
  t.ok(datagrams.every((datagram) => datagram.length <= 1432));
  for (const line of linesOf(datagrams)) {
    if (!/^[\w.-]+:-?[\d.]+\|[cg]$/.test(line)) t.fail(`not a line for StatsD: ${line}`);
  }
  t.same(lines, []);
});

t.test("Datadog's agent: tags, a prefix, its names", async (t) => {
  const { port, datagrams } = await aUdpSink(t);
  push(t, {
    datadog: { protocol: 'udp', host: '127.0.0.1', port, intervalMs, prefix: 'test', tags: ['env:prod', 'marathon'] },
  });
  const expected = 'test.marathon.jvm.memory.non_heap.max.gauge.bytes:-1|g|#env:prod,marathon';
  await waitFor('a report', () => linesOf(datagrams).includes(expected));
  t.ok(
    linesOf(datagrams).some((line) =>
      line.startsWith('test.marathon.http.requests.duration.timer.seconds.99percentile:0.25'),
    ),
  );
});

interface Series {
  readonly metric: string;
  readonly type: string;
  readonly interval?: number;
  readonly points: readonly (readonly [number, number])[];
  readonly tags: readonly string[];
  readonly host: string;
}

t.test("Datadog's API: the key in a header, what was refused is sent again", async (t) => {
  const requests: { url: string; headers: IncomingHttpHeaders; series: readonly Series[] }[] = [];
  let status = 403;
  const server = createHttpServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { series } = JSON.parse(body) as { series: readonly Series[] };
      requests.push({ url: request.url ?? '', headers: request.headers, series });
      response.writeHead(status).end('{"status": "ok"}');
    });
  });
  const port = await listenOnFreePort(t, server);
  const { counter, lines } = push(t, {
    datadog: {
      protocol: 'api',
      url: `http://127.0.0.1:${port}`,
      apiKey: 'key-that-nobody-sees',
      intervalMs,
      prefix: '',
      tags: ['env:prod'],
    },
  });
  counter.increment(2);
  const growthIn = (index: number): number | undefined =>
    requests[index]?.series.find(({ metric }) => metric === 'marathon.tasks.launched.counter')?.points[0]?.[1];
  await waitFor('refused reports', () => requests.length >= 3 && growthIn(requests.length - 1) === 2);
  status = 202;
  await waitFor('a report after one that was taken', () => growthIn(requests.length - 1) === 0);

  t.same(new Set(requests.map(({ url }) => url)), new Set(['/api/v1/series']));
  t.match(requests[0]?.headers, { 'dd-api-key': 'key-that-nobody-sees', 'content-type': 'application/json' });
  const count = requests[0]?.series.find(({ type }) => type === 'count');
  t.match(count, { metric: 'marathon.tasks.launched.counter', interval: 1, tags: ['env:prod'], host: String });
  t.match(
    requests[0]?.series.find(({ metric }) => metric === 'marathon.jvm.memory.non_heap.max.gauge.bytes'),
    {
      type: 'gauge',
      points: [[Number, -1]],
    },
  );
  t.equal(lines.length, 2, 'one line for each change');
  t.match(lines[0], { level: 'warn', text: /metrics do not reach Datadog.*status 403/ });
  t.match(lines[1], { level: 'info', text: /metrics reach Datadog again/ });
  t.notMatch(JSON.stringify(lines), /key-that-nobody-sees/);
});

/** Takes lines by TCP until the test ends; connections can be cut. */
async function aTcpSink(t: Test): Promise<{ port: number; text: () => string; cut: () => void }> {
  const sockets = new Set<Socket>();
  let text = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => (text += chunk.toString()));
  });
  const port = await listenOnFreePort(t, server);
  return {
    port,
    text: () => text,
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
  };
}

t.test('Graphite by TCP: totals with the time', async (t) => {
  const sink = await aTcpSink(t);
  const { counter, lines } = push(t, {
    graphite: { protocol: 'tcp', host: '127.0.0.1', port: sink.port, intervalMs, prefix: 'test' },
  });
  counter.increment(4);
  await waitFor('a report', () => /^test\.marathon\.tasks\.launched\.counter 4 \d{10}$/m.test(sink.text()));
  for (const line of sink.text().split('\n').slice(0, -1)) {
    if (!/^[\w.-]+ -?[\d.]+ \d{10}$/.test(line)) t.fail(`not a line for Graphite: ${line}`);
  }
  t.same(lines, []);
});

t.test('Graphite by UDP', async (t) => {
  const { port, datagrams } = await aUdpSink(t);
  push(t, { graphite: { protocol: 'udp', host: '127.0.0.1', port, intervalMs, prefix: '' } });
  await waitFor('a report', () =>
    linesOf(datagrams).some((line) => /^marathon\.tasks\.launched\.counter 0 \d{10}$/.test(line)),
  );
});

t.test('Graphite that comes later gets what waited for it', async (t) => {
  const reserved = createServer();
  await new Promise<void>((resolve) => reserved.listen(0, '127.0.0.1', resolve));
  const { port } = reserved.address() as AddressInfo;
  await new Promise((resolve) => reserved.close(resolve));

  const { logger, lines } = aLogger();
  const sender = new TcpSender({
    host: '127.0.0.1',
    port,
    state: new SinkState('Graphite', logger),
    maxPendingBytes: 20,
    reconnect: { initialMs: 10, factor: 1, maxMs: 10 },
  });
  t.teardown(() => sender.close());
  for (let i = 0; i < 10; i++) sender.send(`report ${i}\n`);
  await waitFor('the first failure', () => lines.length > 0);

  let text = '';
  const server = createServer((socket) => socket.on('data', (chunk) => (text += chunk.toString())));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.teardown(() => void server.close());
  await waitFor('what waited', () => text.includes('report 9\n'));
  t.equal(text, 'report 8\nreport 9\n', 'the oldest were dropped, in order the others came');
  await waitFor('the news', () => lines.length === 2);
  t.match(lines[0], { level: 'warn', text: /metrics do not reach Graphite.*ECONNREFUSED/ });
  t.match(lines[1], { level: 'info', text: /metrics reach Graphite again/ });
});

t.test('a connection that is cut is made again', async (t) => {
  const sink = await aTcpSink(t);
  const { logger } = aLogger();
  const sender = new TcpSender({
    host: '127.0.0.1',
    port: sink.port,
    state: new SinkState('Graphite', logger),
    reconnect: { initialMs: 10, factor: 1, maxMs: 10 },
  });
  t.teardown(() => sender.close());
  sender.send('before\n');
  await waitFor('the first text', () => sink.text().includes('before\n'));
  sink.cut();
  let sent = 0;
  await waitFor('a text after the cut', () => {
    sender.send(`after ${sent++}\n`);
    return sink.text().includes('after');
  });
  t.match(sink.text(), /^before\nafter \d+\n/);
});

t.test('a host that does not exist costs one line', async (t) => {
  let reports = 0;
  const { logger, lines } = aLogger();
  const pushing = startPushing(
    { ...nothing, statsd: { host: 'no-such-host.invalid', port: 8125, intervalMs } },
    () => {
      reports++;
      return new MetricRegistry().snapshot();
    },
    { clock: Date.now, logger },
  );
  t.teardown(() => pushing.close());
  await waitFor('several attempts', () => reports >= 3);
  t.equal(lines.length, 1);
  t.match(lines[0], { level: 'warn', text: /metrics do not reach StatsD at no-such-host\.invalid:8125/ });
});

t.test('nothing is pushed after the end', async (t) => {
  const { port } = await aUdpSink(t);
  const counting = (): { reports: () => number; pushing: Pushing } => {
    let reports = 0;
    const pushing = startPushing(
      { ...nothing, statsd: { host: '127.0.0.1', port, intervalMs } },
      () => {
        reports++;
        return new MetricRegistry().snapshot();
      },
      { clock: Date.now, logger: aLogger().logger },
    );
    t.teardown(() => pushing.close());
    return { reports: () => reports, pushing };
  };
  const ended = counting();
  await waitFor('several reports', () => ended.reports() >= 2);
  await ended.pushing.close();
  const reports = ended.reports();
  const other = counting();
  await waitFor('several reports of another', () => other.reports() >= 4);
  t.equal(ended.reports(), reports);
});
