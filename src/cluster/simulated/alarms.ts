import { DeadlineQueue } from '../../common/deadline-queue.js';
import type { Clock } from '../../common/time.js';

/** Many timers over one of Node's: the tasks of a simulated cluster have one each. */
export class Alarms {
  readonly #clock: Clock;
  readonly #queue = new DeadlineQueue();
  readonly #actions = new Map<string, () => void>();
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Does `action` after `delayMs`, in place of what this key waited for. */
  set(key: string, delayMs: number, action: () => void): void {
    this.#actions.set(key, action);
    this.#queue.set(key, this.#clock() + delayMs);
    this.#schedule();
  }

  cancel(key: string): void {
    this.#actions.delete(key);
    this.#queue.set(key, undefined);
  }

  #schedule(): void {
    const nextMs = this.#queue.nextMs();
    if (nextMs === this.#timerAtMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = nextMs;
    if (nextMs === undefined) return;
    this.#timer = setTimeout(() => this.#ring(), Math.max(0, nextMs - this.#clock()));
  }

  #ring(): void {
    this.#timerAtMs = undefined;
    for (const key of this.#queue.takeDue(this.#clock())) {
      const action = this.#actions.get(key);
      this.#actions.delete(key);
      action?.();
    }
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#actions.clear();
    for (const key of this.#queue.takeDue(Infinity)) this.#queue.set(key, undefined);
  }
}
