import PQueue from 'p-queue';

/** Runs `work` as soon as fewer than the limit are running; the result is that of `work`. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `concurrency` pieces of work at a time, first come, first served. */
export function createLimiter(concurrency: number): Limiter {
  const queue = new PQueue({ concurrency });
  return (work) => queue.add(work);
}
