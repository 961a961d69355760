import { pino, stdTimeFunctions } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { createLogLevels, rootLogger } from './log-levels.js';
import type { LevelGate, LogLevels } from './log-levels.js';

/**
 * The logger that every role gets; `child({...})` adds fields to each of its lines. A child with the field `component` can be given
 * a level of its own while the program runs.
 */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
  /** The levels of this logger and its relatives; undefined when they are as they are. */
  readonly levelControl?: LogLevels;
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

/** Writes every line that it is given. */
type Sink = Omit<Logger, 'child' | 'levelControl'> & { child(fields: object): Sink };

/** Lets through what the level of a logger allows. */
function gated(sink: Sink, gate: LevelGate, levels: LogLevels): Logger {
  const write =
    (line: 'debug' | 'info' | 'warn' | 'error') =>
    (fields: object, message: string): void => {
      if (gate.allows(line)) sink[line](fields, message);
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child(fields) {
      const component = 'component' in fields ? fields.component : undefined;
      const own = typeof component === 'string' ? levels.gate(component) : gate;
      return gated(sink.child(fields), own, levels);
    },
    levelControl: levels,
  };
}

/** A logger over a sink that writes every line, with levels that can be changed; `level` is where it starts. */
export function withLevels(sink: Sink, level: LogLevel): Logger {
  const levels = createLogLevels(level === 'silent' ? 'off' : level);
  return gated(sink, levels.gate(rootLogger), levels);
}

/** What waits for a disk that is full, at most; lines above that are lost. In bytes. */
const maxWaitingBytes = 1 << 20;

/** Standard output for lines. Whoever cannot write its log goes on without: the disk under it may be full, its reader gone. */
function standardOutput(): { write(line: string): unknown } {
  // Without `sync` pino flushes at exit, and when the reader of the pipe has gone by then, it retries for ever.
  const output = pino.destination({ fd: 1, sync: true, maxLength: maxWaitingBytes });
  output.on('error', () => undefined);
  return output;
}

/** A file to which lines are added. Whoever renames it, to keep it from growing, copies and empties it instead. */
function logFile(path: string): { write(line: string): unknown } {
  const output = pino.destination({ dest: path, append: true, mkdir: true, sync: true, maxLength: maxWaitingBytes });
  output.on('error', () => undefined);
  return output;
}

/**
 * Makes the logger of one role; every line carries `role`. Lines are JSON on stdout, or coloured text when `pretty`, and as JSON at the
 * end of `file` as well.
 * Writes are synchronous so that the last words of a dying process are not lost.
 */
export function createLogger(options: {
  role: string;
  level: LogLevel;
  pretty: boolean;
  file?: string | undefined;
}): Logger {
  const { role, level } = options;
  const common = { level: 'debug', base: { role }, redact, timestamp: stdTimeFunctions.isoTime };
  const output = standardOutput();
  const print = createLinePrinter();
  const screen = options.pretty ? { write: (line: string) => output.write(print(line)) } : output;
  const file = options.file === undefined ? undefined : logFile(options.file);
  const destination =
    file === undefined
      ? screen
      : {
          write: (line: string) => {
            screen.write(line);
            file.write(line);
          },
        };
  return withLevels(pino(common, destination), level);
}

/** Makes a function that turns a JSON log line of any role into the coloured text of `createLogger({ pretty: true })`, with its line end. */
export function createLinePrinter(): (line: string) => string {
  return prettyFactory(prettyOptions);
}

/** A logger that says nothing: for tests and for callers that do not want to hear. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
