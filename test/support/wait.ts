import { messageOf } from '../../src/common/errors.js';

/**
 * Asks `probe` every `everyMs` until it returns something other than undefined or false. Throws after `withinMs`, with the
 * last error of the probe, so that a failing test says what it saw. The limit is a safety net, not an expectation of speed.
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  { withinMs = 30_000, everyMs = 50 }: { withinMs?: number; everyMs?: number } = {},
): Promise<T> {
  const end = Date.now() + withinMs;
  let last: unknown;
  for (;;) {
    try {
      const result = await probe();
      if (result !== undefined && result !== false) return result;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      throw new Error(`waited ${withinMs} ms for ${what}${last === undefined ? '' : `: ${messageOf(last)}`}`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
