/** What was opened one after the other, and is to be closed the other way round. */
export class Opened {
  readonly #closers: (() => Promise<unknown>)[] = [];
  #closing: Promise<void> | undefined;

  /** Notes how the newest thing is closed. */
  onClose(close: () => Promise<unknown>): void {
    this.#closers.push(close);
  }

  /** Notes the newest thing, and returns it. */
  add<Thing extends { close(): Promise<unknown> }>(thing: Thing): Thing {
    this.onClose(() => thing.close());
    return thing;
  }

  /**
   * Closes everything, the newest first, each when the one before it is closed. One that fails keeps nothing else open: the first failure
   * is thrown in the end. Safe to call twice.
   */
  close(): Promise<void> {
    return (this.#closing ??= this.#closeAll());
  }

  async #closeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
