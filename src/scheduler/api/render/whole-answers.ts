import type { SchedulerState } from '../../core/state.js';

interface Kept {
  /** `state.changes` when it was made. */
  readonly changes: number;
  readonly answer: WeakRef<Buffer>;
}

/**
 * Answers that show everything, and so cost much to make, kept while nothing changes: every event makes each load balancer of a cluster ask
 * for the same list at the same moment. What is kept does not count as memory in use: it may be gone at any time.
 */
export class WholeAnswers {
  readonly #state: Pick<SchedulerState, 'changes'>;
  readonly #kept = new Map<string, Kept>();

  constructor(state: Pick<SchedulerState, 'changes'>) {
    this.#state = state;
  }

  /** The answer of that name. `make` may look at nothing but the state and the name; there are only so many names. */
  of(name: string, make: () => string): Buffer {
    const { changes } = this.#state;
    const kept = this.#kept.get(name);
    const known = kept?.changes === changes ? kept.answer.deref() : undefined;
    if (known !== undefined) return known;
    const answer = Buffer.from(make());
    this.#kept.set(name, { changes, answer: new WeakRef(answer) });
    return answer;
  }
}
