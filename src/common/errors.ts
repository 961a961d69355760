/** A mistake in how the program was called (flag, environment, config file): one line for the user, exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Something outside prevents this process from starting, though it was called rightly: a busy port, a locked work_dir,
 * a missing program. One line for the user that names the way out, exit status 1.
 */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}

/** The text of anything that was thrown. Node's errors for a host with several addresses have none of their own, but one for each. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  const parts = error instanceof AggregateError ? error.errors.map(messageOf).filter((text) => text !== '') : [];
  return parts.length === 0 ? (codeOf(error) ?? error.name) : parts.join('; ');
}

/** The `code` of a Node system error (`ENOENT`, `EADDRINUSE` …), or of the error that caused it. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return typeof code === 'string' ? code : codeOf(cause);
}

/** For the `default` branch of a switch that handles every case: the compiler proves it, this line says it when data lies. */
export function unreachable(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
