import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Counter, MetricRegistry, Timer } from '../../common/metrics.js';
import type { Meter } from '../../common/meter.js';
import type { HttpReply, HttpServer } from '../../http/server.js';

/** A request that is being answered. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly reply: HttpReply;
  readonly socket: Socket;
  /** Pattern of the URL's route; undefined when there is none. */
  readonly route: string | undefined;
  readonly startedMs: number;
}

const catalogRoute = '/ekiden/v1/catalog/stream';
const timedMethods = ['get', 'post', 'put', 'delete', 'head', 'options'];
const statusClasses = ['1xx', '2xx', '3xx', '4xx', '5xx'];

/** A header of an answer: of one that fastify sends, and of one that a route writes itself. */
function headerOf(reply: HttpReply, name: string): string {
  const value = reply.raw.getHeader(name) ?? reply.getHeader(name);
  return typeof value === 'string' ? value : '';
}

const isEventStream = (reply: HttpReply): boolean => headerOf(reply, 'content-type').startsWith('text/event-stream');

/**
 * Measures what the API's server is asked and answers (marathon.md §17, http.*). Sizes are bytes on the connection, heads included. An event stream
 * is no request that takes long: it counts as active and in bytes, not in durations.
 */
export class HttpMetrics {
  readonly #open = new Set<Exchange>();
  /** What of each connection's bytes was counted, so that each counts once, however many requests share it. */
  readonly #counted = new WeakMap<Socket, { read: number; written: number }>();
  readonly #requestBytes: Counter;
  readonly #responseBytes: Counter;
  readonly #gzippedBytes: Counter;
  readonly #streamBytes: Counter;
  readonly #durations: Timer;
  readonly #durationsOf: ReadonlyMap<string, Timer>;
  readonly #otherDurations: Timer;
  readonly #classes: readonly Meter[];

  constructor(registry: MetricRegistry, prefix: string) {
    const name = (rest: string): string => `${prefix}.http.${rest}`;
    const timer = (rest: string, help: string): Timer =>
      registry.timer(name(`requests.${rest}duration.timer.seconds`), help);
    registry.gauge(
      name('requests.active.gauge'),
      'Requests being answered, open event streams included',
      () => this.#open.size,
    );
    registry.gauge(name('event-streams.active.gauge'), 'Open event streams', () =>
      this.#count((e) => isEventStream(e.reply)),
    );
    registry.gauge(`${prefix}.ekiden.catalog.readers.gauge`, 'Programs that follow the catalog', () =>
      this.#count((e) => e.route === catalogRoute && isEventStream(e.reply)),
    );
    this.#requestBytes = registry.counter(name('requests.size.counter.bytes'), 'Requests');
    this.#responseBytes = registry.counter(name('responses.size.counter.bytes'), 'Answers');
    this.#gzippedBytes = registry.counter(name('responses.size.gzipped.counter.bytes'), 'Answers that were gzipped');
    this.#streamBytes = registry.counter(name('responses.event-stream.size.counter.bytes'), 'Event streams');
    this.#durations = timer('', 'Requests');
    this.#durationsOf = new Map(
      timedMethods.map((method) => [method.toUpperCase(), timer(`${method}.`, `${method.toUpperCase()} requests`)]),
    );
    this.#otherDurations = timer('other.', 'Requests by other methods');
    this.#classes = statusClasses.map((statusClass) =>
      registry.meter(name(`responses.${statusClass}.rate.meter`), `Answers with a ${statusClass} status`),
    );
  }

  /** Measures a server's requests from now on. Requests count from the first hook on: call it before other hooks are added. */
  watch(server: HttpServer): void {
    server.addHook('onRequest', (request, reply, done) => {
      const exchange: Exchange = {
        request: request.raw,
        reply,
        socket: request.raw.socket,
        route: request.routeOptions.url,
        startedMs: performance.now(),
      };
      this.#open.add(exchange);
      reply.raw.once('close', () => this.#ended(exchange));
      done();
    });
  }

  /** Counts the bytes of requests that are still being answered: streams are open for days. Call it before the metrics are read. */
  settle(): void {
    for (const exchange of this.#open) this.#countBytes(exchange);
  }

  #count(which: (exchange: Exchange) => boolean): number {
    let count = 0;
    for (const exchange of this.#open) if (which(exchange)) count++;
    return count;
  }

  #ended(exchange: Exchange): void {
    const { request, reply, startedMs } = exchange;
    const { headersSent, statusCode } = reply.raw;
    this.#open.delete(exchange);
    this.#countBytes(exchange);
    // Whoever hung up before an answer began got none
    if (headersSent) this.#classes[Math.floor(statusCode / 100) - 1]?.mark();
    if (isEventStream(reply)) return;
    const tookMs = performance.now() - startedMs;
    this.#durations.record(tookMs);
    (this.#durationsOf.get(request.method ?? '') ?? this.#otherDurations).record(tookMs);
  }

  #countBytes({ socket, reply }: Exchange): void {
    // Connections of requests that were injected, not received, count nothing
    const read = (socket.bytesRead as number | undefined) ?? 0;
    const written = (socket.bytesWritten as number | undefined) ?? 0;
    const counted = this.#counted.get(socket) ?? { read: 0, written: 0 };
    const newlyWritten = written - counted.written;
    this.#requestBytes.increment(read - counted.read);
    this.#responseBytes.increment(newlyWritten);
    if (headerOf(reply, 'content-encoding') === 'gzip') this.#gzippedBytes.increment(newlyWritten);
    if (isEventStream(reply)) this.#streamBytes.increment(newlyWritten);
    this.#counted.set(socket, { read, written });
  }
}
