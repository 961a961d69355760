import { runCommand } from '../../../src/common/run-command.js';

/** What dig printed, by section. Records are `name ttl class type data`, with single blanks. */
export interface DigAnswer {
  readonly status: string;
  readonly flags: readonly string[];
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
  readonly text: string;
}

export async function haveDig(): Promise<boolean> {
  return (await runCommand('dig', ['-v'], { timeoutMs: 10_000 })).exitCode === 0;
}

function section(text: string, name: string): string[] {
  const lines = text.split('\n');
  const start = lines.indexOf(`;; ${name} SECTION:`);
  if (start < 0) return [];
  const end = lines.indexOf('', start);
  return lines.slice(start + 1, end < 0 ? undefined : end).map((line) => line.replace(/\s+/g, ' '));
}

/** Asks the server at 127.0.0.1:port; `args` are dig's own (`+tcp`, `name`, `type` …). */
export async function dig(port: number, ...args: string[]): Promise<DigAnswer> {
  const { stdout, stderr } = await runCommand(
    'dig',
    ['@127.0.0.1', '-p', String(port), '+tries=1', '+time=5', ...args],
    {
      timeoutMs: 20_000,
    },
  );
  const head = /status: (\w+)/.exec(stdout);
  if (head === null) throw new Error(`dig got no answer: ${stdout}${stderr}`);
  return {
    status: head[1] ?? '',
    flags: (/flags: ([a-z ]*);/.exec(stdout)?.[1] ?? '').split(' ').filter((flag) => flag !== ''),
    answer: section(stdout, 'ANSWER'),
    authority: section(stdout, 'AUTHORITY'),
    additional: section(stdout, 'ADDITIONAL'),
    text: stdout,
  };
}
