import type { Clock } from '../../../common/time.js';

/** Something that is run again and again. */
export interface PeriodicRun {
  readonly firstDelayMs: number;
  /** From the start of one run to the start of the next; a run that takes longer is followed at once. */
  readonly intervalMs: number;
  /** `signal` is aborted after so long. */
  readonly timeoutMs: number;
  /**
   * One run; never rejects. What it resolves with is called with whether the run took too long, unless it was stopped meanwhile: results
   * are told there.
   */
  readonly run: (signal: AbortSignal) => Promise<(timedOut: boolean) => void>;
}

/** Ends a periodic run, also one that is under way. */
export type Stop = () => void;

export interface PeriodicRuns {
  start(periodic: PeriodicRun): Stop;
  /** Resolves when no run is under way any more. The caller has stopped all of them. */
  ended(): Promise<void>;
}

/** setTimeout's limit: longer times would fire at once. */
const maxTimerMs = 2 ** 31 - 1;

interface Running {
  readonly periodic: PeriodicRun;
  timer: NodeJS.Timeout | undefined;
  /** Ends the run that is under way. */
  abort: AbortController | undefined;
  stopped: boolean;
}

/** Runs things periodically: none twice at once, and at most `maxConcurrent` of all at a time; the others wait their turn, first come, first served. */
export function createPeriodicRuns(options: { readonly maxConcurrent: number; readonly clock: Clock }): PeriodicRuns {
  const { maxConcurrent, clock } = options;
  /** Those whose time has come, in that order. */
  const due = new Set<Running>();
  const underWay = new Set<Promise<void>>();

  function schedule(running: Running, delayMs: number): void {
    running.timer = setTimeout(
      () => {
        due.add(running);
        runDue();
      },
      Math.min(maxTimerMs, Math.max(0, delayMs)),
    );
  }

  function runDue(): void {
    for (const running of due) {
      if (underWay.size >= maxConcurrent) return;
      due.delete(running);
      const run = runOnce(running).finally(() => {
        underWay.delete(run);
        runDue();
      });
      underWay.add(run);
    }
  }

  async function runOnce(running: Running): Promise<void> {
    const { run, timeoutMs, intervalMs } = running.periodic;
    const startedMs = clock();
    const abort = new AbortController();
    running.abort = abort;
    let timedOut = false;
    const timeout = setTimeout(
      () => {
        timedOut = true;
        abort.abort();
      },
      Math.min(maxTimerMs, timeoutMs),
    );
    const tell = await run(abort.signal);
    clearTimeout(timeout);
    running.abort = undefined;
    if (running.stopped) return;
    tell(timedOut);
    // who is told may have stopped it: TypeScript does not see that
    if (!(running as { stopped: boolean }).stopped) schedule(running, startedMs + intervalMs - clock());
  }

  return {
    start(periodic) {
      const running: Running = { periodic, timer: undefined, abort: undefined, stopped: false };
      schedule(running, periodic.firstDelayMs);
      return () => {
        running.stopped = true;
        clearTimeout(running.timer);
        due.delete(running);
        running.abort?.abort();
      };
    },

    async ended() {
      await Promise.all(underWay);
    },
  };
}
