import type { Logger } from '../../../common/logger.js';
import type { TaskInfo } from '../../../mesos/types.js';
import type { Workload } from '../workload.js';
import type { CheckInfo, CheckTimes, HealthCheckInfo, Probe } from './check-info.js';
import { checkTimes, failureLimit, gracePeriodMs, probeOf } from './check-info.js';
import type { Health } from './health.js';
import { newHealth, nextHealth } from './health.js';
import type { Finding, Prober } from './prober.js';
import { checkStatus, isSuccess } from './prober.js';

/** What is made of the results. */
export interface CheckEvents {
  /** To be told; `isFatal`: the task is to be ended. */
  onHealth(healthy: boolean, isFatal: boolean): void;
  onCheckStatus(status: object): void;
}

/** The checks of one task: its health check, and its check, each over and over until `stop`. */
export class TaskChecks {
  readonly #prober: Prober;
  readonly #target: { readonly workload: Workload; readonly addresses: () => readonly string[] };
  readonly #now: () => number;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: {
    prober: Prober;
    target: { readonly workload: Workload; readonly addresses: () => readonly string[] };
    now: () => number;
    logger: Logger;
  }) {
    this.#prober = options.prober;
    this.#target = options.target;
    this.#now = options.now;
    this.#logger = options.logger;
  }

  /**
   * Begins. `startedAtMs` is when the task was started, `wasHealthy` what was last said about it, by an earlier agent: then the
   * grace period is over.
   */
  start(info: TaskInfo, startedAtMs: number, wasHealthy: boolean | undefined, events: CheckEvents): void {
    if (info.health_check !== undefined) this.#startHealth(info.health_check, startedAtMs, wasHealthy, events);
    if (info.check !== undefined) this.#startCheck(info.check, events);
  }

  #startHealth(info: HealthCheckInfo, startedAtMs: number, wasHealthy: boolean | undefined, events: CheckEvents): void {
    const probe = probeOf(info);
    if (probe === undefined) {
      this.#logger.warn({ type: info.type }, 'a health check cannot be done: the task will never be reported healthy');
      return;
    }
    let health: Health =
      wasHealthy === undefined ? newHealth : { isNew: false, consecutiveFailures: wasHealthy ? 0 : 1 };
    const rules = { graceUntilMs: startedAtMs + gracePeriodMs(info), failureLimit: failureLimit(info) };
    this.#repeat(probe, checkTimes(info), (finding) => {
      const step = nextHealth(health, isSuccess(finding), this.#now(), rules);
      health = step.health;
      if (step.healthy !== undefined) events.onHealth(step.healthy, step.isFatal);
    });
  }

  #startCheck(info: CheckInfo, events: CheckEvents): void {
    const probe = probeOf(info);
    if (probe === undefined) {
      this.#logger.warn({ type: info.type }, 'a check cannot be done: its status stays empty');
      return;
    }
    let last = JSON.stringify(checkStatus(probe.type));
    this.#repeat(probe, checkTimes(info), (finding) => {
      const status = checkStatus(probe.type, finding);
      const text = JSON.stringify(status);
      if (text === last) return;
      last = text;
      events.onCheckStatus(status);
    });
  }

  #repeat(probe: Probe, times: CheckTimes, onFinding: (finding: Finding) => void): void {
    const { signal } = this.#stopping;
    const later = (ms: number): void => {
      if (signal.aborted) return;
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        void once();
      }, ms);
      this.#timers.add(timer);
    };
    const once = async (): Promise<void> => {
      const { workload, addresses } = this.#target;
      const finding = await this.#prober.probe(
        probe,
        { workload, addresses: addresses() },
        { timeoutMs: times.timeoutMs, signal },
      );
      if (signal.aborted) return;
      if (!isSuccess(finding)) this.#logger.debug({ finding }, 'a check of a task did not succeed');
      onFinding(finding);
      later(times.intervalMs);
    };
    later(times.delayMs);
  }

  stop(): void {
    this.#stopping.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** What the statuses of a task say about its check before the first result; undefined when it has none. */
export function initialCheckStatus(info: TaskInfo): object | undefined {
  if (info.check === undefined) return undefined;
  const probe = probeOf(info.check);
  return probe === undefined ? undefined : checkStatus(probe.type);
}
