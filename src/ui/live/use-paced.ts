import { useEffect, useRef, useState } from 'preact/hooks';

/**
 * A number that grows when `value` has become another one, at most every `distanceMs`: for what is read again because of changes that
 * come more often than it should be read.
 */
export function usePaced(value: unknown, distanceMs: number): number {
  const [round, setRound] = useState(0);
  const known = useRef(value);
  const lastAt = useRef(-Infinity);
  const timer = useRef<number>();
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (known.current === value) return;
    known.current = value;
    if (timer.current !== undefined) return;
    const wait = Math.max(0, lastAt.current + distanceMs - performance.now());
    timer.current = setTimeout(() => {
      timer.current = undefined;
      lastAt.current = performance.now();
      setRound((n) => n + 1);
    }, wait);
  }, [value]);
  return round;
}
