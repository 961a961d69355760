/** So much is done in one turn of the event loop: about a millisecond and a half of it. */
const workPerTurn = 64;

/**
 * Shares the turns of the event loop among connections: however much one of them asks for, the others and queries over UDP are answered in
 * between. Work is counted and not timed; to answer a message is one.
 */
export class Turns {
  #left = workPerTurn;
  readonly #waiting: (() => void)[] = [];
  #isNextDue = false;

  /** Whether something more can be done in this turn. */
  get hasTime(): boolean {
    return this.#left > 0;
  }

  /** So much was done. */
  spend(work: number): void {
    this.#left -= work;
    this.#scheduleNext();
  }

  /** Calls `go` once in a turn to come that has time for it, behind those who wait already. */
  wait(go: () => void): void {
    this.#waiting.push(go);
    this.#scheduleNext();
  }

  #scheduleNext(): void {
    if (this.#isNextDue) return;
    this.#isNextDue = true;
    setImmediate(() => {
      this.#isNextDue = false;
      this.#left = workPerTurn;
      while (this.hasTime && this.#waiting.length > 0) this.#waiting.shift()?.();
      if (this.#waiting.length > 0) this.#scheduleNext();
    });
  }
}
