/** Calls `onEnd` after `ms`, unless the function that it returns was called before. */
export type StartTimer = (ms: number, onEnd: () => void) => () => void;

export const startTimer: StartTimer = (ms, onEnd) => {
  const timer = setTimeout(onEnd, ms);
  return () => clearTimeout(timer);
};

/** A plugin that has not come to an end. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** How long plugins may take. */
export interface Deadline {
  /** Milliseconds. */
  readonly limitMs: number;
  readonly startTimer: StartTimer;
}

/** The result of a call. Rejects with what it throws, and with DeadlineError when it is not there in time; it goes on then, unheard. */
export function within<T>({ limitMs, startTimer: start }: Deadline, call: () => T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = start(limitMs, () =>
      reject(new DeadlineError(`it has not come to an end within ${limitMs / 1000} s`)),
    );
    Promise.resolve().then(call).then(resolve, reject).finally(stop);
  });
}
