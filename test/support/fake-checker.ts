import type { HealthResult, ReadinessResult } from '../../src/scheduler/core/inputs.js';
import type { ReadinessResponse } from '../../src/scheduler/model/readiness.js';
import type { CheckedTask, Checker, ReadinessTask } from '../../src/scheduler/ports/checker.js';

/** What a check of a task is to find. */
export type Verdict = Omit<HealthResult, 'taskId' | 'checkIndex'>;

/** A checker without time and network: a simulation says when checks run and what they find. */
export interface FakeChecker extends Checker {
  /** The tasks that are being checked. */
  readonly tasks: ReadonlyMap<string, CheckedTask>;
  /** What checks find; healthy, until it is replaced. */
  verdict: (task: CheckedTask, checkIndex: number) => Verdict;
  /** The tasks whose readiness is being checked. */
  readonly readinessTasks: ReadonlyMap<string, ReadinessTask>;
  /** What readiness checks are answered; 200, until it is replaced. */
  readiness: (task: ReadinessTask) => ReadinessResponse;
  /** Runs every check of one task, or of all, once. */
  run(taskId?: string): void;
  /** Runs the readiness check of every task that has one, once. */
  runReadiness(): void;
}

const protocols: ReadonlySet<string> = new Set(['HTTP', 'HTTPS', 'TCP']);

export function createFakeChecker(): FakeChecker {
  const tasks = new Map<string, CheckedTask>();
  const listeners: ((result: HealthResult) => void)[] = [];
  const readinessTasks = new Map<string, ReadinessTask>();
  const readinessListeners: ((result: ReadinessResult) => void)[] = [];
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
    readinessTasks,
    readiness: () => ({ status: 200, contentType: 'text/plain', body: 'ready' }),
    runReadiness() {
      for (const task of readinessTasks.values()) {
        const response = checker.readiness(task);
        for (const listener of readinessListeners) listener({ taskId: task.taskId, response });
      }
    },
    checkReadiness(task) {
      if (!closed) readinessTasks.set(task.taskId, task);
    },
    forgetReadiness: (taskId) => void readinessTasks.delete(taskId),
    onReadiness: (listener) => void readinessListeners.push(listener),
    async close() {
      closed = true;
      tasks.clear();
      readinessTasks.clear();
      await Promise.resolve();
    },
  };
  return checker;
}
