import type { AgentTask } from './agent-task.js';

/** How often tasks that an earlier agent started are looked at, and how many of them at a time. */
const pollMs = 200;
const perPoll = 500;

/** Tasks whose supervisor is not a child of this process: nobody tells when they end, so they are looked at in turn. */
export class AdoptedTasks {
  readonly #tasks = new Set<AgentTask>();
  #timer: NodeJS.Timeout | undefined;

  get size(): number {
    return this.#tasks.size;
  }

  add(task: AgentTask): void {
    this.#tasks.add(task);
  }

  has(task: AgentTask): boolean {
    return this.#tasks.has(task);
  }

  delete(task: AgentTask): void {
    this.#tasks.delete(task);
  }

  start(): void {
    this.#timer = setInterval(() => this.#poll(), pollMs).unref();
  }

  #poll(): void {
    let left = Math.min(perPoll, this.#tasks.size);
    for (const task of this.#tasks) {
      if (left-- === 0) return;
      // Behind the others, so that each comes up in its turn.
      this.#tasks.delete(task);
      if (!task.settle()) this.#tasks.add(task);
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
