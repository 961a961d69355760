import { messageOf } from '../common/errors.js';
import type { Logger } from '../common/logger.js';

/** Exit status after an error that nobody expected (EX_SOFTWARE of sysexits.h). */
export const softwareError = 70;

/** Ends the process on an error that nobody handled, with its stack in the log: what it would do next is unknown. */
export function exitOnUnexpected(logger: Logger): void {
  const exit = (error: unknown): void => {
    logger.error({ err: error }, `unexpected error, the process ends: ${messageOf(error)}`);
    process.exit(softwareError);
  };
  process.on('uncaughtException', exit);
  process.on('unhandledRejection', exit);
}
