import { nextReloadAt, nextUpdateAt } from '../plan/schedule.js';

/** Remembers what has happened so far, as far as it says when the next update, and the next reload, may begin. Times are of `performance.now()`. */
export class Pace {
  readonly #reloadIntervalMs: number;
  #changedAt: number | undefined;
  #lastUpdate: { endedAt: number; durationMs: number } | undefined;
  #lastReload: { startedAt: number; durationMs: number } | undefined;
  #reloadBefore: { startedAt: number } | undefined;
  #isPostponed = false;
  #failures = 0;
  #failedReload: { at: number; count: number } | undefined;

  /** `reloadIntervalMs`: two reloads together keep at least twice this distance. */
  constructor(reloadIntervalMs: number) {
    this.#reloadIntervalMs = reloadIntervalMs;
  }

  /** When the next update may begin; undefined = there is nothing to do. */
  get nextUpdateAt(): number | undefined {
    const state = {
      changedAt: this.#changedAt,
      isPostponed: this.#isPostponed,
      lastUpdate: this.#lastUpdate,
      lastReload: this.#lastReload,
      reloadBefore: this.#reloadBefore,
      failures: this.#failures,
      failedReload: this.#failedReload,
    };
    return nextUpdateAt(state, this.#reloadIntervalMs, Math.random());
  }

  /** Whether HAProxy may be replaced now. */
  get mayReload(): boolean {
    const state = {
      lastReload: this.#lastReload,
      reloadBefore: this.#reloadBefore,
      failedReload: this.#failedReload,
    };
    return performance.now() >= nextReloadAt(state, this.#reloadIntervalMs);
  }

  /** A reload that failed waits to be tried again. */
  get hasFailedReload(): boolean {
    return this.#failedReload !== undefined;
  }

  /** Something that an update is made from has changed. */
  changed(): void {
    this.#changedAt ??= performance.now();
  }

  /** An update begins, and sees what has changed. */
  begins(): void {
    this.#changedAt = undefined;
  }

  /** It also does what an earlier one could not yet. */
  resumes(): void {
    this.#isPostponed = false;
  }

  /** Any piece of work has ended. */
  ended(startedAt: number): void {
    const endedAt = performance.now();
    this.#lastUpdate = { endedAt, durationMs: endedAt - startedAt };
  }

  /** It came to no end. */
  threw(): void {
    this.#failures += 1;
  }

  /** It came to an end, whichever. */
  concluded(): void {
    this.#failures = 0;
  }

  /** HAProxy is as it should be. */
  succeeded(): void {
    this.#failures = 0;
    this.#failedReload = undefined;
  }

  /** HAProxy has to be replaced, and may not be yet. */
  postponed(): void {
    this.#isPostponed = true;
  }

  /** Tries again without a change, and later each time. */
  tryAgainLater(): void {
    this.#failedReload = { at: performance.now(), count: (this.#failedReload?.count ?? 0) + 1 };
    this.#isPostponed = true;
  }

  /** HAProxy was replaced. */
  reloaded(startedAt: number): void {
    this.#reloadBefore = this.#lastReload;
    this.#lastReload = { startedAt, durationMs: performance.now() - startedAt };
  }
}
