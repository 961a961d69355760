import { execa } from 'execa';

/** What a finished command left behind. `exitCode` is undefined when it could not be started or was ended by a signal. */
export interface CommandResult {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it could not be started (`ENOENT` …) or was stopped by us (`timeout`, `aborted`). */
  readonly failure: string | undefined;
}

/**
 * Runs a short command to its end, without a shell. Never throws: read `exitCode` and `failure`.
 * The command and everything it started are killed after `timeoutMs`; output above 1 MiB is cut. `env` is added to this
 * process's environment, or is all of it with `extendEnv: false`. An aborted `signal` kills it at once.
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: {
    timeoutMs: number;
    cwd?: string;
    input?: string;
    env?: Record<string, string>;
    extendEnv?: boolean;
    signal?: AbortSignal;
  } = { timeoutMs: 30_000 },
): Promise<CommandResult> {
  const child = execa(file, args, {
    reject: false,
    timeout: options.timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 20,
    stripFinalNewline: false,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.extendEnv === undefined ? {} : { extendEnv: options.extendEnv }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  const result = await child;
  return {
    exitCode: result.exitCode,
    signal: result.signal,
    stdout: String(result.stdout),
    stderr: String(result.stderr),
    failure: result.timedOut
      ? 'timeout'
      : result.isCanceled
        ? 'aborted'
        : result.exitCode === undefined
          ? result.code
          : undefined,
  };
}
