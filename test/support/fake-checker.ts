import type { HealthResult } from '../../src/scheduler/core/inputs.js';
import type { CheckedTask, Checker } from '../../src/scheduler/ports/checker.js';

/** What a check of a task is to find. */
export type Verdict = Omit<HealthResult, 'taskId' | 'checkIndex'>;

/** A checker without time and network: a simulation says when checks run and what they find. */
export interface FakeChecker extends Checker {
  /** The tasks that are being checked. */
  readonly tasks: ReadonlyMap<string, CheckedTask>;
  /** What checks find; healthy, until it is replaced. */
  verdict: (task: CheckedTask, checkIndex: number) => Verdict;
  /** Runs every check of one task, or of all, once. */
  run(taskId?: string): void;
}

const protocols: ReadonlySet<string> = new Set(['HTTP', 'HTTPS', 'TCP']);

export function createFakeChecker(): FakeChecker {
  const tasks = new Map<string, CheckedTask>();
  const listeners: ((result: HealthResult) => void)[] = [];
  let closed = false;

  function runTask(task: CheckedTask): void {
    task.healthChecks.forEach(({ protocol }, checkIndex) => {
      if (!protocols.has(protocol) || tasks.get(task.taskId) !== task) return;
      for (const listener of listeners) {
        listener({ taskId: task.taskId, checkIndex, ...checker.verdict(task, checkIndex) });
      }
    });
  }

  const checker: FakeChecker = {
    tasks,
    verdict: () => ({ result: 'healthy' }),
    run(taskId) {
      const some = taskId === undefined ? [...tasks.values()] : [tasks.get(taskId)];
      for (const task of some) if (task !== undefined) runTask(task);
    },
    check(task) {
      if (!closed) tasks.set(task.taskId, task);
    },
    forget: (taskId) => void tasks.delete(taskId),
    onResult: (listener) => void listeners.push(listener),
    async close() {
      closed = true;
      tasks.clear();
      await Promise.resolve();
    },
  };
  return checker;
}
