import { spawn } from 'node:child_process';
import { sendSignal } from './process-table.js';

/** How a short command ended. */
export interface ShortEnd {
  /** Undefined when a signal ended it, or it could not be started. */
  readonly exitCode: number | undefined;
  /** Why there is no exit code: `timeout`, `aborted`, a signal, or the system's word. */
  readonly why: string | undefined;
}

/**
 * Runs a short command as a process group of its own, without reading what it says. All of the group is killed after
 * `timeoutMs`, when the signal is aborted, and when the command itself has ended. Never throws.
 */
export function runInGroup(
  words: readonly string[],
  options: { timeoutMs: number; signal: AbortSignal; input?: string; cwd?: string; env: Record<string, string> },
): Promise<ShortEnd> {
  const { timeoutMs, signal, input, cwd, env } = options;
  const [program = '', ...args] = words;
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve({ exitCode: undefined, why: 'aborted' });
      return;
    }
    const child = spawn(program, args, {
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'],
      env,
      ...(cwd === undefined ? {} : { cwd }),
    });
    let stopped: string | undefined;
    const stop = (why: string): void => {
      stopped ??= why;
      if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
    };
    const onAbort = (): void => stop('aborted');
    const timer = setTimeout(() => stop('timeout'), timeoutMs);
    signal.addEventListener('abort', onAbort);
    const done = (end: ShortEnd): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(end);
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      done({ exitCode: undefined, why: stopped ?? error.code ?? error.message }),
    );
    child.once('exit', (code, killedBy) => {
      // What it left behind: the group's number stays taken as long as it has members.
      if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
      done({ exitCode: code ?? undefined, why: code === null ? (stopped ?? killedBy ?? 'unknown') : undefined });
    });
    // A command that does not read its input, or is gone, is not an error of ours.
    child.stdin?.once('error', () => undefined);
    child.stdin?.end(input);
  });
}
