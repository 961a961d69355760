import type { Schedule } from '../../src/scheduler/overview/overview.js';

/** Timers that a test lets go off. */
export interface ManualTimers {
  readonly schedule: Schedule;
  /** How long each of them is to wait, in milliseconds. */
  readonly waiting: readonly number[];
  /** Lets all of them go off, and those that are set meanwhile to go off at once. */
  run(): void;
}

export function manualTimers(): ManualTimers {
  const timers = new Set<{ readonly run: () => void; readonly afterMs: number }>();
  const runThose = (which: (afterMs: number) => boolean): boolean => {
    const due = [...timers].filter(({ afterMs }) => which(afterMs));
    for (const timer of due) {
      timers.delete(timer);
      timer.run();
    }
    return due.length > 0;
  };
  return {
    schedule(run, afterMs) {
      const timer = { run, afterMs };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    get waiting() {
      return [...timers].map(({ afterMs }) => afterMs);
    },
    run() {
      for (let any = runThose(() => true); any; any = runThose((afterMs) => afterMs === 0));
    },
  };
}
