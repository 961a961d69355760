import { messageOf, StartupError, UsageError } from '../common/errors.js';
import { createLogger } from '../common/logger.js';
import type { Logger, LogLevel } from '../common/logger.js';
import type { RoleContext, RoleHandle, StopScope } from '../common/role.js';
import { sleep } from '../common/time.js';
import type { RoleName } from './flags.js';
import { isPretty } from './log-format.js';
import { isStopMessage, supervisedVariable } from './supervisor/protocol.js';
import type { RoleMessage } from './supervisor/protocol.js';
import { exitOnUnexpected, softwareError } from './unexpected.js';

/** How long a role may take to end before it is cut off: after a signal or a stop message, and after the supervisor is gone. */
const stopLimitMs = 20_000;
const orphanLimitMs = 1_800;

/** How long a role that is asked to end may still take for its start; what has not started has nothing to end. */
const startGraceMs = 3_000;

export interface RoleStart {
  readonly role: RoleName;
  readonly logLevel: LogLevel;
  readonly logFormat: string;
  /** Where lines go besides the standard output. */
  readonly logFile?: string | undefined;
  /** What was given and has no effect; under a supervisor that one says so. */
  readonly warnings?: readonly string[];
  /** What the role will have to do without; shown by `up`. */
  readonly degraded?: string;
  readonly start: (context: RoleContext) => Promise<RoleHandle>;
}

/**
 * Runs one role as this process and resolves with the exit status when it has ended.
 *
 * Started by hand, it ends at SIGINT, SIGTERM or SIGHUP with everything it owns; a second signal ends the process at once.
 * Started by the supervisor, a stop message says what ends; SIGTERM ends the process alone, so that a restart of one role disturbs
 * nothing it owns, and so does the loss of the channel, within two seconds. Throws nothing: what goes wrong is logged and told.
 */
export async function runRole({
  role,
  logLevel,
  logFormat,
  logFile,
  warnings = [],
  degraded,
  start,
}: RoleStart): Promise<number> {
  const supervised = process.env[supervisedVariable] === '1' && process.send !== undefined;
  // Tasks inherit the environment of the agent: an Ekiden among them is not supervised by us.
  delete process.env[supervisedVariable];
  // The reader of our output may be gone before us; that is no reason to die.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  const pretty = isPretty(logFormat, process.stdout.isTTY, process.env['CI']);
  const logger = createLogger({ role, level: logLevel, pretty, file: logFile });
  if (!supervised) for (const warning of warnings) logger.warn({}, warning);

  return new Promise<number>((resolve) => {
    let ending = false;
    const end = (scope: StopScope, status: number, limitMs = stopLimitMs): void => {
      setTimeout(() => {
        logger.error({ limitMs }, 'did not end in time, leaving');
        process.exit(status === 0 ? 1 : status);
      }, limitMs);
      if (ending) return;
      ending = true;
      Promise.race([starting, sleep(startGraceMs)])
        .then((handle) => handle?.stop(scope))
        .then(
          () => resolve(status),
          (error: unknown) => {
            logger.error({ err: error }, 'could not end cleanly');
            resolve(status === 0 ? 1 : status);
          },
        );
    };
    exitOnUnexpected(logger);

    if (supervised) {
      process.on('SIGINT', () => undefined);
      process.on('SIGHUP', () => undefined);
      process.on('SIGTERM', () => end('self', 0));
      process.on('message', (message) => {
        if (isStopMessage(message)) end(message.scope, 0);
      });
      process.on('disconnect', () => end('self', 0, orphanLimitMs));
      // It may have gone while this program was being loaded.
      if (!process.connected) setImmediate(() => end('self', 0, orphanLimitMs));
    } else {
      const onSignal = (signal: NodeJS.Signals): void => {
        if (ending) process.exit(1);
        logger.info({ signal }, 'stopping');
        end('everything', 0);
      };
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
    }

    const context: RoleContext = {
      logger,
      fatal: (error, exitStatus, limitMs) => {
        logger.error({ err: error }, `cannot go on: ${messageOf(error)}`);
        end('self', exitStatus, limitMs);
      },
    };
    const starting: Promise<RoleHandle | undefined> = Promise.resolve()
      .then(() => start(context))
      .then(
        async (handle) => {
          if (supervised) await tell({ type: 'ready', ...(degraded === undefined ? {} : { degraded }) });
          else if (degraded !== undefined) logger.warn({}, `degraded: ${degraded}`);
          return handle;
        },
        async (error: unknown) => {
          const status = await reportFailure(role, error, supervised, logger);
          if (ending) return undefined;
          ending = true;
          resolve(status);
          return undefined;
        },
      );
  });
}

/** Says why the role could not start, to whom it concerns, and returns the exit status. */
async function reportFailure(role: RoleName, error: unknown, supervised: boolean, logger: Logger): Promise<number> {
  const usage = error instanceof UsageError;
  const expected = usage || error instanceof StartupError;
  if (!expected) logger.error({ err: error }, `could not start: ${messageOf(error)}`);
  if (supervised) await tell({ type: 'failed', message: messageOf(error), usage });
  else if (expected) process.stderr.write(`ekiden ${role}: ${messageOf(error)}\n`);
  return usage ? 2 : expected ? 1 : softwareError;
}

/** Resolves when the message is on its way, so that an exit does not overtake it; also when nobody listens any more. */
function tell(message: RoleMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) {
      resolve();
      return;
    }
    process.send(message, undefined, {}, () => resolve());
  });
}
