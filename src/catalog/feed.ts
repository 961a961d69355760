import { Catalog } from './catalog.js';
import type { CatalogView } from './catalog.js';
import type { CatalogChange, CatalogMessage, CatalogPosition } from './types.js';

/**
 * The sending side of the catalog: keeps the newest state and the last changes, so that a reader who was away for a short time
 * gets what it missed and any other a snapshot. One feed per leadership: `epoch` is new for each.
 */
export class CatalogFeed {
  readonly #catalog = new Catalog();
  readonly #history: (CatalogMessage & { type: 'change' })[] = [];
  readonly #historyLimit: number;
  readonly #listeners = new Set<(message: CatalogMessage) => void>();

  /** `historyLimit`: how many changes can be sent again (default 1024). */
  constructor(epoch: string, historyLimit = 1024) {
    this.#historyLimit = historyLimit;
    this.#catalog.position = { epoch, seq: 0 };
  }

  get view(): CatalogView {
    return this.#catalog;
  }

  /** Takes over a change and sends it to all readers. An empty change is nothing. */
  publish(change: CatalogChange): void {
    const size =
      change.apps.length + change.removedApps.length + change.instances.length + change.removedInstances.length;
    if (size === 0) return;
    const { epoch, seq } = this.#catalog.position;
    const message: CatalogMessage & { type: 'change' } = { type: 'change', epoch, seq: seq + 1, ...change };
    this.#catalog.apply(message);
    this.#history.push(message);
    if (this.#history.length > this.#historyLimit) this.#history.shift();
    for (const listener of this.#listeners) listener(message);
  }

  /**
   * Sends what a reader at `from` has missed (a snapshot if `from` is undefined, of another epoch or too old), then every
   * change until the returned function is called.
   */
  subscribe(from: CatalogPosition | undefined, listener: (message: CatalogMessage) => void): () => void {
    for (const message of this.#missedSince(from)) listener(message);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #missedSince(from: CatalogPosition | undefined): readonly CatalogMessage[] {
    const { epoch, seq } = this.#catalog.position;
    if (from !== undefined && from.epoch === epoch && from.seq <= seq) {
      const missed = seq - from.seq;
      if (missed === 0) return [];
      if (missed <= this.#history.length) return this.#history.slice(-missed);
    }
    return [
      {
        type: 'snapshot',
        epoch,
        seq,
        apps: [...this.#catalog.apps.values()],
        instances: [...this.#catalog.instances.values()],
      },
    ];
  }
}
