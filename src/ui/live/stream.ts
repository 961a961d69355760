import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { errorOf } from '../http/api-error.js';
import { apiUrl } from '../http/request.js';
import type { Query } from '../http/request.js';
import { Heartbeat } from './heartbeat.js';

/** `paused`: the page is not looked at. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'paused';

export interface LiveStream {
  readonly connection: ReadonlySignal<Connection>;
  /** Since when nothing is heard, in milliseconds of `performance.now()`; undefined while it is live. */
  readonly lostAt: ReadonlySignal<number | undefined>;
  /** Why the server refuses, in its own words; undefined while it does not. */
  readonly refusal: ReadonlySignal<string | undefined>;
  close(): void;
}

export interface StreamOptions {
  /** What is done with the JSON of each kind of message. */
  readonly on: Readonly<Record<string, (data: never) => void>>;
  readonly query?: () => Query;
  /** The server sends `alive` every few seconds: a connection on which nothing comes for long is given up. */
  readonly hasHeartbeat?: boolean;
  /** Called whenever a connection is made, before its first message. */
  readonly opened?: () => void;
}

const firstRetryMs = 500;
const lastRetryMs = 5_000;
const heartbeatEveryMs = 5_000;
/** Browsers have few connections for one server: pages in the background give theirs back after so long. */
const hiddenMs = 60_000;

/** Browsers do not say why a stream was refused: asks once more in a way that tells. */
async function refusalOf(url: string): Promise<string | undefined> {
  const abort = new AbortController();
  try {
    const response = await fetch(url, {
      headers: { Accept: 'text/event-stream' },
      signal: abort.signal,
      cache: 'no-store',
    });
    if (response.ok) return undefined;
    return errorOf(response.status, response.statusText, await response.text()).message;
  } catch {
    return undefined;
  } finally {
    abort.abort();
  }
}

/**
 * Follows a stream of server-sent events, connects again when it breaks (the browser itself gives up when the server answers with an
 * error, and asks again only every few seconds), at once when the network is back or the page is looked at again. What is known stays.
 */
export function openStream(path: string, { on, query, opened, hasHeartbeat = false }: StreamOptions): LiveStream {
  const connection = signal<Connection>('connecting');
  const lostAt = signal<number | undefined>(performance.now());
  const refusal = signal<string | undefined>(undefined);
  let source: EventSource | undefined;
  let retry: number | undefined;
  let hide: number | undefined;
  let beat: number | undefined;
  let waitMs = firstRetryMs;

  function disconnect(state: Connection): void {
    source?.close();
    source = undefined;
    clearTimeout(retry);
    clearInterval(beat);
    connection.value = state;
    lostAt.value ??= performance.now();
  }

  function connectLater(): void {
    disconnect('reconnecting');
    retry = setTimeout(connect, waitMs);
    waitMs = Math.min(waitMs * 2, lastRetryMs);
  }

  function connect(): void {
    clearTimeout(retry);
    clearInterval(beat);
    source?.close();
    const current = new EventSource(apiUrl(path, query?.()));
    source = current;
    const heartbeat = new Heartbeat(Date.now());
    const heard = (): void => heartbeat.heard(Date.now());
    if (hasHeartbeat) {
      current.addEventListener('alive', heard);
      beat = setInterval(() => {
        if (heartbeat.isLost(Date.now())) connectLater();
      }, heartbeatEveryMs);
    }
    current.onopen = () => {
      heard();
      waitMs = firstRetryMs;
      opened?.();
      connection.value = 'live';
      lostAt.value = undefined;
      refusal.value = undefined;
    };
    current.onerror = () => {
      // Closed by the browser: there was an answer, and it was no stream
      if (current.readyState === EventSource.CLOSED) {
        void refusalOf(current.url).then((text) => {
          if (connection.value !== 'live') refusal.value = text;
        });
      }
      connectLater();
    };
    for (const [name, take] of Object.entries(on)) {
      current.addEventListener(name, (event: MessageEvent<string>) => {
        heard();
        take(JSON.parse(event.data) as never);
      });
    }
  }

  function comeBack(): void {
    waitMs = firstRetryMs;
    if (connection.value !== 'live') connect();
  }
  function visibilityChanged(): void {
    clearTimeout(hide);
    if (document.hidden) hide = setTimeout(() => disconnect('paused'), hiddenMs);
    else comeBack();
  }

  window.addEventListener('online', comeBack);
  document.addEventListener('visibilitychange', visibilityChanged);
  connect();
  return {
    connection,
    lostAt,
    refusal,
    close() {
      clearTimeout(hide);
      window.removeEventListener('online', comeBack);
      document.removeEventListener('visibilitychange', visibilityChanged);
      disconnect('paused');
    },
  };
}
