import { pino, stdTimeFunctions } from 'pino';
import pretty, { prettyFactory } from 'pino-pretty';

/** The logger that every role gets; `child({...})` adds fields to each of its lines. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Names of fields whose values never reach a log line, at the top or one level down. */
const secretFields = [
  'password',
  'secret',
  'authorization',
  'credentials',
  'http_credentials',
  'ssl_keystore_password',
];
const redact = { paths: secretFields.flatMap((f) => [f, `*.${f}`]), censor: '[redacted]' };

const prettyOptions = { ignore: 'pid,hostname,role', messageFormat: '[{role}] {msg}', singleLine: true };

/**
 * Makes the logger of one role; every line carries `role`. Lines are JSON on stdout, or coloured text when `pretty`.
 * Writes are synchronous so that the last words of a dying process are not lost.
 */
export function createLogger(options: { role: string; level: LogLevel; pretty: boolean }): Logger {
  const { role, level } = options;
  const common = { level, base: { role }, redact, timestamp: stdTimeFunctions.isoTime };
  // Without `sync` pino flushes at exit, and when the reader of the pipe has gone by then, it retries for ever.
  if (!options.pretty) return pino(common, pino.destination({ fd: 1, sync: true }));
  return pino(common, pretty({ ...prettyOptions, sync: true }));
}

/** Makes a function that turns a JSON log line of any role into the coloured text of `createLogger({ pretty: true })`, with its line end. */
export function createLinePrinter(): (line: string) => string {
  return prettyFactory(prettyOptions);
}

/** A logger that says nothing: for tests and for callers that do not want to hear. */
export const silentLogger: Logger = pino({ level: 'silent' });
