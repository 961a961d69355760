import { isDeepStrictEqual } from 'node:util';
import { jittered } from '../../../common/backoff.js';
import type { Logger } from '../../../common/logger.js';
import type { Clock } from '../../../common/time.js';
import type { HealthResult } from '../../core/inputs.js';
import type { HealthCheck } from '../../model/app-definition.js';
import type { CheckedTask, Checker } from '../../ports/checker.js';
import { probeHttp } from './http-probe.js';
import type { ProbeResult } from './probe.js';
import { probeTcp } from './tcp-probe.js';

export interface CheckerOptions {
  /** Marathon's `--max_concurrent_marathon_health_checks`. */
  readonly maxConcurrent: number;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/** One health check of one task, as it goes on. */
interface RunningCheck {
  readonly task: CheckedTask;
  readonly index: number;
  readonly check: HealthCheck;
  timer: NodeJS.Timeout | undefined;
  /** Ends the run that is under way. */
  abort: AbortController | undefined;
  stopped: boolean;
}

/** Checks wait at most this long for their first run, however long their interval. */
const maxFirstDelayMs = 5_000;
/** An interval of 0 is legal in Marathon; here it must not become a busy loop. */
const minIntervalMs = 50;
/** setTimeout's limit: longer times would fire at once. */
const maxTimerMs = 2 ** 31 - 1;

const intervalMsOf = (check: HealthCheck): number => Math.max(minIntervalMs, check.intervalSeconds * 1000);

/** Short intervals begin at once; longer ones are spread, so that a thousand tasks found at start-up are not checked in one go. */
function firstDelayMs(check: HealthCheck, random: number): number {
  return check.intervalSeconds <= 1 ? 0 : jittered(Math.min(intervalMsOf(check), maxFirstDelayMs), random);
}

/** `port` is literal, `portIndex` counts the task's host ports. */
function portOf({ task, check }: RunningCheck): number | undefined {
  return check.port ?? task.ports[check.portIndex ?? 0];
}

/** Whether Marathon itself runs checks of this protocol; the others are the agent's, and come with status updates. */
const isOurs = ({ protocol }: HealthCheck): boolean =>
  protocol === 'HTTP' || protocol === 'HTTPS' || protocol === 'TCP';

function probe(running: RunningCheck, signal: AbortSignal): Promise<ProbeResult> {
  const { task, check } = running;
  const port = portOf(running);
  if (port === undefined) {
    const cause = `no port to check: portIndex ${check.portIndex ?? 0} of ${task.ports.length} ports`;
    return Promise.resolve({ result: 'unhealthy', cause });
  }
  const target = { host: task.host, port, ipProtocol: check.ipProtocol };
  if (check.protocol === 'TCP') return probeTcp(target, signal);
  return probeHttp(
    { ...target, secure: check.protocol === 'HTTPS', path: check.path ?? '/', ignoreHttp1xx: check.ignoreHttp1xx },
    signal,
  );
}

/**
 * Runs Marathon's own health checks (HTTP, HTTPS, TCP). Each check runs every `intervalSeconds`, never twice at once, and fails
 * after `timeoutSeconds`; of all of them at most `maxConcurrent` run at a time, the others wait their turn, first come, first
 * served.
 */
export function createChecker(options: CheckerOptions): Checker {
  const { maxConcurrent, clock, random, logger } = options;
  const tasks = new Map<string, { readonly task: CheckedTask; readonly checks: readonly RunningCheck[] }>();
  const listeners: ((result: HealthResult) => void)[] = [];
  /** Checks whose time has come, in that order. */
  const due = new Set<RunningCheck>();
  const underWay = new Set<Promise<void>>();
  let closed = false;

  function schedule(running: RunningCheck, delayMs: number): void {
    running.timer = setTimeout(
      () => {
        due.add(running);
        runDue();
      },
      Math.min(maxTimerMs, Math.max(0, delayMs)),
    );
  }

  function runDue(): void {
    for (const running of due) {
      if (underWay.size >= maxConcurrent) return;
      due.delete(running);
      const run = runOnce(running).finally(() => {
        underWay.delete(run);
        runDue();
      });
      underWay.add(run);
    }
  }

  async function runOnce(running: RunningCheck): Promise<void> {
    const { task, index, check } = running;
    const startedMs = clock();
    const abort = new AbortController();
    running.abort = abort;
    let timedOut = false;
    const timeout = setTimeout(
      () => {
        timedOut = true;
        abort.abort();
      },
      Math.min(maxTimerMs, check.timeoutSeconds * 1000),
    );
    const found = await probe(running, abort.signal);
    clearTimeout(timeout);
    running.abort = undefined;
    if (running.stopped) return;
    // a lone 1xx that is to be ignored stays so, however long the target kept silent after it
    const result: ProbeResult =
      timedOut && found.result !== 'ignored'
        ? { result: 'unhealthy', cause: `timed out after ${check.timeoutSeconds} s` }
        : found;
    if (result.result === 'unhealthy') {
      logger.debug({ taskId: task.taskId, checkIndex: index, cause: result.cause }, 'a health check failed');
    }
    for (const listener of listeners) listener({ taskId: task.taskId, checkIndex: index, ...result });
    // a listener may have ended it: TypeScript does not see that
    if (!(running as { stopped: boolean }).stopped) schedule(running, startedMs + intervalMsOf(check) - clock());
  }

  function stop(checks: readonly RunningCheck[]): void {
    for (const running of checks) {
      running.stopped = true;
      clearTimeout(running.timer);
      due.delete(running);
      running.abort?.abort();
    }
  }

  return {
    check(task) {
      const former = tasks.get(task.taskId);
      if (closed || (former !== undefined && isDeepStrictEqual(former.task, task))) return;
      if (former !== undefined) stop(former.checks);
      const checks = task.healthChecks.flatMap((check, index): RunningCheck[] =>
        isOurs(check) ? [{ task, index, check, timer: undefined, abort: undefined, stopped: false }] : [],
      );
      tasks.set(task.taskId, { task, checks });
      for (const running of checks) schedule(running, firstDelayMs(running.check, random()));
    },

    forget(taskId) {
      const former = tasks.get(taskId);
      if (former === undefined) return;
      tasks.delete(taskId);
      stop(former.checks);
    },

    onResult(listener) {
      listeners.push(listener);
    },

    async close() {
      closed = true;
      for (const { checks } of tasks.values()) stop(checks);
      tasks.clear();
      await Promise.all(underWay);
    },
  };
}
