import type { TaskProcesses } from './process-table.js';
import { killLeftovers } from './process-table.js';

/** How long ended tasks gather before one look at the process table serves them all. */
const gatherMs = 250;
/** Sweeps of one task that keeps making processes, before it is given up. */
const maxSweeps = 40;

/** Ends what a task leaves behind after its process group is gone: processes that made groups or sessions of their own. */
export class ProcessSweeper {
  readonly #sweeps = new Map<TaskProcesses, number>();
  #timer: NodeJS.Timeout | undefined;

  add(task: TaskProcesses): void {
    this.#sweeps.set(task, 0);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.sweep();
    }, gatherMs).unref();
  }

  /** Sweeps all that gathered, now. Whoever still had processes is looked at again later. True when nobody had. */
  sweep(): boolean {
    const waiting = [...this.#sweeps];
    this.#sweeps.clear();
    const restless = new Set(killLeftovers(waiting.map(([task]) => task)));
    for (const [task, sweeps] of waiting) {
      if (!restless.has(task) || sweeps + 1 >= maxSweeps) continue;
      this.add(task);
      this.#sweeps.set(task, sweeps + 1);
    }
    return restless.size === 0;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sweeps.clear();
  }
}
