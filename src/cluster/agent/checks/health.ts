/** The health of a task, as the checks of Mesos' executors count it. */
export interface Health {
  /** No check has succeeded yet, or failed after the grace period. */
  readonly isNew: boolean;
  readonly consecutiveFailures: number;
}

export const newHealth: Health = { isNew: true, consecutiveFailures: 0 };

export interface HealthRules {
  /** The time, in the terms of `now`, until which failures before the first success do not count. */
  readonly graceUntilMs: number;
  /** So many failures in a row end the task; as with Mesos, 0 does not mean never: it is like 1. */
  readonly failureLimit: number;
}

export interface HealthStep {
  readonly health: Health;
  /** To be told to the framework: every counted failure, and the first success after the start or a failure. */
  readonly healthy?: boolean;
  readonly isFatal: boolean;
}

/** What one more result means. */
export function nextHealth(health: Health, succeeded: boolean, nowMs: number, rules: HealthRules): HealthStep {
  if (succeeded) {
    const isNews = health.isNew || health.consecutiveFailures > 0;
    return {
      health: { isNew: false, consecutiveFailures: 0 },
      ...(isNews ? { healthy: true } : {}),
      isFatal: false,
    };
  }
  if (health.isNew && nowMs < rules.graceUntilMs) return { health, isFatal: false };
  const consecutiveFailures = health.consecutiveFailures + 1;
  return {
    health: { isNew: false, consecutiveFailures },
    healthy: false,
    isFatal: consecutiveFailures >= rules.failureLimit,
  };
}
