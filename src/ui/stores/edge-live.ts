import { effect, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { LbBackends, LbRevisions } from '../api/edge-live.js';
import { ApiError, messageOf } from '../http/api-error.js';
import { edgePath, edgeRequest, hasLogin } from '../http/edge-request.js';
import type { EdgeName } from '../http/edge-request.js';
import { openStream } from '../live/stream.js';
import type { Connection, LiveStream } from '../live/stream.js';
import { Samples } from './backend-samples.js';

/** A load balancer, followed: what has changed of it, and what its HAProxy says of its backends. */
export interface EdgeLive extends LiveStream {
  /** Its stream cannot be used (EventSource sends no password): it is read every so many milliseconds; undefined: it is a stream. */
  readonly pollMs: ReadonlySignal<number | undefined>;
  /** It wants a password that was not given. */
  readonly isLocked: ReadonlySignal<boolean>;
  readonly revisions: ReadonlySignal<LbRevisions | undefined>;
  readonly backends: ReadonlySignal<LbBackends | undefined>;
  /** The last minutes of `backends`. */
  readonly samples: Samples;
  /** Asks for the password again. */
  unlock(): void;
}

const everyMs = 5_000;

/** Begins to follow a load balancer: by its stream, or by asking again and again where somebody has logged in with it through the scheduler. */
export function followEdge(edge: EdgeName): EdgeLive {
  const connection = signal<Connection>('connecting');
  const lostAt = signal<number | undefined>(performance.now());
  const refusal = signal<string | undefined>(undefined);
  const pollMs = signal<number | undefined>(undefined);
  const isLocked = signal(false);
  const revisions = signal<LbRevisions | undefined>(undefined);
  const backends = signal<LbBackends | undefined>(undefined);
  const samples = new Samples();
  const abort = new AbortController();
  let stream: LiveStream | undefined;
  let timer: number | undefined;
  let round = 0;
  let stopCopying: (() => void) | undefined;

  function takeRevisions(next: LbRevisions): void {
    if (revisions.value !== undefined && revisions.value.process !== next.process) samples.clear();
    revisions.value = next;
  }
  function takeBackends(next: LbBackends): void {
    samples.take(next);
    backends.value = next;
  }
  function lost(error: unknown): void {
    connection.value = 'reconnecting';
    refusal.value = messageOf(error);
    lostAt.value ??= performance.now();
  }

  async function poll(): Promise<void> {
    pollMs.value = everyMs;
    try {
      if (!document.hidden) {
        takeBackends(await edgeRequest<LbBackends>(edge, 'ekiden/v1/backends', { signal: abort.signal }));
        round += 1;
        takeRevisions({ process: 'asked', rules: round, routing: round, status: round });
        connection.value = 'live';
        refusal.value = undefined;
        lostAt.value = undefined;
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      lost(error);
    }
    timer = setTimeout(() => void poll(), everyMs);
  }

  function follow(): void {
    stream = openStream(edgePath(edge, 'ekiden/v1/events'), {
      query: () => ({ backends: true }),
      hasHeartbeat: true,
      on: { state: takeRevisions, backends: takeBackends },
    });
    const opened = stream;
    stopCopying = effect(() => {
      connection.value = opened.connection.value;
      lostAt.value = opened.lostAt.value;
      refusal.value = opened.refusal.value;
    });
  }

  async function begin(): Promise<void> {
    isLocked.value = false;
    if (edge !== undefined) {
      try {
        // Asks for a password where one is wanted
        await edgeRequest(edge, 'ekiden/v1/status', { signal: abort.signal });
      } catch (error) {
        if (abort.signal.aborted) return;
        if (error instanceof ApiError && error.status === 401) {
          isLocked.value = true;
          lost(error);
          return;
        }
      }
    }
    if (abort.signal.aborted) return;
    if (hasLogin(edge)) void poll();
    else follow();
  }

  void begin();
  return {
    connection,
    lostAt,
    refusal,
    pollMs,
    isLocked,
    revisions,
    backends,
    samples,
    unlock: () => {
      if (isLocked.value) void begin();
    },
    close() {
      abort.abort();
      clearTimeout(timer);
      stopCopying?.();
      stream?.close();
    },
  };
}
