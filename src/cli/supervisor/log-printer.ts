import { createLinePrinter } from '../../common/logger.js';

/** Prints one line of a role's output. */
export type LogPrinter = (role: string, line: string) => void;

/**
 * Makes the printer of everything that roles write. Log lines carry their role already: they pass as they are, or as coloured
 * text when `pretty`. What is no log line (a stack trace, a warning of Node.js) is given its role here.
 */
export function createLogPrinter(options: {
  pretty: boolean;
  write: (text: string) => void;
  now: () => number;
}): LogPrinter {
  const { pretty, write, now } = options;
  const print = pretty ? createLinePrinter() : (line: string): string => `${line}\n`;
  return (role, line) => {
    if (line.startsWith('{"') && line.endsWith('}')) write(print(line));
    else if (pretty) write(`[${role}] ${line}\n`);
    else write(`${JSON.stringify({ level: 40, time: new Date(now()).toISOString(), role, msg: line })}\n`);
  };
}
