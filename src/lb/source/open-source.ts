import { Catalog } from '../../catalog/catalog.js';
import type { EdgeAnnouncement } from '../../catalog/edges.js';
import { followEkidenStream, isForeign, streamPath } from '../../catalog/providers/ekiden-stream.js';
import type { EkidenStream } from '../../catalog/providers/ekiden-stream.js';
import { LossGuard } from '../../catalog/providers/loss-guard.js';
import type { LossGuardOptions } from '../../catalog/providers/loss-guard.js';
import { followMarathon } from '../../catalog/providers/marathon/follow-marathon.js';
import type { MarathonFollower } from '../../catalog/providers/marathon/follow-marathon.js';
import { addressOf, SchedulerAccess } from '../../catalog/providers/scheduler-access.js';
import { trustReader } from '../../catalog/providers/trust-reader.js';
import type { CatalogPosition } from '../../catalog/types.js';
import type { Logger } from '../../common/logger.js';
import type { LbOptions } from '../options.js';
import type { CatalogSource, SourceStatus } from './catalog-source.js';

/** While an Ekiden was followed a moment ago, another program among the schedulers is not: it may be what was there before. */
const ekidenPatienceMs = 30_000;
const probeTimeoutMs = 5_000;

export interface SourceParts {
  /** How this edge introduces itself to Ekiden. */
  readonly announcement: EdgeAnnouncement;
  readonly logger: Logger;
  /** Called after the catalog has changed, and once when it is complete. */
  readonly onChange: () => void;
  readonly losses?: LossGuardOptions;
  readonly ekidenPatienceMs?: number;
  /** Spreads the reconnects of many edges; in [0, 1). */
  readonly random?: () => number;
}

export type SourceOptions = Pick<LbOptions, 'schedulers' | 'credentials' | 'caFile' | 'callbackUrl' | 'pollSeconds'>;

type Follower =
  | { readonly kind: 'ekiden'; readonly stream: EkidenStream }
  | { readonly kind: 'marathon'; readonly marathon: MarathonFollower };

/**
 * Follows the schedulers, whatever they are: Ekidens by their catalog stream, any other Marathon by its events and its list of apps. Which of
 * both one is, is found out when it is connected to, so a list may hold both, and one may become the other. Throws UsageError when
 * `caFile` cannot be read.
 */
export async function openCatalogSource(options: SourceOptions, parts: SourceParts): Promise<CatalogSource> {
  return new Source(options, { ...parts, readTrust: await trustReader(options.caFile) });
}

class Source implements CatalogSource {
  readonly catalog = new Catalog();
  readonly #options: SourceOptions;
  readonly #parts: SourceParts & { readonly readTrust: (() => Promise<string>) | undefined };
  readonly #probe: SchedulerAccess;
  #follower: Follower;
  #synced = false;
  /** When a scheduler was last found to be an Ekiden after it had been none. */
  #ekidenSeenAt = -Infinity;
  /** Of followers that were replaced. */
  #ending: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    options: SourceOptions,
    parts: SourceParts & { readonly readTrust: (() => Promise<string>) | undefined },
  ) {
    this.#options = options;
    this.#parts = parts;
    const { credentials } = options;
    this.#probe = new SchedulerAccess({ credentials, readTrust: parts.readTrust, timeoutMs: probeTimeoutMs });
    this.#follower = this.#followEkiden(options.schedulers);
  }

  get status(): SourceStatus {
    const follower = this.#follower;
    const { connected, synced, scheduler, lastError } =
      follower.kind === 'ekiden' ? follower.stream.status : follower.marathon.status;
    return {
      kind: synced ? follower.kind : undefined,
      connected,
      synced: this.#synced,
      scheduler,
      lastError,
      problems: follower.kind === 'marathon' ? follower.marathon.status.problems : [],
    };
  }

  acknowledge(position: CatalogPosition, drained: readonly string[]): void {
    if (this.#follower.kind === 'ekiden') this.#follower.stream.acknowledge(position, drained);
  }

  calledBack(data?: string): void {
    if (this.#follower.kind === 'marathon') this.#follower.marathon.calledBack(data);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#end(this.#follower);
    await this.#ending;
    await this.#probe.close();
  }

  #changed(): void {
    this.#synced = true;
    this.#parts.onChange();
  }

  /** `schedulers`: in the order in which they are tried. */
  #followEkiden(schedulers: readonly string[]): Follower {
    const { credentials } = this.#options;
    const { readTrust, announcement, logger, losses, random } = this.#parts;
    const stream = followEkidenStream({
      schedulers,
      credentials,
      readTrust,
      announcement,
      logger,
      catalog: this.catalog,
      guard: new LossGuard(losses),
      onForeign: (scheduler) => this.#onForeign(scheduler),
      onMessage: () => this.#changed(),
      ...(random === undefined ? {} : { random }),
    });
    return { kind: 'ekiden', stream };
  }

  #followMarathon(startWith: string): Follower {
    const { schedulers, credentials, callbackUrl, pollSeconds } = this.#options;
    const { readTrust, logger, losses, random } = this.#parts;
    const marathon = followMarathon({
      schedulers,
      startWith,
      credentials,
      readTrust,
      catalog: this.catalog,
      pollMs: pollSeconds * 1_000,
      callbackUrl,
      logger,
      onChange: () => this.#changed(),
      isEkiden: (base, signal) => this.#isEkiden(base, signal),
      ...(losses === undefined ? {} : { losses }),
      ...(random === undefined ? {} : { random }),
    });
    return { kind: 'marathon', marathon };
  }

  /** A scheduler does not know Ekiden's stream. */
  #onForeign(scheduler: string): void {
    const follower = this.#follower;
    if (this.#closed || follower.kind !== 'ekiden') return;
    const { ekidenPatienceMs: patienceMs = ekidenPatienceMs, logger } = this.#parts;
    const seenAt = Math.max(this.#ekidenSeenAt, follower.stream.status.openUntil ?? -Infinity);
    if (performance.now() - seenAt < patienceMs) return;
    logger.info({ scheduler }, 'this is no Ekiden; it is followed as a Marathon');
    this.#follower = this.#followMarathon(scheduler);
    this.#end(follower);
  }

  /** Whether a scheduler, on the way to be followed as a Marathon, is an Ekiden; then it is followed as such. */
  async #isEkiden(base: string, signal: AbortSignal): Promise<boolean> {
    const stop = new AbortController();
    const ended = AbortSignal.any([signal, stop.signal]);
    try {
      const answer = await this.#probe.stream({
        method: 'GET',
        url: addressOf(base, streamPath),
        headers: { Accept: 'text/event-stream' },
        signal: ended,
        idleTimeoutMs: probeTimeoutMs,
      });
      if (answer.status !== 200 || isForeign(answer)) return false;
    } finally {
      stop.abort();
    }
    const follower = this.#follower;
    if (this.#closed || follower.kind !== 'marathon') return false;
    const { schedulers } = this.#options;
    this.#parts.logger.info({ scheduler: base }, 'this is an Ekiden now; its catalog is followed');
    this.#ekidenSeenAt = performance.now();
    this.#follower = this.#followEkiden([base, ...schedulers.filter((scheduler) => scheduler !== base)]);
    this.#end(follower);
    return true;
  }

  /** Ends a follower that is no longer the one, after those before it. */
  #end(follower: Follower): void {
    const { kind } = follower;
    const closed = kind === 'ekiden' ? follower.stream.close() : follower.marathon.close();
    this.#ending = this.#ending.then(() => closed);
  }
}
