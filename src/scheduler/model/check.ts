/** Where a check of an app goes: its port by number, else one of the app's ports (the first one, when it does not say). */
interface CheckedPort {
  readonly port?: number;
  /** Counts the app's port definitions or port mappings. */
  readonly portIndex?: number;
}

/** A command line that a shell runs, or an argument vector; exactly one of them. */
export type CheckCommand = { readonly shell: string } | { readonly argv: readonly string[] };

/** Marathon's generic check: the agent runs it and reports what came of it; it never ends a task (marathon.md §13.3). Of exactly one kind. */
export interface Check {
  readonly http?: CheckedPort & { readonly path?: string; readonly scheme: 'HTTP' | 'HTTPS' };
  readonly tcp?: CheckedPort;
  readonly exec?: { readonly command: CheckCommand };
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly delaySeconds: number;
}

/** What a check of a task said last, as Marathon shows it. */
export type CheckResult =
  | { readonly http: { readonly statusCode: number } }
  | { readonly tcp: { readonly succeeded: boolean } }
  | { readonly command: { readonly exitCode: number } };
