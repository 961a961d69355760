import { StartupError } from '../../common/errors.js';
import { createHttpClient } from '../../common/http-client.js';
import type { Logger } from '../../common/logger.js';
import type { Clock } from '../../common/time.js';
import { eventText } from '../api/render/event.js';
import type { SchedulerOptions } from '../options.js';
import type { SchedulerService } from '../service.js';
import { createCallbackQueue } from './callback-queue.js';
import type { CallbackQueue } from './callback-queue.js';
import { callbackUrlProblem, publicFormOf } from './callback-url.js';

/** Nobody reads the answers; one that is larger counts as a failure. */
const maxAnswerBytes = 1 << 20;
/** Sockets to one host: several URLs on it do not wait for one another. */
const connectionsPerHost = 16;

/** Event callbacks by HTTP, while they run. */
export interface HttpCallbacks {
  /** Ends them at once: what was not posted is lost. */
  close(): Promise<void>;
}

/** Throws StartupError for an endpoint that is no http URL. */
export function checkEndpoints({ httpCallback }: Pick<SchedulerOptions, 'httpCallback'>): void {
  for (const endpoint of httpCallback?.endpoints ?? []) {
    const problem = callbackUrlProblem(endpoint);
    if (problem !== undefined) throw new StartupError(`--http_endpoints: ${publicFormOf(endpoint)} ${problem}`);
  }
}

/**
 * `--event_subscriber http_callback` (marathon.md §14.2): subscribes the URLs of `--http_endpoints` and from then on posts every
 * event of the bus to every URL that is subscribed, as the same JSON that `/v2/events` sends. Does nothing when the option is not
 * given. Throws StartupError for an endpoint that is no http URL, or one too many.
 */
export async function startHttpCallbacks(
  service: SchedulerService,
  { logger, clock }: { readonly logger: Logger; readonly clock: Clock },
): Promise<HttpCallbacks> {
  const { httpCallback } = service.options;
  if (httpCallback === undefined) return { close: () => Promise.resolve() };
  const { endpoints, slowConsumerTimeoutMs } = httpCallback;
  checkEndpoints(service.options);
  const http = createHttpClient({
    timeoutMs: slowConsumerTimeoutMs,
    connections: connectionsPerHost,
    maxBodyBytes: maxAnswerBytes,
  });
  const queues = new Map<string, CallbackQueue>();
  const ending = new Set<Promise<void>>();
  let known: ReadonlySet<string> = new Set();

  /** One queue for each URL that is subscribed now. */
  function follow(urls: ReadonlySet<string>): void {
    if (urls === known) return;
    known = urls;
    for (const [url, queue] of queues) {
      if (urls.has(url)) continue;
      queues.delete(url);
      const end = queue.close().finally(() => ending.delete(end));
      ending.add(end);
    }
    for (const url of urls) {
      if (queues.has(url)) continue;
      queues.set(url, createCallbackQueue({ url, http, slowConsumerTimeoutMs, clock, logger }));
    }
  }

  const unsubscribe = service.events.subscribe((published) => {
    follow(service.state.callbackUrls);
    if (queues.size === 0) return;
    const text = eventText(published);
    for (const queue of queues.values()) queue.offer(text);
  });

  async function close(): Promise<void> {
    unsubscribe();
    await Promise.all([...ending, ...[...queues.values()].map((queue) => queue.close())]);
    await http.close();
  }

  async function subscribeTo(callbackUrl: string): Promise<void> {
    const outcome = await service.execute({ type: 'subscribe', clientIp: '127.0.0.1', callbackUrl });
    if (outcome.type !== 'rejected') return;
    const { rejection } = outcome;
    const reason = rejection.kind === 'invalid' ? rejection.violations.flatMap(({ errors }) => errors).join('; ') : '';
    throw new StartupError(`--http_endpoints: ${publicFormOf(callbackUrl)} ${reason}`);
  }

  try {
    for (const endpoint of endpoints) await subscribeTo(endpoint);
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}
