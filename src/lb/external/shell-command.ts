import { runCommand } from '../../common/run-command.js';

/** What became of a command of the shell. */
export interface ShellResult {
  /** undefined = it did what it should. */
  readonly failure: string | undefined;
  /** What it wrote, both streams. */
  readonly output: string;
}

const maxShown = 2_000;

/**
 * Runs a command of the operator's configuration with `sh -c`, as Bamboo and marathon-lb do. Each `{{.}}` in it becomes `file` as one word.
 * Nothing from apps reaches it. `timeoutMs` ends it and what it has started.
 */
export async function runShell(command: string, options: { file?: string; timeoutMs: number }): Promise<ShellResult> {
  const word = `'${(options.file ?? '').replaceAll("'", `'"'"'`)}'`;
  const text = command.replaceAll(/\{\{\s*\.\s*\}\}/g, () => word);
  const result = await runCommand('/bin/sh', ['-c', text], { timeoutMs: options.timeoutMs });
  const output = `${result.stderr}\n${result.stdout}`.trim();
  if (result.exitCode === 0) return { failure: undefined, output };
  const why =
    result.failure === 'timeout'
      ? `no end within ${options.timeoutMs} ms`
      : (result.failure ?? result.signal ?? `exit status ${result.exitCode}`);
  return { failure: `${command}: ${why}${output === '' ? '' : `: ${output.slice(-maxShown)}`}`, output };
}
