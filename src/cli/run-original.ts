import { chmod } from 'node:fs/promises';
import { writeFileAtomic } from '../common/atomic-file.js';
import { messageOf } from '../common/errors.js';
import type { Logger } from '../common/logger.js';
import type { RoleHandle } from '../common/role.js';
import type { ApplyOutcome } from '../lb/apply/proxy-control.js';
import type { LbOptions } from '../lb/options.js';
import { haproxyMissing, lbOptions } from './commands/lb.js';
import { findProgram } from './find-program.js';
import { presetFiles } from './originals/original-call.js';
import type { OriginalCall } from './originals/original-call.js';
import { runRole } from './run-role.js';
import { resolveSettings } from './settings.js';

/** How long one attempt may take, from the first connection to the reload. */
const onceLimitMs = 60_000;
/** How long it is waited for something better than a refusal: what is refused is left out, and the rest tried again. */
const afterRefusalMs = 10_000;

/** Does what the words of a load balancer that is stood in for ask for, and resolves with the exit status. A text is help, and is printed. Throws UsageError and StartupError. */
export async function runOriginal(call: OriginalCall | string): Promise<number> {
  if (typeof call === 'string') {
    process.stdout.write(call);
    return 0;
  }
  const print = (text: string): boolean => process.stdout.write(text);
  const invocation = resolveSettings('lb', call.argv, process.env, print, presetFiles(call.name, call.presets));
  if (invocation === undefined) return 0;
  const { settings } = invocation;
  const warnings = [...call.warnings, ...invocation.warnings];
  for (const { path, text } of call.files) {
    await writeFileAtomic(path, text, 0o600);
    await chmod(path, 0o600);
  }
  const haproxyPath = findProgram(settings.haproxy_path, process.env['PATH'] ?? '');
  const options: LbOptions = { ...lbOptions(settings, haproxyPath ?? settings.haproxy_path), external: call.external };
  if (call.run === 'once') {
    const logger = errorLogger(call.name);
    for (const warning of warnings) logger.warn({}, warning);
    return applyOnce(options, logger);
  }
  const isDegraded = haproxyPath === undefined && call.external === undefined;
  return runRole({
    role: 'lb',
    logLevel: settings.log_level,
    logFormat: settings.log_format,
    logFile: call.logFile,
    warnings,
    ...(isDegraded ? { degraded: haproxyMissing(settings.haproxy_path) } : {}),
    start: async (context) => {
      const { startLb } = await import('../lb/start.js');
      const lb = await startLb(options, context);
      return settings.keep_haproxy ? { stop: () => lb.stop('self') } : lb;
    },
  });
}

/** Brings the configuration of this moment into force, once. */
async function applyOnce(options: LbOptions, logger: Logger): Promise<number> {
  const { startLb } = await import('../lb/start.js');
  let timer: NodeJS.Timeout | undefined;
  let starting: Promise<RoleHandle> | undefined;
  const status = await new Promise<number>((resolve, reject) => {
    const endIn = (ms: number, reason: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        logger.error({}, reason);
        resolve(1);
      }, ms);
    };
    endIn(
      onceLimitMs,
      `nothing was done within ${onceLimitMs / 1_000} s: ${options.schedulers.join(', ')} did not tell all apps`,
    );
    const onOutcome = (outcome: ApplyOutcome): void => {
      switch (outcome.kind) {
        case 'unchanged':
        case 'changed':
        case 'running':
          return resolve(0);
        case 'postponed':
          return;
        case 'refused':
          return endIn(afterRefusalMs, `HAProxy does not accept the configuration: ${outcome.message}`);
        case 'failed':
          logger.error({}, outcome.message);
          return resolve(1);
        case 'missing':
        case 'ports-taken':
          return resolve(1);
      }
    };
    // Nobody uses the rules API of one moment: it gets any port of this machine alone.
    starting = startLb({ ...options, host: '127.0.0.1', lbPort: 0 }, { logger, fatal: reject }, { onOutcome });
    starting.catch(reject);
  });
  clearTimeout(timer);
  await (await starting)?.stop('self');
  return status;
}

/** What goes wrong, one line each, on the standard error: the standard output is for the configuration. */
function errorLogger(name: string): Logger {
  const say = (fields: object, message: string): void => {
    const { id, reason, err } = fields as { id?: unknown; reason?: unknown; err?: unknown };
    const about = typeof id === 'string' ? `${id}: ` : '';
    const why = typeof reason === 'string' ? `: ${reason}` : err === undefined ? '' : `: ${messageOf(err)}`;
    process.stderr.write(`${name}: ${about}${message}${why}\n`);
  };
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: say,
    error: say,
    child: () => logger,
  };
  return logger;
}
