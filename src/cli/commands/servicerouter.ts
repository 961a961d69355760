import { readServicerouter } from '../originals/servicerouter.js';
import { runOriginal } from '../run-original.js';

/** `servicerouter.py`: resolves with the exit status. Throws UsageError and StartupError. */
export function run(argv: readonly string[]): Promise<number> {
  return runOriginal(readServicerouter(argv));
}
