import { DurationBuckets } from '../../common/duration-buckets.js';
import type { Durations } from '../../common/duration-buckets.js';
import type { Clock } from '../../common/time.js';
import type { ApplyOutcome } from '../apply/proxy-control.js';
import type { RuntimeChange } from '../plan/runtime-change.js';

/** How attempts to bring a configuration into force end. */
export const outcomeKinds: readonly ApplyOutcome['kind'][] = [
  'unchanged',
  'changed',
  'running',
  'postponed',
  'refused',
  'ports-taken',
  'missing',
  'failed',
];

/** What a running HAProxy can be told. */
export const changeKinds: readonly RuntimeChange['kind'][] = [
  'add-server',
  'withdraw-server',
  'set-state',
  'set-weight',
  'change-map',
];

/** What has been counted. */
export interface CountedLb {
  readonly outcomes: ReadonlyMap<ApplyOutcome['kind'], number>;
  readonly changes: ReadonlyMap<RuntimeChange['kind'], number>;
  readonly reloadDurations: Durations;
  readonly runtimeDurations: Durations;
  /** Milliseconds since 1970; undefined = not yet. */
  readonly lastSuccessMs: number | undefined;
  readonly lastReloadMs: number | undefined;
  readonly lastCatalogChangeMs: number | undefined;
}

/** Counts what a load balancer does. Each count only grows. */
export class LbCounts {
  readonly #now: Clock;
  readonly #outcomes = new Map<ApplyOutcome['kind'], number>(outcomeKinds.map((kind) => [kind, 0]));
  readonly #changes = new Map<RuntimeChange['kind'], number>(changeKinds.map((kind) => [kind, 0]));
  readonly #reloads = new DurationBuckets();
  readonly #runtime = new DurationBuckets();
  #lastSuccessMs: number | undefined;
  #lastReloadMs: number | undefined;
  #lastCatalogChangeMs: number | undefined;

  constructor(now: Clock = Date.now) {
    this.#now = now;
  }

  /** An attempt to bring a configuration into force has ended. */
  outcome(outcome: ApplyOutcome): void {
    const now = this.#now();
    this.#outcomes.set(outcome.kind, (this.#outcomes.get(outcome.kind) ?? 0) + 1);
    if (outcome.kind === 'changed' || outcome.kind === 'postponed') {
      for (const { kind } of outcome.changes) this.#changes.set(kind, (this.#changes.get(kind) ?? 0) + 1);
    }
    if (outcome.kind === 'changed') this.#runtime.record(outcome.durationMs);
    if (outcome.kind === 'running') {
      this.#reloads.record(outcome.durationMs);
      this.#lastReloadMs = now;
    }
    if (outcome.kind === 'running' || outcome.kind === 'changed' || outcome.kind === 'unchanged') {
      this.#lastSuccessMs = now;
    }
  }

  /** The schedulers have told something new. */
  catalogChanged(): void {
    this.#lastCatalogChangeMs = this.#now();
  }

  get reading(): CountedLb {
    return {
      outcomes: this.#outcomes,
      changes: this.#changes,
      reloadDurations: this.#reloads.reading,
      runtimeDurations: this.#runtime.reading,
      lastSuccessMs: this.#lastSuccessMs,
      lastReloadMs: this.#lastReloadMs,
      lastCatalogChangeMs: this.#lastCatalogChangeMs,
    };
  }
}
