import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../http/api-error.js';

export interface Loaded<T> {
  /** The last that was read; stays while it is read again, and when that fails. */
  readonly data: T | undefined;
  /** Why the last reading failed. */
  readonly error: unknown;
  /** It is being read. */
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** At most so often: what changes many times a second is read once. */
const minDistanceMs = 500;

/**
 * Reads something when it is shown first, and again whenever one of `changes` is another (such as an app's revision). When one of `keys`
 * is another, it is about something else: what was read before is forgotten.
 */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  keys: readonly unknown[],
  changes: readonly unknown[] = [],
): Loaded<T> {
  const [state, setState] = useState<{ data: T | undefined; error: unknown; isLoading: boolean }>({
    data: undefined,
    error: undefined,
    isLoading: true,
  });
  const [round, setRound] = useState(0);
  const key = JSON.stringify(keys);
  const known = useRef(key);
  const lastAt = useRef(-Infinity);
  const current = useRef(load);
  current.current = load;

  useEffect(() => {
    const abort = new AbortController();
    const isOther = known.current !== key;
    known.current = key;
    const wait = isOther ? 0 : Math.max(0, lastAt.current + minDistanceMs - performance.now());
    setState((before) => ({
      data: isOther ? undefined : before.data,
      error: isOther ? undefined : before.error,
      isLoading: true,
    }));
    const timer = setTimeout(() => {
      lastAt.current = performance.now();
      current.current(abort.signal).then(
        (data) => abort.signal.aborted || setState({ data, error: undefined, isLoading: false }),
        (error: unknown) => abort.signal.aborted || setState((before) => ({ ...before, error, isLoading: false })),
      );
    }, wait);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, JSON.stringify(changes), round]);

  return { ...state, reload: () => setRound((n) => n + 1) };
}

/** The words of an error that `useLoaded` has; undefined where there is none. */
export function problemOf(loaded: Loaded<unknown>): string | undefined {
  return loaded.error === undefined ? undefined : messageOf(loaded.error);
}
