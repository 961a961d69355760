const numbered = /^\d{1,15}$/;

/**
 * Whether `epoch` is of a leadership before that of `known`. Leaderships whose state is in ZooKeeper are numbered, each higher than the
 * one before; of epochs of any other kind nobody can say which was first.
 */
export function isEarlierEpoch(epoch: string, known: string): boolean {
  return numbered.test(epoch) && numbered.test(known) && Number(epoch) < Number(known);
}

/**
 * Says no to what is of an earlier leadership than what is known already: a scheduler that was deposed and has not noticed yet speaks of
 * the past. It notices, or is started again. So when for a whole `patienceMs` nobody knows of anything later, that is no remnant: the
 * state was begun anew, as with another ZooKeeper, and is taken over.
 */
export class EpochGuard {
  readonly #patienceMs: number;
  #refusedSince: number | undefined;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** Whether a message of `epoch` may be taken over where `known` is known; `now` in milliseconds, of any clock that does not jump. */
  admits(epoch: string, known: string, now: number): boolean {
    if (!isEarlierEpoch(epoch, known)) {
      this.#refusedSince = undefined;
      return true;
    }
    this.#refusedSince ??= now;
    if (now - this.#refusedSince < this.#patienceMs) return false;
    this.#refusedSince = undefined;
    return true;
  }

  /** Somebody was found who knows no less than what is known. */
  confirm(): void {
    this.#refusedSince = undefined;
  }
}
