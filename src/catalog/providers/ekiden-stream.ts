import { EventSource } from 'eventsource';
import type { EventSourceFetchInit, FetchLikeResponse } from 'eventsource';
import { backoffMs, jittered } from '../../common/backoff.js';
import { messageOf } from '../../common/errors.js';
import { readText } from '../../common/http-client.js';
import type { HttpStream } from '../../common/http-client.js';
import type { Logger } from '../../common/logger.js';
import { Catalog } from '../catalog.js';
import type { CatalogView } from '../catalog.js';
import { EpochGuard } from '../epochs.js';
import { parseCatalogMessage } from '../parse-message.js';
import type { EdgeAnnouncement } from '../edges.js';
import type { CatalogMessage, CatalogPosition } from '../types.js';
import { eventResponse } from './event-response.js';
import type { LossGuard } from './loss-guard.js';
import { ReceiptSender } from './receipt-sender.js';
import { addressOf, isSecure, refusal, SchedulerAccess } from './scheduler-access.js';
import type { Credentials } from './scheduler-access.js';

/** To connect, and until the head of an answer, which is sent before any of its body is made: a scheduler that is frozen takes connections. */
const timeoutMs = 5_000;
export const streamPath = '/ekiden/v1/catalog/stream';
const reconnect = { initialMs: 100, factor: 2, maxMs: 2_000 };
/** A connection that lived this long was a good one, even if there was nothing to say: its loss is a new trouble. */
const stableMs = 1_000;
/** How long a leadership that is known counts for more than one before it; a scheduler that was deposed ends long before. */
const epochPatienceMs = 60_000;

/** What is known about the connection. */
export interface EkidenStreamStatus {
  /** The stream is open now. */
  readonly connected: boolean;
  /** A snapshot was received once: the catalog is true as of its position, even while the connection is away. */
  readonly synced: boolean;
  /** The scheduler that is, or was last, read from. */
  readonly scheduler: string | undefined;
  /** Why the last attempt or connection ended; undefined while connected. */
  readonly lastError: string | undefined;
  /** When it was last lost, of `performance.now()`; undefined = never. */
  readonly openUntil?: number;
}

/** A catalog that follows an Ekiden scheduler. */
export interface EkidenStream {
  readonly catalog: CatalogView;
  readonly status: EkidenStreamStatus;
  /**
   * Tells the scheduler that this edge acts on everything up to `position`, and which draining tasks nobody uses through it any more. Only
   * the newest word counts: while one is under way, those in between are left out. One that cannot be sent is sent again while the stream is up.
   */
  acknowledge(position: CatalogPosition, drained?: readonly string[]): void;
  close(): Promise<void>;
}

export interface EkidenStreamOptions {
  /**
   * Base URLs of the schedulers; they are tried in turn, and a 307 to the leader is followed. The last one that they named is tried as
   * well: a node whose own scheduler is away still has a leader.
   */
  readonly schedulers: readonly string[];
  /** Sent to them as basic authentication, but not in the clear to where one that is reached by TLS redirects. */
  readonly credentials?: Credentials | undefined;
  /** Reads the certificates to trust besides the usual authorities, as PEM text; before each connection. */
  readonly readTrust?: (() => Promise<string>) | undefined;
  /** How this edge introduces itself; without it there is nobody to send receipts for. */
  readonly announcement?: EdgeAnnouncement | undefined;
  readonly logger: Logger;
  /** What is kept up to date; default: a catalog of its own. */
  readonly catalog?: Catalog;
  /** Asked whether a new leadership's snapshot may be taken over; one that may not is asked for again. Default: every one may. */
  readonly guard?: LossGuard | undefined;
  /** Called when a scheduler has answered that it knows no such stream: it is no Ekiden. The others are tried all the same. */
  readonly onForeign?: ((scheduler: string) => void) | undefined;
  /** Called after each message was taken over into `catalog`. */
  readonly onMessage: (message: CatalogMessage) => void;
  /**
   * Silence after which a connection counts as dead: a leader whose machine is gone, or frozen, closes none. The sender sends at least an
   * empty line every 5 s. Default 15 s.
   */
  readonly idleTimeoutMs?: number;
  /** Bound on the size of one event (default 128 MiB). */
  readonly maxEventBytes?: number;
  /** How long snapshots of an earlier leadership are refused (epochs.ts). Default 60 s. */
  readonly epochPatienceMs?: number;
  /** Spreads the reconnects of many edges; in [0, 1). */
  readonly random?: () => number;
}

