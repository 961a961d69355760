import { isDeepStrictEqual } from 'node:util';
import { jittered } from '../../../common/backoff.js';
import { createHttpClient } from '../../../common/http-client.js';
import type { Logger } from '../../../common/logger.js';
import type { Clock } from '../../../common/time.js';
import type { HealthResult, ReadinessResult } from '../../core/inputs.js';
import type { HealthCheck } from '../../model/app-definition.js';
import type { CheckedTask, Checker, ReadinessTask } from '../../ports/checker.js';
import { probeHttp } from './http-probe.js';
import type { Stop } from './periodic-runs.js';
import { createPeriodicRuns } from './periodic-runs.js';
import type { ProbeResult } from './probe.js';
import { noAnswer, probeReadiness } from './readiness-probe.js';
import { probeTcp } from './tcp-probe.js';

export interface CheckerOptions {
  /** Marathon's `--max_concurrent_marathon_health_checks`. */
  readonly maxConcurrent: number;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/** Checks wait at most this long for their first run, however long their interval. */
const maxFirstDelayMs = 5_000;
/** An interval of 0 is legal in Marathon; here it must not become a busy loop. */
const minIntervalMs = 50;
/** No readiness check waits longer for a connection or for the head of an answer, whatever its timeout. */
const maxProbeMs = 600_000;

const intervalMsOf = (check: { readonly intervalSeconds: number }): number =>
  Math.max(minIntervalMs, check.intervalSeconds * 1000);

/** Short intervals begin at once; longer ones are spread, so that a thousand tasks found at start-up are not checked in one go. */
function firstDelayMs(check: HealthCheck, random: number): number {
  return check.intervalSeconds <= 1 ? 0 : jittered(Math.min(intervalMsOf(check), maxFirstDelayMs), random);
}

/** `port` is literal, `portIndex` counts the task's ports. */
function portOf(task: CheckedTask, check: HealthCheck): number | undefined {
  return check.port ?? task.ports[check.portIndex ?? 0];
}

/** Whether Marathon itself runs checks of this protocol; the others are the agent's, and come with status updates. */
const isOurs = ({ protocol }: HealthCheck): boolean =>
  protocol === 'HTTP' || protocol === 'HTTPS' || protocol === 'TCP';

const timeoutCause = (check: { readonly timeoutSeconds: number }): string =>
  `timed out after ${check.timeoutSeconds} s`;

function probe(task: CheckedTask, check: HealthCheck, signal: AbortSignal): Promise<ProbeResult> {
  const port = portOf(task, check);
  if (port === undefined) {
    const cause = `no port to check: portIndex ${check.portIndex ?? 0} of ${task.ports.length} ports`;
    return Promise.resolve({ result: 'unhealthy', cause });
  }
  const host = check.port === undefined ? (task.portHosts?.[check.portIndex ?? 0] ?? task.host) : task.host;
  const target = { host, port, ipProtocol: check.ipProtocol };
  if (check.protocol === 'TCP') return probeTcp(target, signal);
  return probeHttp(
    { ...target, secure: check.protocol === 'HTTPS', path: check.path ?? '/', ignoreHttp1xx: check.ignoreHttp1xx },
    signal,
  );
}

/** A task whose checks are being run. */
interface Checked<T> {
  readonly task: T;
  readonly stops: readonly Stop[];
}

function forgetIn(checked: Map<string, Checked<unknown>>, taskId: string): void {
  for (const stop of checked.get(taskId)?.stops ?? []) stop();
  checked.delete(taskId);
}

/**
 * Runs Marathon's own health checks (HTTP, HTTPS, TCP) and readiness checks. Each check runs every `intervalSeconds`, never twice at
 * once, and fails after `timeoutSeconds`; of all of them at most `maxConcurrent` run at a time, the others wait their turn, first
 * come, first served.
 */
export function createChecker(options: CheckerOptions): Checker {
  const { maxConcurrent, clock, random, logger } = options;
  const runs = createPeriodicRuns({ maxConcurrent, clock });
  const client = createHttpClient({ timeoutMs: maxProbeMs, verifiesCertificates: false });
  const healthChecked = new Map<string, Checked<CheckedTask>>();
  const readinessChecked = new Map<string, Checked<ReadinessTask>>();
  const healthListeners: ((result: HealthResult) => void)[] = [];
  const readinessListeners: ((result: ReadinessResult) => void)[] = [];
  let closed = false;

  function startHealthCheck(task: CheckedTask, check: HealthCheck, checkIndex: number): Stop {
    const { taskId } = task;
    return runs.start({
      firstDelayMs: firstDelayMs(check, random()),
      intervalMs: intervalMsOf(check),
      timeoutMs: check.timeoutSeconds * 1000,
      run: async (signal) => {
        const found = await probe(task, check, signal);
        return (timedOut) => {
          // a lone 1xx that is to be ignored stays so, however long the target kept silent after it
          const result: ProbeResult =
            timedOut && found.result !== 'ignored' ? { result: 'unhealthy', cause: timeoutCause(check) } : found;
          if (result.result === 'unhealthy') {
            logger.debug({ taskId, checkIndex, cause: result.cause }, 'a health check failed');
          }
          for (const listener of healthListeners) listener({ taskId, checkIndex, ...result });
        };
      },
    });
  }

  /** The first run is at once: a deployment waits. */
  function startReadinessCheck(task: ReadinessTask): Stop {
    const { taskId, check } = task;
    return runs.start({
      firstDelayMs: 0,
      intervalMs: intervalMsOf(check),
      timeoutMs: check.timeoutSeconds * 1000,
      run: async (signal) => {
        const found = await probeReadiness(client, task, signal);
        return (timedOut) => {
          const response = timedOut ? noAnswer(timeoutCause(check)) : found;
          for (const listener of readinessListeners) listener({ taskId, response });
        };
      },
    });
  }

  /** Starts the checks of a task, unless they are being run already. */
  function checkIn<T extends { readonly taskId: string }>(
    checked: Map<string, Checked<T>>,
    task: T,
    start: () => readonly Stop[],
  ): void {
    const former = checked.get(task.taskId);
    if (closed || (former !== undefined && isDeepStrictEqual(former.task, task))) return;
    for (const stop of former?.stops ?? []) stop();
    checked.set(task.taskId, { task, stops: start() });
  }

  return {
    check: (task) =>
      checkIn(healthChecked, task, () =>
        task.healthChecks.flatMap((check, index) => (isOurs(check) ? [startHealthCheck(task, check, index)] : [])),
      ),
    forget: (taskId) => forgetIn(healthChecked, taskId),
    onResult: (listener) => void healthListeners.push(listener),

    checkReadiness: (task) => checkIn(readinessChecked, task, () => [startReadinessCheck(task)]),
    forgetReadiness: (taskId) => forgetIn(readinessChecked, taskId),
    onReadiness: (listener) => void readinessListeners.push(listener),

    async close() {
      closed = true;
      for (const checked of [healthChecked, readinessChecked])
        for (const taskId of checked.keys()) forgetIn(checked, taskId);
      await runs.ended();
      await client.close();
    },
  };
}
