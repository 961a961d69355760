import { waitFor } from '../../test/support/wait.js';
import { startChild } from './child.js';
import type { Child } from './child.js';

export interface UsageQuestion {
  readonly collectGarbage: boolean;
}

/** What a scheduler under test has used and done so far. */
export interface SchedulerUsage {
  readonly heapBytes: number;
  readonly cpuMicros: number;
  /** Calls of the store's `write`. */
  readonly storeWrites: number;
  /** Keys and values written. */
  readonly storeBytes: number;
  /** Events published. */
  readonly events: number;
  /** Apps that wait for offers, deployments under way, instances. */
  readonly queued: number;
  readonly deployments: number;
  readonly instances: number;
}

/** A scheduler under test in a process of its own. */
export interface SchedulerChild extends Child {
  /** With a collection of garbage before, the heap is what is kept. */
  usage(collectGarbage?: boolean): Promise<SchedulerUsage>;
  /** Resolves when no deployment is under way. */
  quiet(): Promise<void>;
}

export async function startSchedulerChild(): Promise<SchedulerChild> {
  const child = await startChild(new URL('scheduler-process.js', import.meta.url));
  const usage = (collectGarbage = false): Promise<SchedulerUsage> =>
    child.ask({ collectGarbage } satisfies UsageQuestion) as Promise<SchedulerUsage>;
  return {
    ...child,
    usage,
    quiet: () =>
      waitFor('the deployments to end', async () => (await usage()).deployments === 0, {
        withinMs: 300_000,
        everyMs: 20,
      }).then(() => undefined),
  };
}
