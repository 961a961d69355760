import type { ForcedEnding, JournalEntry } from './task-checkpoint.js';
import type { Workload } from './workload.js';

/** How soon to look again for a task that is asked to end while it is only just starting. */
const startingRetryMs = 5;
/** How soon to repeat a SIGKILL. */
const killRetryMs = 500;

/** A task on its way to a forced end: it is asked, and killed when its grace period is over. */
export class TaskEnding {
  readonly #now: () => number;
  #deadlineMs: number;
  #silent: boolean;
  #ending: ForcedEnding | undefined;
  /** It was asked. */
  #isAsked = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(now: () => number, deadlineMs: number, options: { silent: boolean; ending?: ForcedEnding | undefined }) {
    this.#now = now;
    this.#deadlineMs = deadlineMs;
    this.#silent = options.silent;
    this.#ending = options.ending;
  }

  /** The ending that an earlier agent had begun; undefined when it had not. */
  static recall(now: () => number, journal: readonly JournalEntry[]): TaskEnding | undefined {
    let found: TaskEnding | undefined;
    for (const entry of journal) {
      if (entry.type !== 'kill') continue;
      if (found === undefined) found = new TaskEnding(now, entry.deadlineMs, entry);
      else found.hasten(entry.deadlineMs, entry.silent);
    }
    return found;
  }

  /** Nobody is to be told when it has ended. */
  get isSilent(): boolean {
    return this.#silent;
  }

  /** What it ends with; undefined = a framework asked for it. */
  get ending(): ForcedEnding | undefined {
    return this.#ending;
  }

  /** Another request: the time that is left can only become shorter. */
  hasten(deadlineMs: number, silent: boolean): void {
    this.#deadlineMs = Math.min(this.#deadlineMs, deadlineMs);
    this.#silent ||= silent;
  }

  get record(): JournalEntry {
    return {
      type: 'kill',
      deadlineMs: this.#deadlineMs,
      silent: this.#silent,
      ...(this.#ending === undefined ? {} : { ending: this.#ending }),
    };
  }

  /** Does what is due by now, and comes back for the rest; `settle` says whether the task has ended. */
  pursue(workload: Workload, settle: () => boolean): void {
    clearTimeout(this.#timer);
    if (settle()) return;
    const leftMs = this.#deadlineMs - this.#now();
    let againMs: number;
    if (leftMs <= 0) {
      workload.kill();
      againMs = killRetryMs;
    } else {
      this.#isAsked ||= workload.terminate(leftMs);
      againMs = this.#isAsked ? leftMs : Math.min(startingRetryMs, leftMs);
    }
    this.#timer = setTimeout(() => this.pursue(workload, settle), againMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
