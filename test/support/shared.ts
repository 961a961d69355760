import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The path of test data that lives beside the project (`../shared/<path>`), or undefined where it is not there: the test then
 * skips with a message. What a test must always have, the project makes itself.
 */
export function sharedPath(path: string): string | undefined {
  const full = resolve('..', 'shared', path);
  return existsSync(full) ? full : undefined;
}
