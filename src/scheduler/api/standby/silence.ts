/** Notices when somebody whose turn it is says nothing. */
export class Silence {
  readonly #timer: NodeJS.Timeout;

  /** Calls `onSilent` once, when nothing was heard for `limitMs` while it was the other side's turn. */
  constructor(limitMs: number, isTheirTurn: () => boolean, onSilent: () => void) {
    this.#timer = setTimeout(() => {
      if (isTheirTurn()) onSilent();
      else this.#timer.refresh();
    }, limitMs);
  }

  /** Something moved, on either side: the time begins anew. */
  heard(): void {
    this.#timer.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
