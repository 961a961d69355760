/** What two clocks may differ in without being noticed: answers take their time, and `Date` knows whole seconds only. In milliseconds. */
const toleranceMs = 2_000;

/**
 * How far the server's clock is ahead of the browser's, from the `Date` of an answer; 0 while that may be nothing but the time that the
 * answer took. `askedMs`, `answeredMs`: of the browser's clock. Undefined: the answer does not say.
 */
export function aheadOf(date: string | null, askedMs: number, answeredMs: number): number | undefined {
  const ms = Date.parse(date ?? '');
  if (Number.isNaN(ms)) return undefined;
  // The server wrote a second that had begun, at some time between the question and the answer
  const least = ms - answeredMs;
  const most = ms + 1_000 - askedMs;
  if (least <= toleranceMs && most >= -toleranceMs) return 0;
  return Math.round((least + most) / 2);
}

let aheadMs = 0;

/** Sets the clock by an answer of the server. */
export function setByAnswer(date: string | null, askedMs: number, answeredMs: number): void {
  const ahead = aheadOf(date, askedMs, answeredMs);
  // What differs by less is how long answers take: times that are shown would jump to and fro
  if (ahead !== undefined && (ahead === 0 || Math.abs(ahead - aheadMs) > toleranceMs)) aheadMs = ahead;
}

/** The time as the server has it, as far as its answers have told: what it says of other times is held against this. In milliseconds. */
export function serverTimeMs(): number {
  return Date.now() + aheadMs;
}
