import type { TaskState } from '../../mesos/types.js';
import type { EndedTask } from './api/view.js';
import type { AgentTask } from './agent-task.js';

/** Ended tasks that `/state` shows, per framework (Mesos' `--max_completed_executors_per_framework`), and of how many frameworks. */
const maxEndedPerFramework = 150;
const maxEndedFrameworks = 50;

/** What is remembered of tasks that have ended. */
export class EndedTasks {
  readonly #byFramework = new Map<string, EndedTask[]>();
  readonly #countByState = new Map<TaskState, number>();

  /** The last ones, oldest first. */
  get byFramework(): ReadonlyMap<string, readonly EndedTask[]> {
    return this.#byFramework;
  }

  get countByState(): ReadonlyMap<TaskState, number> {
    return this.#countByState;
  }

  add(task: AgentTask): void {
    this.#countByState.set(task.state, (this.#countByState.get(task.state) ?? 0) + 1);
    let ended = this.#byFramework.get(task.frameworkId);
    if (ended === undefined) {
      ended = [];
      this.#byFramework.set(task.frameworkId, ended);
      const [oldest] = this.#byFramework.keys();
      if (this.#byFramework.size > maxEndedFrameworks && oldest !== undefined) this.#byFramework.delete(oldest);
    }
    ended.push({ task, framework: task.framework });
    if (ended.length > maxEndedPerFramework) ended.shift();
  }
}
