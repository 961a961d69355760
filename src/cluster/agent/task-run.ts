import { spawn } from 'node:child_process';
import { closeSync, constants, fchownSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootId, identifyProcess, isRunning, parseProcessStat } from '../../common/process-identity.js';
import type { ProcessIdentity } from '../../common/process-identity.js';
import type { ProcessEnd } from './exit-status.js';
import { sendSignal } from './process-table.js';
import { defaultPath } from './task-environment.js';
import type { TaskUser } from './task-user.js';

/** How a run ended: like a process, or so that nobody knows how its process ended. */
export type RunEnd = ProcessEnd | { readonly kind: 'lost'; readonly why: string };

function readRecord(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'latin1');
    // A record counts once its line is whole.
    return text.endsWith('\n') ? text.trimEnd() : undefined;
  } catch {
    return undefined;
  }
}

function parseEnd(line: string): RunEnd {
  const [kind, ...rest] = line.split(' ');
  const text = rest.join(' ');
  const number = Number(text);
  if (kind === 'exited' && Number.isInteger(number)) return { kind, status: number };
  if (kind === 'signaled' && Number.isInteger(number)) return { kind, signal: number };
  return {
    kind: 'lost',
    why: kind === 'lost' ? text : `its record is not readable: ${JSON.stringify(line.slice(0, 200))}`,
  };
}

/**
 * One run of a task: the processes of supervisor-script.ts and the directory they write to. All it knows is on disk or in
 * /proc, so that a new agent sees what the old one saw.
 */
export class TaskRun {
  readonly #directory: string;
  /** The machine's boot in which the run was started. */
  readonly #bootId: string;
  #supervisor: ProcessIdentity | undefined;
  #task: ProcessIdentity | undefined;

  constructor(directory: string, startedInBootId: string) {
    this.#directory = directory;
    this.#bootId = startedInBootId;
  }

  /**
   * Starts the run; `onExit` is called when its supervisor has ended, by then `end()` tells how. Throws when no process can
   * be made. `launch` is the text of launch-script.ts.
   */
  start(options: {
    supervisorScript: string;
    launch: string;
    sandbox: string;
    user: TaskUser | undefined;
    onExit: () => void;
  }): void {
    const { supervisorScript, launch, sandbox, user, onExit } = options;
    writeFileSync(join(this.#directory, 'launch'), launch, { mode: 0o600 });
    const append = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
    const files: number[] = [];
    try {
      // The sandbox may hold fetched files: never write through a link.
      files.push(openSync(join(sandbox, 'stdout'), append | constants.O_NOFOLLOW, 0o644));
      files.push(openSync(join(this.#directory, 'complaints'), append, 0o600));
      files.push(openSync(join(sandbox, 'stderr'), append | constants.O_NOFOLLOW, 0o644));
      if (user !== undefined) for (const log of [files[0], files[2]]) fchownSync(log as number, user.uid, user.gid);
      const child = spawn(
        '/bin/sh',
        [supervisorScript, this.#directory, ...(user === undefined ? [] : [String(user.uid), String(user.gid)])],
        {
          cwd: sandbox,
          detached: true,
          stdio: ['ignore', ...files],
          // Messages of setsid are read by the supervisor: untranslated.
          env: { PATH: defaultPath, LC_ALL: 'C' },
        },
      );
      if (child.pid === undefined) {
        child.once('error', () => undefined);
        throw new Error('no process could be started for /bin/sh');
      }
      this.#supervisor = identifyProcess(child.pid) ?? { pid: child.pid, startTime: '', bootId: bootId() };
      child.once('exit', onExit);
      child.unref();
    } finally {
      for (const file of files) closeSync(file);
    }
  }

  #identity(record: 'supervisor' | 'task'): ProcessIdentity | undefined {
    const stat = parseProcessStat(readRecord(join(this.#directory, record)) ?? '');
    return stat === undefined ? undefined : { pid: stat.pid, startTime: stat.startTime, bootId: this.#bootId };
  }

  get supervisor(): ProcessIdentity | undefined {
    this.#supervisor ??= this.#identity('supervisor');
    return this.#supervisor;
  }

  /** The task's first process, whose pid is the task's process group and session; undefined until it exists. */
  get task(): ProcessIdentity | undefined {
    this.#task ??= this.#identity('task');
    return this.#task;
  }

  /** Whether the supervisor runs: as long as it does, the end is not known. */
  isSupervised(): boolean {
    return this.supervisor !== undefined && isRunning(this.supervisor);
  }

  /**
   * Settles whether the run was ever started, after an agent found it in its records: true when a supervisor has it; else
   * makes sure that none ever will.
   */
  wasStarted(): boolean {
    try {
      writeFileSync(join(this.#directory, 'supervisor'), 'given up by the agent\n', { flag: 'wx' });
      return false;
    } catch {
      return this.supervisor !== undefined;
    }
  }

  /** How the run ended, as its supervisor wrote it; undefined when it has written nothing. */
  end(): RunEnd | undefined {
    const line = readRecord(join(this.#directory, 'ended'));
    return line === undefined ? undefined : parseEnd(line);
  }

  /** Why there is no end though the supervisor does not run. */
  get lossReason(): string {
    return this.#bootId === bootId()
      ? 'the process that supervised the task is gone'
      : 'the machine was restarted while the task was running';
  }

  /** Asks the task's process group to end. False when there is none (yet). */
  terminate(): boolean {
    if (this.task === undefined) return false;
    writeFileSync(join(this.#directory, 'killing'), '');
    // Only while its leader lives is the group surely this task's.
    return isRunning(this.task) && sendSignal(-this.task.pid, 'SIGTERM');
  }

  /** SIGKILLs the task's process group. What made a group of its own is left to the process sweeper. */
  kill(): void {
    rmSync(join(this.#directory, 'killing'), { force: true });
    if (this.task !== undefined && isRunning(this.task)) sendSignal(-this.task.pid, 'SIGKILL');
  }
}
