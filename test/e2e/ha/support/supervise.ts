import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { killProcess } from '../../../support/kill.js';

/** How one process ended. */
export interface Exit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** By the clock of this process, in milliseconds since 1970. */
  readonly atMs: number;
}

/** One role as a process that is started again when it ends, as a service of systemd is. */
export interface Supervised {
  readonly name: string;
  /** Of the present process; undefined while there is none. */
  readonly pid: number | undefined;
  /** All that have ended, the last one at the end. */
  readonly exits: readonly Exit[];
  /** What it has ended with that it should not; it was not started again then. */
  readonly unexpected: string | undefined;
  /** Starts it, at first and after `stop`. */
  start(): void;
  /** SIGKILL; resolves when the process is gone. It is started again at once; with `stay` not before `start`. */
  kill(how?: { readonly stay: boolean }): Promise<Exit>;
  /** SIGTERM; resolves when the process is gone. It is not started again before `start`. */
  stop(): Promise<Exit>;
  freeze(): void;
  resume(): void;
  /** Resolves when it has ended by itself, or has been killed, so many times as `exits` says. */
  ended(times: number): Promise<Exit>;
  /** The last lines of what its processes printed. */
  readonly log: (lines?: number) => string;
  /** Kills it for good. */
  end(): Promise<void>;
}

/** Of systemd's RestartSec, in milliseconds. */
const restartMs = 100;
/** Marathon's: the leadership is lost; the store or the framework is. */
const schedulerStatuses = [103, 105];
/** Of systemd, too: what ends by itself so many times in so many milliseconds is not started again. */
const startLimit = { times: 5, intervalMs: 20_000 };

/** `args` are those of `ekiden`; `base` is its working directory and holds its log. */
export function supervise({
  name,
  base,
  args,
  environment = {},
  restartStatuses = schedulerStatuses,
}: {
  readonly name: string;
  readonly base: string;
  readonly args: readonly string[];
  /** More variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** With which it may end and is started again; those of a scheduler when not given. */
  readonly restartStatuses?: readonly number[];
}): Supervised {
  const logPath = join(base, `${name.replaceAll(' ', '-')}.log`);
  const exits: Exit[] = [];
  const waiting = new Set<() => void>();
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let wanted = false;
  let unexpected: string | undefined;

  function log(lines = 60): string {
    return existsSync(logPath) ? readFileSync(logPath, 'utf8').split('\n').slice(-lines).join('\n') : '';
  }

  function run(): void {
    timer = undefined;
    const output = openSync(logPath, 'a');
    // The kernel ends it with this process, however that ends; env(1), as tap adds its loaders to the NODE_OPTIONS of what a test starts.
    const command = ['--pdeathsig', 'KILL', '/usr/bin/env', '-u', 'NODE_OPTIONS', process.execPath];
    const started = spawn('setpriv', [...command, resolve('bin/ekiden'), ...args], {
      cwd: base,
      env: { PATH: process.env['PATH'] ?? '', HOME: base, ...environment },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    child = started;
    started.on('exit', (status, signal) => {
      exits.push({ status, signal, atMs: Date.now() });
      child = undefined;
      if (wanted) {
        const from = Date.now() - startLimit.intervalMs;
        const own = exits.filter((exit) => exit.status !== null && exit.atMs > from);
        const restarts = own.length < startLimit.times && restartStatuses.includes(status ?? -1);
        if (signal === 'SIGKILL' || restarts) timer = setTimeout(run, restartMs);
        else unexpected = `${name} has ended with ${status ?? signal}:\n${log(20)}`;
      }
      for (const look of waiting) look();
    });
  }

  /** Sends a signal and waits for the end of this very process. */
  async function signal(name: 'SIGKILL' | 'SIGTERM'): Promise<Exit> {
    if (child === undefined) throw new Error('it does not run');
    const dying = child;
    const gone = once(dying, 'exit');
    killProcess(dying.pid, name);
    await gone;
    return exits.at(-1) as Exit;
  }

  function leave(): void {
    wanted = false;
    clearTimeout(timer);
    timer = undefined;
  }

  return {
    name,
    log,
    exits,
    get pid() {
      return child?.pid;
    },
    get unexpected() {
      return unexpected;
    },
    start() {
      if (child !== undefined || timer !== undefined) throw new Error(`${name} runs`);
      wanted = true;
      unexpected = undefined;
      run();
    },
    async kill({ stay } = { stay: false }) {
      if (stay) leave();
      return signal('SIGKILL');
    },
    async stop() {
      leave();
      return signal('SIGTERM');
    },
    freeze: () => killProcess(child?.pid, 'SIGSTOP'),
    resume: () => killProcess(child?.pid, 'SIGCONT'),
    ended: (times) =>
      new Promise((resolve) => {
        const look = (): void => {
          const exit = exits[times - 1];
          if (exit === undefined) return;
          waiting.delete(look);
          resolve(exit);
        };
        waiting.add(look);
        look();
      }),
    async end() {
      leave();
      if (child !== undefined) await signal('SIGKILL');
    },
  };
}
