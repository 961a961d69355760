import type { CatalogPosition } from '../../catalog/types.js';
import type { Leaving } from '../compile/routing-model.js';

export interface DrainWatchOptions {
  /** Of instances that are about to be killed: the task ids of those that nobody uses any more. */
  readonly drained: (leaving: readonly Leaving[]) => Promise<readonly string[]>;
  /** Tells the scheduler what this edge acts on, and which draining tasks nobody uses through it. */
  readonly acknowledge: (position: CatalogPosition, drained: readonly string[]) => void;
}

/**
 * Tells the scheduler what is in force, and looks for the end of what is under way to instances that are about to be killed: they
 * are killed as soon as all edges have said so. Whoever is drained once stays it: nothing new is sent to it.
 */
export class DrainWatch {
  readonly #options: DrainWatchOptions;
  #position: CatalogPosition | undefined;
  #leaving: readonly Leaving[] = [];
  #drained = new Set<string>();

  constructor(options: DrainWatchOptions) {
    this.#options = options;
  }

  /** Whether an instance is waited for, so that `look` has something to do. */
  get isWaiting(): boolean {
    return this.#leaving.length > 0;
  }

  /** The tasks that are waited for. */
  get waitingFor(): readonly string[] {
    return [...new Set(this.#leaving.map(({ taskId }) => taskId))];
  }

  /**
   * An update is in force: what it withdrew gets nothing new. `draining` are all tasks of the catalog that are about to be killed; those
   * that no backend has are used by nobody.
   */
  async inForce(position: CatalogPosition, draining: Iterable<string>, leaving: readonly Leaving[]): Promise<void> {
    const all = new Set(draining);
    const routed = new Set(leaving.map(({ taskId }) => taskId));
    this.#position = position;
    this.#drained = new Set([...all].filter((taskId) => this.#drained.has(taskId) || !routed.has(taskId)));
    this.#leaving = leaving.filter(({ taskId }) => !this.#drained.has(taskId));
    if (!(await this.look())) this.#options.acknowledge(position, [...this.#drained]);
  }

  /** Looks once, and tells what is new. True when there was something. */
  async look(): Promise<boolean> {
    const position = this.#position;
    if (position === undefined || this.#leaving.length === 0) return false;
    const found = new Set(await this.#options.drained(this.#leaving));
    if (found.size === 0) return false;
    for (const taskId of found) this.#drained.add(taskId);
    this.#leaving = this.#leaving.filter(({ taskId }) => !found.has(taskId));
    this.#options.acknowledge(position, [...this.#drained]);
    return true;
  }
}
