import { readMarathonLb } from '../originals/marathon-lb.js';
import { runOriginal } from '../run-original.js';

/** `marathon-lb`: resolves with the exit status. Throws UsageError and StartupError. */
export function run(argv: readonly string[]): Promise<number> {
  return runOriginal(readMarathonLb(argv, { environment: process.env }));
}
