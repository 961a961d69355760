import { readBamboo } from '../originals/bamboo.js';
import { runOriginal } from '../run-original.js';

/** `bamboo`: resolves with the exit status. Throws UsageError and StartupError. */
export function run(argv: readonly string[]): Promise<number> {
  return runOriginal(readBamboo(argv, process.env, () => undefined));
}
