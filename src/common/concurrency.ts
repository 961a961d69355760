import PQueue from 'p-queue';

/**
 * Runs `work` as soon as fewer than the limit are running; the result is that of `work`. When `signal` is aborted before its
 * turn, it is not run and the promise rejects at once; from then on the signal is `work`'s business.
 */
export type Limiter = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** At most `concurrency` pieces of work at a time, first come, first served. */
export function createLimiter(concurrency: number): Limiter {
  const queue = new PQueue({ concurrency });
  return (work, signal) => queue.add(work, signal === undefined ? {} : { signal });
}
