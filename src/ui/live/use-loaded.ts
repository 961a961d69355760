import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../http/api-error.js';
import { PacedReading } from './paced-reading.js';
import type { ReadingState } from './paced-reading.js';

export interface Loaded<T> extends ReadingState<T> {
  readonly reload: () => void;
}

/** At most so often: what changes many times a second is read once. */
const minDistanceMs = 500;

/**
 * Reads something when it is shown first, and again whenever one of `changes` is another (such as an app's revision). When one of `keys`
 * is another, it is about something else: what was read before is forgotten at once.
 */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  keys: readonly unknown[],
  changes: readonly unknown[] = [],
): Loaded<T> {
  const key = JSON.stringify(keys);
  const [told, setTold] = useState<{ readonly key: string; readonly state: ReadingState<T> }>();
  const current = useRef(load);
  current.current = load;
  const reading = useRef<PacedReading<T>>();

  useEffect(() => {
    const own = new PacedReading<T>({
      load: (signal) => current.current(signal),
      tell: (state) => setTold({ key, state }),
      minDistanceMs,
    });
    reading.current = own;
    return () => own.close();
  }, [key]);
  useEffect(() => reading.current?.ask(), [key, JSON.stringify(changes)]);

  const state: ReadingState<T> =
    told?.key === key ? told.state : { data: undefined, error: undefined, isLoading: true };
  return { ...state, reload: () => reading.current?.ask() };
}

/** The words of an error that `useLoaded` has; undefined where there is none. */
export function problemOf(loaded: Loaded<unknown>): string | undefined {
  return loaded.error === undefined ? undefined : messageOf(loaded.error);
}
