import type { ProcessIdentity } from '../../common/process-identity.js';
import { killSessions } from './process-table.js';

/** How long ended tasks gather before one look at the process table serves them all. */
const gatherMs = 250;
/** Sweeps of one session that keeps making processes, before it is given up. */
const maxSweeps = 40;

/** Ends what a task leaves behind in its session after its process group is gone: processes that made groups of their own. */
export class SessionSweeper {
  readonly #sweepsByLeader = new Map<ProcessIdentity, number>();
  #timer: NodeJS.Timeout | undefined;

  add(leader: ProcessIdentity): void {
    this.#sweepsByLeader.set(leader, 0);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.sweep();
    }, gatherMs).unref();
  }

  /** Sweeps all that gathered, now. Whoever still had processes is looked at again later. True when nobody had. */
  sweep(): boolean {
    const waiting = [...this.#sweepsByLeader];
    this.#sweepsByLeader.clear();
    const restless = new Set(killSessions(waiting.map(([leader]) => leader)));
    for (const [leader, sweeps] of waiting) {
      if (!restless.has(leader) || sweeps + 1 >= maxSweeps) continue;
      this.add(leader);
      this.#sweepsByLeader.set(leader, sweeps + 1);
    }
    return restless.size === 0;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sweepsByLeader.clear();
  }
}
