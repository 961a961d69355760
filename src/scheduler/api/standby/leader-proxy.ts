import { codeOf, messageOf } from '../../../common/errors.js';
import { createLimiter } from '../../../common/concurrency.js';
import type { Limiter } from '../../../common/concurrency.js';
import type { Logger } from '../../../common/logger.js';
import { foreignOrigin } from '../../../http/same-origin.js';
import { unmounted } from '../../../http/mount.js';
import type { HttpReply, HttpRequest } from '../../../http/server.js';
import type { HttpOptions, LeaderProxyOptions } from '../../options.js';
import { ApiError } from '../api-error.js';
import { exchange } from './exchange.js';
import { LeaderConnections } from './leader-connections.js';
import { LeaderFailure } from './leader-failure.js';
import type { FailureKind } from './leader-failure.js';
import type { LeaderTarget } from './leader-target.js';
import { hasBody, hasPassed, headersForLeader } from './passed-headers.js';

/** So many requests may wait for one of the connections to the leader. */
const maxWaiting = 1024;

/** What changes nothing may be asked a second time. */
const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Node's codes for what may not stand in a request, though it could be read. */
const unwritable: ReadonlySet<string | undefined> = new Set([
  'ERR_INVALID_CHAR',
  'ERR_INVALID_HTTP_TOKEN',
  'ERR_UNESCAPED_CHARACTERS',
]);

/** Marathon's statuses and sentences (marathon.md §16.2); those of a time-out are of before 1.7, later ones do not tell it from a refusal. */
const answers: Readonly<Record<FailureKind, readonly [status: number, message: string]>> = {
  refused: [502, 'Connection to leader refused.'],
  timedOut: [504, 'Connection to leader timed out.'],
  broken: [502, 'Failed to successfully establish a connection to the leader.'],
};

/** What a proxy to the leader needs to know. */
export interface ProxySettings {
  readonly options: Pick<HttpOptions, 'httpDisabled' | 'tls'> & { readonly leaderProxy: LeaderProxyOptions };
  /** `host:port` of this scheduler. */
  readonly own: string;
  readonly logger: Logger;
}

/** Passes requests on to the leader, and its answers back (marathon.md §16.2). */
export class LeaderProxy {
  readonly #settings: ProxySettings;
  readonly #connections: LeaderConnections;
  readonly #limit: Limiter;
  #waiting = 0;
  /** The last failure that was logged; undefined while the leader answers. */
  #trouble: string | undefined;

  constructor(settings: ProxySettings) {
    const { options, logger } = settings;
    const { connectTimeoutMs, maxOpenConnections, ignoreHostname } = options.leaderProxy;
    this.#settings = settings;
    this.#limit = createLimiter(maxOpenConnections);
    this.#connections = new LeaderConnections(
      {
        secure: options.httpDisabled,
        tls: options.tls,
        ignoresHostname: ignoreHostname,
        connectTimeoutMs,
        maxOpenConnections,
      },
      logger,
    );
  }

  /**
   * Passes on a request; the answer is sent, or the client is gone, when this resolves. Throws ApiError when there is no answer to be had:
   * 502 for a request that has passed this scheduler before, and for a leader that cannot be reached; 504 for one that is too slow;
   * 503 when all connections to it are in use.
   */
  async pass(request: HttpRequest, reply: HttpReply, target: LeaderTarget): Promise<void> {
    if (hasPassed(request.headers, this.#settings.own)) {
      this.#settings.logger.warn(
        { leader: target.address },
        'A request came back here: two schedulers disagree who leads',
      );
      throw new ApiError(502, 'Detected proxying loop.');
    }
    const { 'transfer-encoding': coding } = request.headers;
    if (coding !== undefined && coding.trim().toLowerCase() !== 'chunked') {
      throw new ApiError(501, `A body in the transfer coding ${JSON.stringify(coding)} cannot be read: chunked can`);
    }
    await this.#whenThereIsRoom(reply, () => this.#send(request, reply, target));
  }

  /** Breaks whatever is under way. */
  close(): Promise<void> {
    return this.#connections.close();
  }

  /** Runs `work` when fewer than the allowed connections are in use, unless the client goes away before. Throws ApiError 503. */
  async #whenThereIsRoom(reply: HttpReply, work: () => Promise<void>): Promise<void> {
    const { connectTimeoutMs, maxOpenConnections } = this.#settings.options.leaderProxy;
    const busy = `All ${maxOpenConnections} connections to the leader are in use (--leader_proxy_max_open_connections)`;
    if (this.#waiting >= maxWaiting)
      throw new ApiError(503, `${busy}, and ${maxWaiting} requests wait for one already`);
    const giveUp = new AbortController();
    const onClose = (): void => giveUp.abort();
    const timer = setTimeout(() => {
      const flag = '--leader_proxy_connection_timeout';
      giveUp.abort(new ApiError(503, `${busy}, and none became free within ${connectTimeoutMs} ms (${flag})`));
    }, connectTimeoutMs);
    let isWaiting = true;
    const endWaiting = (): void => {
      if (!isWaiting) return;
      isWaiting = false;
      this.#waiting--;
      clearTimeout(timer);
      reply.raw.off('close', onClose);
    };
    reply.raw.on('close', onClose);
    this.#waiting++;
    try {
      await this.#limit(() => {
        endWaiting();
        return work();
      }, giveUp.signal);
    } catch (error) {
      // Nobody is left who could be told
      if (!isWaiting || error instanceof ApiError) throw error;
    } finally {
      endWaiting();
    }
  }

  async #send(request: HttpRequest, reply: HttpReply, target: LeaderTarget): Promise<void> {
    const mayRepeat = repeatable.has(request.method) && !hasBody(request);
    try {
      try {
        await this.#sendOnce(request, reply, target, !mayRepeat);
      } catch (error) {
        if (!mayRepeat || !(error instanceof LeaderFailure) || !error.wasStale) throw error;
        await this.#sendOnce(request, reply, target, true);
      }
    } catch (error) {
      throw this.#errorOf(error, target);
    }
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#settings.logger.info({ leader: target.address }, 'The leader answers again');
  }

  async #sendOnce(request: HttpRequest, reply: HttpReply, target: LeaderTarget, single: boolean): Promise<void> {
    const { own, options } = this.#settings;
    const { raw, headers, method, originalUrl } = request;
    const { rawHeaders } = raw;
    const isOwnPage = headers.origin !== undefined && foreignOrigin(request) === undefined;
    const passed = { method, headers, rawHeaders, from: raw.socket.remoteAddress, isOwnPage };
    const head = {
      method,
      path: unmounted(originalUrl, undefined),
      headers: headersForLeader(passed, target.address, own),
    };
    await exchange({
      incoming: raw,
      reply,
      upstream: await this.#connections.begin(target, head, single),
      hasBody: hasBody(request),
      secure: options.httpDisabled,
      leader: target.address,
      own,
      ...options.leaderProxy,
    });
  }

  /** What the client is told, and, once for each kind of trouble, the log. */
  #errorOf(error: unknown, { address }: LeaderTarget): ApiError {
    if (unwritable.has(codeOf(error))) {
      return new ApiError(400, `This request cannot be passed on to the leader: ${messageOf(error)}`);
    }
    const kind = error instanceof LeaderFailure ? error.kind : 'broken';
    const details = messageOf(error);
    if (this.#trouble !== details) {
      this.#settings.logger.warn(
        { leader: address, reason: details },
        'The leader gives no answer to what is passed on',
      );
      this.#trouble = details;
    }
    const [status, message] = answers[kind];
    return new ApiError(status, message, { details });
  }
}
