import { join, resolve } from 'node:path';
import { createLogger } from '../../common/logger.js';
import type { Logger } from '../../common/logger.js';
import { isPretty } from '../log-format.js';
import type { Settings } from '../flags.js';
import type { Invocation } from '../settings.js';
import { banner, serviceUrls } from '../supervisor/banner.js';
import { claimWorkDir } from '../supervisor/claim.js';
import { createLogPrinter } from '../supervisor/log-printer.js';
import { planRoles } from '../supervisor/plan.js';
import { RoleRegistry } from '../supervisor/role-registry.js';
import { Supervisor } from '../supervisor/supervisor.js';
import { exitOnUnexpected } from '../unexpected.js';
import { tlsSource } from './scheduler.js';

const startLimitMs = 60_000;

/** Runs all roles until a signal comes. */
export async function run(invocation: Invocation, mainPath: string): Promise<number> {
  const { settings, warnings } = invocation;
  const workDir = resolve(settings.work_dir);
  const pretty = isPretty(settings.log_format, process.stdout.isTTY, process.env['CI']);
  const logger = createLogger({ role: 'up', level: settings.log_level, pretty });
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  exitOnUnexpected(logger);
  for (const warning of warnings) logger.warn({}, warning);

  const claim = await claimWorkDir(workDir);
  const certificate = await ownCertificate(settings, workDir, logger).catch(async (error: unknown) => {
    await claim.release();
    throw error;
  });
  const registry = new RoleRegistry(workDir);
  const supervisor = new Supervisor({
    ...planRoles(invocation, workDir, mainPath, certificate?.path),
    startLimitMs,
    registry,
    logger,
    onLine: createLogPrinter({ pretty, write: (text) => process.stdout.write(text), now: Date.now }),
  });
  const asked = stopOnSignal(supervisor, logger);
  try {
    await registry.awaitFormer(logger);
    if (!asked.signal.aborted) {
      const degraded = await supervisor.start();
      if (!asked.signal.aborted) announce(invocation, degraded, pretty, logger);
    }
    if (!asked.signal.aborted) {
      await new Promise((stop) => asked.signal.addEventListener('abort', stop, { once: true }));
    }
    await supervisor.stop();
  } finally {
    await certificate?.close();
    await claim.release();
  }
  logger.info({}, 'stopped');
  return 0;
}

/** The PEM file by which the roles know the API; undefined when they need none, or know it by a file of the user's. */
async function ownCertificate(
  settings: Settings,
  workDir: string,
  logger: Logger,
): Promise<{ path: string; close(): Promise<void> } | undefined> {
  const source = tlsSource(settings);
  if (!settings.disable_http || source?.type !== 'keystore' || settings.marathon_ca !== undefined) return undefined;
  const { keepOwnCertificate } = await import('../supervisor/own-certificate.js');
  const path = join(workDir, 'api-certificate.pem');
  return { path, ...(await keepOwnCertificate(source, path, logger)) };
}

/** Signals that come so close together are one wish: npm passes on what its process group has got already. */
const sameWishMs = 500;

/** The first signal is the wish to stop everything cleanly; the second one ends the processes at once. */
function stopOnSignal(supervisor: Supervisor, logger: Logger): AbortController {
  const asked = new AbortController();
  let askedAt = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (asked.signal.aborted) {
      if (performance.now() - askedAt < sameWishMs) return;
      logger.warn({ signal }, 'leaving at once: tasks and HAProxy may run on, the next start takes them over');
      supervisor.killAll();
      process.exit(1);
    }
    logger.info({ signal }, 'stopping everything; once more to leave at once');
    askedAt = performance.now();
    asked.abort();
    void supervisor.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return asked;
}

/** People get the banner; where logs are read by programs it stays out of them. */
function announce({ settings }: Invocation, degraded: readonly string[], pretty: boolean, logger: Logger): void {
  for (const sentence of degraded) logger.warn({}, `degraded: ${sentence}`);
  logger.info({ urls: serviceUrls(settings) }, 'everything is up');
  (pretty ? process.stdout : process.stderr).write(`${banner(settings, degraded)}\n`);
}