/** Answers of what knows no such stream; others may be those of an Ekiden that cannot serve it now. */
const foreign: ReadonlySet<number> = new Set([404, 405, 410, 501]);

/** Whether an answer at the stream's address is that of another program than Ekiden. */
export function isForeign({ status, headers }: Pick<HttpStream, 'status' | 'headers'>): boolean {
  return foreign.has(status) || (status === 200 && headers['content-type']?.startsWith('text/event-stream') !== true);
}

/**
 * Follows `GET /ekiden/v1/catalog/stream` for ever: reconnects with a back-off after an error, an answer other than 200,
 * silence or a message that does not follow on what is known; resumes with `Last-Event-ID` where it can, and asks for a
 * snapshot where it cannot. Between connections the catalog keeps what it knew.
 *
 * Each connection is a new EventSource, because one that got an answer other than 200 is closed for good, and because its
 * own reconnect knows neither other schedulers nor a back-off.
 */
export function followEkidenStream(options: EkidenStreamOptions): EkidenStream {
  const { schedulers, credentials, readTrust, announcement, logger, guard: lossGuard, onForeign, onMessage } = options;
  const { idleTimeoutMs = 15_000, maxEventBytes = 128 << 20 } = options;
  const random = options.random ?? Math.random;
  if (schedulers.length === 0) throw new Error('at least one scheduler is needed');
  const access = new SchedulerAccess({ credentials, readTrust, timeoutMs });
  const { catalog = new Catalog() } = options;
  let status: EkidenStreamStatus = { connected: false, synced: false, scheduler: undefined, lastError: undefined };
  let source: EventSource | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const guard = new EpochGuard(options.epochPatienceMs ?? epochPatienceMs);
  /** The base of the leader that a scheduler redirected to, when it is none of those given. */
  let leader: string | undefined;
  const candidates = (): readonly string[] => (leader === undefined ? schedulers : [...schedulers, leader]);
  const candidate = (): string => candidates()[attempt % candidates().length] ?? '';
  /** Counts on from the index of the scheduler that last sent a message; chooses the next scheduler and the wait. */
  let attempt = 0;
  let openedAt: number | undefined;
  /** Where the stream that is open comes from, behind all redirects; undefined while none is. */
  let streamUrl: string | undefined;
  /** The next connection must bring a snapshot. */
  let needsSnapshot = true;

  function open(url: string, signal: AbortSignal): Promise<HttpStream & { url: string }> {
    const { epoch, seq } = catalog.position;
    const headers = { Accept: 'text/event-stream', ...(needsSnapshot ? {} : { 'Last-Event-ID': `${epoch}:${seq}` }) };
    return access.stream({ method: 'GET', url, headers, signal, idleTimeoutMs, amend: introduced });
  }

  const receipts = new ReceiptSender({
    logger,
    send: async (body) => {
      if (streamUrl === undefined) return undefined;
      const url = new URL(streamUrl);
      url.pathname = url.pathname.replace(/catalog\/stream$/, 'receipts');
      const headers = { 'Content-Type': 'application/json' };
      return (await access.request({ method: 'POST', url: url.href, origin: candidate(), headers, body })).status;
    },
  });

  /** The same URL with who asks. */
  function introduced(url: string): string {
    const full = new URL(url);
    for (const [name, value] of Object.entries(announcement ?? {})) {
      if (typeof value === 'string') full.searchParams.set(name, value);
    }
    return full.href;
  }

  /** Remembers where `from` redirected to, unless the credentials may not be sent there. */
  function learn(url: string, from: string): void {
    const mayHaveThem = credentials === undefined || isSecure(url) || !isSecure(from);
    const base = url.slice(0, url.lastIndexOf(streamPath));
    const known = schedulers.some((scheduler) => scheduler.replace(/\/+$/, '') === base);
    if (url.endsWith(streamPath) && mayHaveThem && !known) leader = base;
  }

  function connect(): void {
    const base = candidate();
    let url: string;
    try {
      url = addressOf(base, streamPath);
    } catch {
      lost(`${base} is not a URL`);
      return;
    }
    let pendingBytes = 0;
    const fetch = async (_url: string | URL, init: EventSourceFetchInit): Promise<FetchLikeResponse> => {
      const stream = await open(url, init.signal as AbortSignal);
      if (isForeign(stream)) {
        onForeign?.(base);
        throw new Error(`${stream.status}: it is no Ekiden`);
      }
      if (stream.status === 200 && stream.url !== url) learn(stream.url, url);
      if (stream.status === 200) streamUrl = stream.url;
      // EventSource does not read the body of a refusal, which would keep its socket.
      else await readText(stream.body);
      if (stream.status === 401 || stream.status === 403) throw new Error(refusal(stream.status, credentials?.user));
      return eventResponse(stream, url, (chunk) => {
        pendingBytes += chunk.length;
        if (pendingBytes > maxEventBytes) throw new Error(`one event is larger than ${maxEventBytes} bytes`);
      });
    };
    const current = new EventSource(url, { fetch });
    source = current;

    const receive = (event: MessageEvent): void => {
      if (source !== current) return;
      pendingBytes = 0;
      let message: CatalogMessage;
      try {
        message = parseCatalogMessage(event.type, String(event.data));
      } catch (error) {
        needsSnapshot = true;
        lost(`a message that cannot be read: ${messageOf(error)}`);
        return;
      }
      if (message.type === 'snapshot' && !guard.admits(message.epoch, catalog.position.epoch, performance.now())) {
        lost(
          `a snapshot of leadership ${message.epoch}, which is before ${catalog.position.epoch}, is not taken over`,
          { isOutdated: true },
        );
        return;
      }
      const doubt = doubtOf(message);
      if (lossGuard !== undefined && doubt !== undefined) {
        needsSnapshot = true;
        lost(doubt, { retryMs: lossGuard.confirmAfterMs });
        return;
      }
      if (!catalog.apply(message)) {
        needsSnapshot = true;
        lost(
          `change ${message.epoch}:${message.seq} does not follow ${catalog.position.epoch}:${catalog.position.seq}`,
        );
        return;
      }
      attempt = Math.max(0, candidates().indexOf(base));
      guard.confirm();
      needsSnapshot = false;
      if (!status.synced) status = { ...status, synced: true };
      onMessage(message);
    };
    current.addEventListener('open', () => {
      if (source !== current) return;
      openedAt = performance.now();
      status = { ...status, connected: true, scheduler: base, lastError: undefined };
      receipts.connected();
      logger.info({ scheduler: base }, 'following the catalog');
    });
    current.addEventListener('snapshot', receive);
    current.addEventListener('change', receive);
    current.addEventListener('error', (event) => {
      if (source === current) lost(event.message ?? 'the stream ended');
    });
  }

  /** Why a snapshot of another leadership than the one that is known is not taken over yet. */
  function doubtOf(message: CatalogMessage): string | undefined {
    if (message.type !== 'snapshot' || message.epoch === catalog.position.epoch) return undefined;
    const ids = {
      apps: new Set(message.apps.map(({ id }) => id)),
      instances: new Set(message.instances.map(({ taskId }) => taskId)),
    };
    return lossGuard?.judge(catalog, ids, () => false, performance.now());
  }

  function lost(reason: string, { isOutdated = false, retryMs = 0 } = {}): void {
    source?.close();
    source = undefined;
    streamUrl = undefined;
    if (closed) return;
    const scheduler = candidate();
    const count = candidates().length;
    if (!isOutdated && openedAt !== undefined && performance.now() - openedAt >= stableMs) {
      attempt %= count;
      guard.confirm();
    }
    if (openedAt !== undefined) status = { ...status, openUntil: performance.now() };
    openedAt = undefined;
    logger.warn({ scheduler, reason }, 'the catalog stream is away; what is known is kept');
    status = { ...status, connected: false, lastError: reason };
    attempt += 1;
    const round = Math.floor(attempt / count);
    timer = setTimeout(connect, Math.max(retryMs, jittered(backoffMs(reconnect, round), random())));
  }

  connect();
  return {
    catalog,
    get status() {
      return status;
    },
    acknowledge({ epoch, seq }, drained = []) {
      if (announcement === undefined) return;
      const { edge, role } = announcement;
      receipts.send(JSON.stringify({ edge, role, epoch, seq, drained }));
    },
    async close() {
      closed = true;
      receipts.close();
      clearTimeout(timer);
      source?.close();
      source = undefined;
      await access.close();
    },
  };
}
