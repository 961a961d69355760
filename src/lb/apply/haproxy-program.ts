import { runCommand } from '../../common/run-command.js';
import type { CommandResult } from '../../common/run-command.js';

/** What HAProxy has against a configuration. */
export interface ConfigProblem {
  /** Its own words, one line each. */
  readonly message: string;
  /** The lines of the file it names; empty when it names none. */
  readonly lines: readonly number[];
  /** The program could not be run at all. */
  readonly missing: boolean;
}

const alert = /^\[(?:ALERT|EMERG)\]\s+(?:\(\d+\) : |\d+\/\d+ \(\d+\) : )?/;

function problemOf(result: CommandResult, file: string, timeoutMs: number): ConfigProblem | undefined {
  if (result.exitCode === 0) return undefined;
  if (result.failure === 'timeout') {
    return { message: `haproxy gave no answer within ${timeoutMs} ms`, lines: [], missing: false };
  }
  if (result.failure !== undefined) {
    return { message: `haproxy cannot be run (${result.failure})`, lines: [], missing: true };
  }
  const output = `${result.stderr}\n${result.stdout}`.split('\n');
  const alerts = output.filter((line) => alert.test(line)).map((line) => line.replace(alert, '').trim());
  const told = alerts.filter((line) => !/(Error\(s\) found in|Fatal errors found in) configuration/.test(line));
  const chosen = told.length > 0 ? told : alerts.length > 0 ? alerts : output.filter((line) => line.trim() !== '');
  const message = chosen.slice(0, 10).join('\n').replaceAll(`${file}:`, 'line ');
  const lines = chosen.flatMap((line) => [...line.matchAll(/\[[^\]]*:(\d+)\]/g)].map((m) => Number(m[1])));
  const ended = result.signal === undefined ? `exit status ${result.exitCode}` : `ended by ${result.signal}`;
  return { message: message === '' ? `haproxy said nothing (${ended})` : message, lines, missing: false };
}

/** The haproxy program. It is run without this process's environment, which may hold secrets that a configuration could show. */
export class HaproxyProgram {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** The first line of `haproxy -v`; undefined when there is no such program. */
  async version(): Promise<string | undefined> {
    const result = await this.#run(['-v'], 5_000);
    return result.exitCode === 0 ? result.stdout.split('\n')[0] : undefined;
  }

  /** Whether it can answer as a target of Prometheus (`haproxy -vv`); undefined when there is no such program. */
  async hasPrometheus(): Promise<boolean | undefined> {
    const result = await this.#run(['-vv'], 5_000);
    return result.exitCode === 0 ? /^Available services :.*\bprometheus-exporter\b/m.test(result.stdout) : undefined;
  }

  /** `haproxy -c`: undefined when the file can be run. */
  async check(file: string, timeoutMs = 30_000): Promise<ConfigProblem | undefined> {
    return problemOf(await this.#run(['-c', '-f', file], timeoutMs), file, timeoutMs);
  }

  /**
   * Starts a process in the background, which takes over from `oldPid`: with its listening sockets when `oldSocket` is given,
   * so that no connection is refused meanwhile. Undefined when the new one has bound its ports; that it serves is for the
   * caller to verify.
   */
  async start(options: {
    config: string;
    pidFile: string;
    oldPid: number | undefined;
    oldSocket: string | undefined;
  }): Promise<ConfigProblem | undefined> {
    const { config, pidFile, oldPid, oldSocket } = options;
    const timeoutMs = 60_000;
    const args = [
      ...['-D', '-f', config, '-p', pidFile],
      ...(oldSocket === undefined ? [] : ['-x', oldSocket]),
      ...(oldPid === undefined ? [] : ['-sf', String(oldPid)]),
    ];
    return problemOf(await this.#run(args, timeoutMs), config, timeoutMs);
  }

  #run(args: readonly string[], timeoutMs: number): Promise<CommandResult> {
    const { PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' } = process.env;
    return runCommand(this.#path, args, { timeoutMs, env: { PATH }, extendEnv: false });
  }
}
