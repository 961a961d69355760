import type { Logger } from '../../src/common/logger.js';

/** A line of a log: its level, its message, its fields. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly message: string };

/** A logger whose lines the test reads. */
export function memoryLogger(): { readonly logger: Logger; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const to =
    (level: string, common: object) =>
    (fields: object, message: string): void =>
      void lines.push({ ...common, ...fields, level, message });
  const make = (common: object): Logger => ({
    debug: to('debug', common),
    info: to('info', common),
    warn: to('warn', common),
    error: to('error', common),
    child: (fields) => make({ ...common, ...fields }),
  });
  return { logger: make({}), lines };
}
