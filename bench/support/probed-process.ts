import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ProbeQuestion {
  readonly collectGarbage: boolean;
}

/** What a process has used since its start, and what held it up since it was last asked. */
export interface ProbeAnswer {
  /** User and system, all threads. */
  readonly cpuMs: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** By how much a timer was late at most: the longest time in which the event loop did nothing else. */
  readonly blockMs: number;
  /** The same in time on a processor: without the time that other processes of this machine took. 0 where the system does not tell. */
  readonly blockCpuMs: number;
  /** The longest collection of garbage. */
  readonly collectionMs: number;
}

/** The built program, watched by the probe. */
export interface ProbedProcess {
  /** With a collection of garbage before, the heap is what is kept. */
  ask(collectGarbage?: boolean): Promise<ProbeAnswer>;
  /** The end of what it has logged. */
  readonly log: string;
  /** True when it has ended. */
  readonly ended: boolean;
  stop(): Promise<void>;
}

const maxLogChars = 20_000;

/** Starts `ekiden` with these arguments. */
export function startProbed(args: readonly string[]): ProbedProcess {
  const probe = new URL('probe.js', import.meta.url);
  // A profile is asked for with the benchmark's own --cpu-prof: each process writes one
  const profile = process.execArgv.filter((arg) => arg.startsWith('--cpu-prof'));
  const child = spawn(
    process.execPath,
    [...profile, '--expose-gc', '--import', probe.href, resolve('bin/ekiden'), ...args, '--log_format=json'],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], cwd: fileURLToPath(new URL('../../..', import.meta.url)) },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-maxLogChars)));
  const exit = once(child, 'exit');
  const ended = exit.then(() => Promise.reject(new Error(`ekiden ${args[0] ?? ''} ended\n${log}`)));
  ended.catch(() => undefined);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    async ask(collectGarbage = false) {
      const answer = once(child, 'message');
      child.send({ collectGarbage } satisfies ProbeQuestion);
      const [message] = (await Promise.race([answer, ended])) as [ProbeAnswer];
      return message;
    },
    get log() {
      return log;
    },
    get ended() {
      return hasEnded();
    },
    async stop() {
      if (hasEnded()) return;
      child.kill('SIGTERM');
      await exit;
    },
  };
}
