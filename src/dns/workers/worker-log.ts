import { codeOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { FromWorker } from './protocol.js';

/** More lines between two reports, and longer ones, are not told. */
const maxLines = 100;
const maxFieldsLength = 16 << 10;

/** Errors keep what a reader wants of them: JSON has nothing of an Error by itself. */
function plain(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const code = codeOf(value);
  return { type: value.name, message: value.message, stack: value.stack, ...(code === undefined ? {} : { code }) };
}

function jsonOf(fields: object): string {
  try {
    const text = JSON.stringify(fields, plain);
    return text.length > maxFieldsLength ? '{}' : text;
  } catch {
    return '{}';
  }
}

/** A logger whose lines go out through the one of the process that has started this worker. */
export interface WorkerLog {
  readonly logger: Logger;
  /** Another so many lines may be told. */
  refill(): void;
}

export function createWorkerLog(send: (line: FromWorker) => void, verbose: () => boolean): WorkerLog {
  let left = maxLines;
  const make = (common: object): Logger => {
    const to =
      (level: 'debug' | 'info' | 'warn' | 'error') =>
      (fields: object, message: string): void => {
        if ((level === 'debug' && !verbose()) || left === 0) return;
        left -= 1;
        send({ type: 'log', level, fields: jsonOf({ ...common, ...fields }), message });
      };
    return {
      debug: to('debug'),
      info: to('info'),
      warn: to('warn'),
      error: to('error'),
      child: (fields) => make({ ...common, ...fields }),
    };
  };
  return {
    logger: make({}),
    refill: () => {
      left = maxLines;
    },
  };
}

/** Says a worker's line with the logger of this process. */
export function tellLine(logger: Logger, { level, fields, message }: Extract<FromWorker, { type: 'log' }>): void {
  logger[level](JSON.parse(fields) as object, message);
}
