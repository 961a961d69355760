import { runCommand } from '../../../../src/common/run-command.js';

/** The last answer that curl has got. */
export interface CurlAnswer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What curl prints behind the body. */
const trailer = '\n%{http_code} %{header_json}';

/**
 * Runs curl with these arguments, as a user does on the command line. Throws, with what curl says, when there is no answer: a
 * refused connection, a certificate that is not trusted.
 */
export async function curl(...args: readonly string[]): Promise<CurlAnswer> {
  const options = ['--silent', '--show-error', '--noproxy', '*', '--max-time', '20', '--write-out', trailer];
  const { exitCode, stdout, stderr, failure } = await runCommand('curl', [...options, ...args], { timeoutMs: 30_000 });
  if (failure === 'ENOENT') throw new Error('curl is not installed (Debian: curl)');
  if (exitCode !== 0) throw new Error(stderr.trim());
  const [, text = '', status = '', headers = ''] = /^([\s\S]*)\n(\d{3}) (\{[\s\S]*\})\s*$/.exec(stdout) ?? [];
  const lists = JSON.parse(headers) as Record<string, string[]>;
  return {
    status: Number(status),
    headers: Object.fromEntries(Object.entries(lists).map(([name, values]) => [name.toLowerCase(), values.join(', ')])),
    text,
  };
}
