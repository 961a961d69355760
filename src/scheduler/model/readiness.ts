/** A check that a new instance must pass before a deployment counts on it (marathon.md §13.2). */
export interface ReadinessCheck {
  readonly name: string;
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly path: string;
  /** Name of one of the app's port definitions or port mappings. */
  readonly portName: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Any of these statuses makes the instance ready. */
  readonly httpStatusCodesForReady: readonly number[];
  /** Whether the last answer is shown. */
  readonly preserveLastResponse: boolean;
}

/** What a readiness check was answered. One that got no answer has one all the same, which says why. */
export interface ReadinessResponse {
  readonly status: number;
  readonly contentType: string;
  /** The beginning of it. */
  readonly body: string;
}

/** How far a task's readiness check is; kept in memory only, as in Marathon: a new leader checks again. */
export interface Readiness {
  readonly name: string;
  /** Once true it stays so, and the task is not checked any more. */
  readonly ready: boolean;
  /** With `preserveLastResponse` only. */
  readonly lastResponse?: ReadinessResponse;
}
