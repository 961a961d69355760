import type { TaskInfo } from '../../mesos/types.js';

/** What a simulated task does. */
export interface Behaviour {
  /** From its launch to TASK_RUNNING. */
  readonly startMs: number;
  /** From TASK_RUNNING to its end; undefined = it runs until it is killed. */
  readonly runMs: number | undefined;
  /** With which it ends by itself: 0 = TASK_FINISHED, else TASK_FAILED. */
  readonly exitStatus: number;
  /** From a KILL to its end; never longer than the grace period. */
  readonly killMs: number;
  /** What its health check says from the start, all being well unless the task says otherwise; undefined = nothing. */
  readonly healthy: boolean | undefined;
}

/** A task says by environment variables, or by labels of the same names, what it does. */
const names = {
  startMs: 'EKIDEN_SIMULATE_START_MS',
  runMs: 'EKIDEN_SIMULATE_RUN_MS',
  exitStatus: 'EKIDEN_SIMULATE_EXIT_STATUS',
  killMs: 'EKIDEN_SIMULATE_KILL_MS',
  healthy: 'EKIDEN_SIMULATE_HEALTHY',
} as const;

/** Longer than any simulation; a timer in Node must be shorter. */
const maxMs = 2 ** 31 - 1;

/** Reads what a task wants to do; what is not a whole number is not said. */
export function behaviourOf(task: TaskInfo, startDelayMs: number): Behaviour {
  const variables = task.command?.environment?.variables ?? [];
  const labels = task.labels?.labels ?? [];
  // Most tasks say nothing: one look at each name is enough.
  const said = new Map<string, string>();
  for (const { key, value = '' } of labels) if (key.startsWith('EKIDEN_SIMULATE_')) said.set(key, value);
  for (const { name, value = '' } of variables) if (name.startsWith('EKIDEN_SIMULATE_')) said.set(name, value);
  const number = (name: string): number | undefined => {
    const text = said.get(name) ?? '';
    return /^\d{1,10}$/.test(text) ? Math.min(Number(text), maxMs) : undefined;
  };
  const exitStatus = number(names.exitStatus);
  const healthy = said.get(names.healthy);
  return {
    startMs: number(names.startMs) ?? startDelayMs,
    // Who names an exit status means the task to end.
    runMs: number(names.runMs) ?? (exitStatus === undefined ? undefined : 0),
    exitStatus: exitStatus ?? 0,
    killMs: number(names.killMs) ?? 0,
    healthy: healthy === undefined ? (task.health_check === undefined ? undefined : true) : healthy === 'true',
  };
}
