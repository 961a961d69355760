import { messageOf } from '../../../common/errors.js';
import type { Logger } from '../../../common/logger.js';
import type { MetricsSnapshot } from '../../../common/metrics.js';

/** Where metrics are pushed to. */
export interface Sink {
  /** Rejects, or tells its SinkState later, when they cannot be delivered. */
  push(snapshot: MetricsSnapshot): Promise<void>;
  close(): Promise<void>;
}

/** Says once when metrics do not reach a sink, and once when they do again. */
export class SinkState {
  readonly #what: string;
  readonly #logger: Logger;
  #isFailing = false;

  /** `what`: the sink, as people call it. */
  constructor(what: string, logger: Logger) {
    this.#what = what;
    this.#logger = logger;
  }

  works(): void {
    if (this.#isFailing) this.#logger.info({}, `metrics reach ${this.#what} again`);
    this.#isFailing = false;
  }

  fails(error: unknown): void {
    if (!this.#isFailing) {
      this.#logger.warn({ reason: messageOf(error) }, `metrics do not reach ${this.#what}, trying again`);
    }
    this.#isFailing = true;
  }
}
