import { backoffMs } from '../../common/backoff.js';
import type { BackoffPolicy } from '../../common/backoff.js';
import { messageOf } from '../../common/errors.js';
import type { HttpClient } from '../../common/http-client.js';
import type { Logger } from '../../common/logger.js';
import type { Clock } from '../../common/time.js';
import { targetOf } from '../../common/url-target.js';
import { publicFormOf } from './callback-url.js';

/** Marathon waits 2ⁿ seconds after the nth failure in a row, without limit; ours ends at ten minutes. */
const backoff: BackoffPolicy = { initialMs: 2000, factor: 2, maxMs: 600_000 };

/** What may wait for one URL. When it is full the oldest event is lost: Marathon promises no delivery, and the newest matter most. */
const limits = { events: 1000, characters: 16 << 20 };

export interface CallbackQueueOptions {
  readonly url: string;
  readonly http: HttpClient;
  /** `--http_event_callback_slow_consumer_timeout`: an answer that takes longer counts as none. */
  readonly slowConsumerTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The events on their way to one callback URL (marathon.md §14.2). */
export interface CallbackQueue {
  /** Takes an event (JSON text) to be posted after those before it, or loses it while the URL is left alone after a failure. */
  offer(text: string): void;
  /** Nothing waits, and no request is under way. */
  readonly isIdle: boolean;
  /** Ends at once, the request under way included; what waits is lost. */
  close(): Promise<void>;
}

/**
 * Posts events to one URL in order, one request at a time, each once: what fails is not sent again. After a failure (no answer in
 * time, or a status other than 2xx) the URL is left alone for a while, longer after each failure in a row; what waits then and what
 * comes until then is lost. Says so in the log once when it begins and once when the URL answers again.
 */
export function createCallbackQueue(options: CallbackQueueOptions): CallbackQueue {
  const { url, http, slowConsumerTimeoutMs, clock, logger } = options;
  const { href, authorization } = targetOf(new URL(url));
  const shown = publicFormOf(url);
  const headers = {
    ...(authorization === undefined ? {} : { authorization }),
    'content-type': 'application/json',
    accept: 'application/json',
  };
  const waiting: string[] = [];
  let waitingCharacters = 0;
  let failures = 0;
  let leftAloneUntilMs = -Infinity;
  let lost = 0;
  let overflowing = false;
  let sending = false;
  let closed = false;
  let running: Promise<void> = Promise.resolve();
  let abort: AbortController | undefined;

  function take(): string | undefined {
    const text = waiting.shift();
    if (text !== undefined) waitingCharacters -= text.length;
    else overflowing = false;
    return text;
  }

  /** Resolves with the reason if the event did not arrive. */
  async function post(text: string): Promise<string | undefined> {
    const request = new AbortController();
    abort = request;
    const timer = setTimeout(
      () => request.abort(new Error(`no answer within ${slowConsumerTimeoutMs} ms`)),
      slowConsumerTimeoutMs,
    );
    try {
      const { status } = await http.request({
        method: 'POST',
        url: href,
        headers,
        body: text,
        signal: request.signal,
      });
      return status >= 200 && status < 300 ? undefined : `HTTP ${status}`;
    } catch (error) {
      return messageOf(request.signal.aborted ? request.signal.reason : error).replaceAll(href, shown);
    } finally {
      clearTimeout(timer);
    }
  }

  function failed(reason: string): void {
    failures++;
    leftAloneUntilMs = clock() + backoffMs(backoff, failures - 1);
    lost += 1 + waiting.length;
    waiting.length = 0;
    waitingCharacters = 0;
    if (failures === 1) logger.warn({ url: shown, reason }, 'an event callback failed: backing off, events are lost');
  }

  function succeeded(): void {
    if (failures > 0) logger.info({ url: shown, lost }, 'an event callback is reachable again');
    failures = 0;
    lost = 0;
  }

  async function send(): Promise<void> {
    for (let text = take(); text !== undefined; text = take()) {
      const reason = await post(text);
      if (closed) break;
      if (reason === undefined) succeeded();
      else failed(reason);
    }
    sending = false;
  }

  return {
    get isIdle() {
      return !sending;
    },
    offer(text) {
      if (closed) return;
      if (clock() < leftAloneUntilMs) {
        lost++;
        return;
      }
      waiting.push(text);
      waitingCharacters += text.length;
      while (waiting.length > limits.events || waitingCharacters > limits.characters) {
        take();
        lost++;
        if (!overflowing) logger.warn({ url: shown }, 'an event callback is too slow: the oldest events are lost');
        overflowing = true;
      }
      if (sending || waiting.length === 0) return;
      sending = true;
      running = send();
    },
    async close() {
      closed = true;
      waiting.length = 0;
      abort?.abort();
      await running;
    },
  };
}
