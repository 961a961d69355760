import { readFile } from 'node:fs/promises';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { identifyProcess, isRunning } from '../../common/process-identity.js';
import type { ProcessIdentity } from '../../common/process-identity.js';
import { sleep } from '../../common/time.js';
import { endProcesses, signalProcess } from './end-process.js';
import type { HaproxyProgram } from './haproxy-program.js';
import type { LbPaths } from './paths.js';
import { showInfo } from './stats-socket.js';
import type { HaproxyInfo } from './stats-socket.js';

/** A process that serves, and where it answers; `socket` is undefined when it does not, though it runs. */
export interface ServingProcess {
  readonly identity: ProcessIdentity;
  readonly socket: string | undefined;
}

/** What has come of an attempt to replace a process. */
export interface Replacement {
  /** The one that serves now: the new one, or the old one when that did not give way. */
  readonly serving: ServingProcess | undefined;
  /** Why it is not as it should be; undefined when the new one has answered. */
  readonly problem: string | undefined;
}

const pollMs = 20;
const minVerifyMs = 5_000;
/** How often a start that came to nothing, without a word of HAProxy's against it, is tried. */
const maxStarts = 2;

/** Starts HAProxy processes one in place of the other, and keeps account of those that were replaced and still serve connections. */
export class HaproxyProcesses {
  readonly #paths: LbPaths;
  readonly #program: HaproxyProgram;
  readonly #logger: Logger;
  readonly #maxOld: number;
  #old: ProcessIdentity[] = [];
  #lastStartMs = 0;

  constructor(options: { paths: LbPaths; program: HaproxyProgram; logger: Logger; maxOldProcesses: number }) {
    this.#paths = options.paths;
    this.#program = options.program;
    this.#logger = options.logger;
    this.#maxOld = options.maxOldProcesses;
  }

  /** Replaced ones that still run, oldest first. */
  get old(): readonly ProcessIdentity[] {
    return (this.#old = this.#old.filter(isRunning));
  }

  /** A replaced process serves its connections to their end; but not too many of them: each is a full copy in memory. */
  retire(...identities: readonly ProcessIdentity[]): void {
    this.#old = [...this.#old, ...identities].filter(isRunning);
    for (const oldest of this.#old.slice(0, Math.max(0, this.#old.length - this.#maxOld))) {
      this.#logger.warn(
        { pid: oldest.pid, limit: this.#maxOld },
        'the oldest replaced HAProxy is ended with its connections',
      );
      signalProcess(oldest, 'SIGTERM');
    }
  }

  forgetOld(): void {
    this.#old = [];
  }

  /** Asks who serves a socket; a process that is known to run gets several chances, as it may only be slow. */
  async ask(socket: string, patient: boolean): Promise<HaproxyInfo | undefined> {
    for (let tries = patient ? 3 : 1; tries > 0; tries -= 1) {
      try {
        return await showInfo(socket, 1_000);
      } catch (error) {
        this.#logger.debug({ socket, reason: messageOf(error) }, 'no answer from the stats socket');
      }
    }
    return undefined;
  }

  /** Starts a process with the configuration on disk in place of `before`, and waits until it answers. */
  async replace(before: ServingProcess | undefined, generation: string): Promise<Replacement> {
    const startedAt = performance.now();
    for (let start = 1; ; start += 1) {
      const outcome = await this.#start(before, generation);
      if (outcome !== 'again') {
        this.#lastStartMs = performance.now() - startedAt;
        return outcome;
      }
      if (start === maxStarts) return { serving: before, problem: 'the new process did not take over' };
      this.#logger.warn({}, 'the new HAProxy did not take over: it is started again');
    }
  }

  async #start(before: ServingProcess | undefined, generation: string): Promise<Replacement | 'again'> {
    const problem = await this.#program.start({
      config: this.#paths.config,
      pidFile: this.#paths.pidFile,
      oldPid: before?.identity.pid,
      oldSocket: before?.socket,
    });
    if (problem !== undefined) return { serving: before, problem: problem.message };
    const pid = Number((await readFile(this.#paths.pidFile, 'utf8').catch(() => '')).trim());
    const identity = Number.isInteger(pid) && pid > 1 ? identifyProcess(pid) : undefined;
    const isNew = identity !== undefined && identity.pid !== before?.identity.pid;
    const isVerified = isNew && (await this.#verify(identity, generation));
    if (!isVerified && before !== undefined && isRunning(before.identity)) {
      // The one before may have been asked to stop already, or not: only if it still serves the new one can go.
      const info = await this.ask(this.#paths.statsSocket, true);
      if (info?.pid === before.identity.pid && !info.stopping) {
        if (isNew) await endProcesses([identity]);
        return 'again';
      }
    }
    if (before !== undefined) this.retire(before.identity);
    if (!isNew) return { serving: undefined, problem: 'the new process ended at once' };
    return {
      serving: { identity, socket: this.#paths.statsSocket },
      problem: isVerified ? undefined : 'the new process runs but does not answer',
    };
  }

  /** Waits until the process answers on the stats socket with its generation. */
  async #verify(identity: ProcessIdentity, generation: string): Promise<boolean> {
    const end = performance.now() + Math.max(minVerifyMs, 10 * this.#lastStartMs);
    while (performance.now() < end) {
      try {
        const info = await showInfo(this.#paths.statsSocket, 1_000);
        if (info.pid === identity.pid && info.generation === generation && !info.stopping) return true;
      } catch (error) {
        this.#logger.debug({ reason: messageOf(error) }, 'waiting for the new HAProxy');
      }
      if (!isRunning(identity)) return false;
      await sleep(pollMs);
    }
    return false;
  }
}
