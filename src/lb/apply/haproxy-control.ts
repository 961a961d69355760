import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { identifyProcess, isRunning } from '../../common/process-identity.js';
import type { ProcessIdentity } from '../../common/process-identity.js';
import { sleep } from '../../common/time.js';
import { plan } from '../plan/plan.js';
import { findSocketLine, generationOf } from '../render/configuration-text.js';
import type { ConfigurationText } from '../render/configuration-text.js';
import { bindsOf, findTakenPorts } from './bind-preflight.js';
import type { Bind, TakenPort } from './bind-preflight.js';
import { endProcesses, signalProcess } from './end-process.js';
import type { HaproxyProgram } from './haproxy-program.js';
import type { LbPaths } from './paths.js';
import { readState, writeState } from './state-file.js';
import { showInfo } from './stats-socket.js';
import type { HaproxyInfo } from './stats-socket.js';

/** The HAProxy process that serves now. */
export interface RunningHaproxy {
  readonly identity: ProcessIdentity;
  /** Where it answers; undefined when it does not, though it runs. */
  readonly socket: string | undefined;
  /** What it runs; undefined when that is not known. */
  readonly text: string | undefined;
  readonly generation: string | undefined;
}

/** How an attempt to bring a configuration into force has ended. */
export type ApplyOutcome =
  /** HAProxy runs exactly this already. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'running'; readonly reasons: readonly string[]; readonly durationMs: number }
  /** HAProxy does not accept the text: the same text need not be tried again. `lines` are the ones it names. */
  | { readonly kind: 'refused'; readonly message: string; readonly lines: readonly number[] }
  /** Other programs have these ports. */
  | { readonly kind: 'ports-taken'; readonly ports: readonly TakenPort[] }
  /** There is no haproxy program. */
  | { readonly kind: 'missing' }
  /** It went wrong in a way that may pass. The last good configuration stays in force. */
  | { readonly kind: 'failed'; readonly message: string };

const pollMs = 20;
const minVerifyMs = 5_000;
/** More replaced processes than this are not waited for: each is a full copy in memory. */
const maxOldProcesses = 5;

/** Brings configurations into force and keeps HAProxy running. Its methods are called one at a time. */
export class HaproxyControl {
  readonly #paths: LbPaths;
  readonly #program: HaproxyProgram;
  readonly #logger: Logger;
  #running: RunningHaproxy | undefined;
  #old: ProcessIdentity[] = [];
  #lastReloadMs = 0;

  constructor(options: { paths: LbPaths; program: HaproxyProgram; logger: Logger }) {
    this.#paths = options.paths;
    this.#program = options.program;
    this.#logger = options.logger;
  }

  get running(): RunningHaproxy | undefined {
    return this.#running;
  }

  /** Whether the process that should serve has ended; forgets it then. */
  noticeDeath(): boolean {
    this.#old = this.#old.filter(isRunning);
    if (this.#running === undefined || isRunning(this.#running.identity)) return false;
    this.#running = undefined;
    return true;
  }

  /**
   * Finds the HAProxy that an earlier load balancer of this directory left, so that never a second one is started. True when
   * there is one.
   */
  async adopt(): Promise<boolean> {
    const state = await readState(this.#paths.state);
    this.#old = (state?.old ?? []).filter(isRunning);
    const sockets = new Set([this.#paths.statsSocket, ...(state === undefined ? [] : [state.statsSocket])]);
    for (const socket of sockets) {
      const info = await this.#ask(socket, state !== undefined && isRunning(state.current));
      const identity = info === undefined || info.stopping ? undefined : identifyProcess(info.pid);
      if (info === undefined || identity === undefined) continue;
      // The load balancer before this one may have been killed after a reload and before it could note that.
      if (state !== undefined && state.current.pid !== info.pid && isRunning(state.current))
        this.#old.push(state.current);
      this.#running = { identity, socket, generation: info.generation, text: await this.#textOf(info.generation) };
      this.#logger.info({ pid: info.pid, generation: info.generation }, 'a running HAProxy is adopted');
      return true;
    }
    if (state === undefined || !isRunning(state.current)) return false;
    this.#running = { identity: state.current, socket: undefined, generation: undefined, text: undefined };
    this.#logger.warn({ pid: state.current.pid }, 'a running HAProxy does not answer: it will be replaced');
    return true;
  }

  /** Starts HAProxy with the last good configuration; undefined when there is none. */
  async startLastGood(): Promise<ApplyOutcome | undefined> {
    const text = await readFile(this.#paths.goodConfig, 'utf8').catch(() => undefined);
    const generation = text === undefined ? undefined : generationOf(text);
    // A directory that was moved has a configuration whose socket is elsewhere: it could not be verified.
    if (text === undefined || generation === undefined) return undefined;
    if (findSocketLine(text, this.#paths.statsSocket) === undefined) return undefined;
    return this.apply({ text, generation });
  }

  /**
   * Brings a configuration into force: nothing when HAProxy runs it already; otherwise checked by `haproxy -c`, its new ports
   * tried, put in place atomically, and HAProxy replaced without losing a connection. Success means that the new process has
   * answered. On any failure the configuration before it stays in force, on disk too.
   */
  async apply({ text, generation }: ConfigurationText): Promise<ApplyOutcome> {
    const before = this.#running;
    const next = plan(before?.text, text);
    if (next.kind === 'nothing') return { kind: 'unchanged' };
    const startedAt = performance.now();
    await writeFile(this.#paths.nextConfig, text, { mode: 0o600 });
    const [problem, taken] = await Promise.all([
      this.#program.check(this.#paths.nextConfig),
      findTakenPorts(this.#newBinds(text)),
    ]);
    if (problem?.missing === true) {
      // Nothing runs it, so there is nothing to fall back to: whoever installs HAProxy finds what it would have been given.
      if (before === undefined) await rename(this.#paths.nextConfig, this.#paths.config);
      return { kind: 'missing' };
    }
    if (problem !== undefined) return { kind: 'refused', message: problem.message, lines: problem.lines };
    if (taken.length > 0) return { kind: 'ports-taken', ports: taken };

    await rename(this.#paths.nextConfig, this.#paths.config);
    const failure = await this.#replace(before, generation);
    if (failure !== undefined) {
      await this.#restoreConfig();
      return { kind: 'failed', message: failure };
    }
    if (this.#running !== undefined) this.#running = { ...this.#running, text };
    this.#lastReloadMs = performance.now() - startedAt;
    const reasons = before === undefined || next.kind !== 'reload' ? ['HAProxy was not running'] : next.reasons;
    return { kind: 'running', reasons, durationMs: this.#lastReloadMs };
  }

  /** Notes what runs now for a restart of this role or the machine; called after `apply`, when traffic does not wait for it. */
  async remember(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    if (running.text !== undefined) await writeFileAtomic(this.#paths.goodConfig, running.text, 0o600);
    await writeState(this.#paths.state, {
      current: running.identity,
      generation: running.generation,
      statsSocket: running.socket ?? this.#paths.statsSocket,
      old: this.#old,
    });
  }

  /** Ends HAProxy and all replaced processes that still serve. */
  async end(): Promise<void> {
    const running = this.#running;
    await endProcesses([...this.#old, ...(running === undefined ? [] : [running.identity])]);
    this.#running = undefined;
    this.#old = [];
    for (const file of [this.#paths.state, this.#paths.pidFile, this.#paths.statsSocket])
      await rm(file, { force: true });
  }

  /** Asks who serves a socket; a process that is known to run gets several chances, as it may only be slow. */
  async #ask(socket: string, patient: boolean): Promise<HaproxyInfo | undefined> {
    for (let tries = patient ? 3 : 1; tries > 0; tries -= 1) {
      try {
        return await showInfo(socket, 1_000);
      } catch (error) {
        this.#logger.debug({ socket, reason: messageOf(error) }, 'no answer from the stats socket');
      }
    }
    return undefined;
  }

  /** The text with this generation, if it is one of those on disk. */
  async #textOf(generation: string | undefined): Promise<string | undefined> {
    if (generation === undefined) return undefined;
    for (const file of [this.#paths.config, this.#paths.goodConfig]) {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text !== undefined && generationOf(text) === generation) return text;
    }
    return undefined;
  }

  /** What a text listens on and the running process does not. Nothing when that cannot be told. */
  #newBinds(text: string): Bind[] {
    if (this.#running !== undefined && this.#running.text === undefined) return [];
    const owned = new Set(bindsOf(this.#running?.text ?? '').map((bind) => bind.port));
    return bindsOf(text).filter((bind) => !owned.has(bind.port));
  }

  /** Starts a process with the configuration on disk in place of `before`; undefined when it serves, else why not. */
  async #replace(before: RunningHaproxy | undefined, generation: string): Promise<string | undefined> {
    const problem = await this.#program.start({
      config: this.#paths.config,
      pidFile: this.#paths.pidFile,
      oldPid: before?.identity.pid,
      oldSocket: before?.socket,
    });
    if (problem !== undefined) return problem.message;
    const pid = Number((await readFile(this.#paths.pidFile, 'utf8').catch(() => '')).trim());
    const identity = Number.isInteger(pid) && pid > 1 ? identifyProcess(pid) : undefined;
    if (identity === undefined) return 'the new process ended at once';
    const socket = this.#paths.statsSocket;
    const verified = await this.#verify(identity, generation);
    if (!verified && before !== undefined && isRunning(before.identity)) {
      // The one before may have been asked to stop already, or not: only if it still serves the new one can go.
      const info = await this.#ask(socket, true);
      if (info?.pid === before.identity.pid && !info.stopping) {
        await endProcesses([identity]);
        return 'the new process did not take over';
      }
    }
    if (before !== undefined) this.#retire(before.identity);
    this.#running = { identity, socket, generation, text: undefined };
    return verified ? undefined : 'the new process runs but does not answer';
  }

  /** Waits until the process answers on the stats socket with its generation. */
  async #verify(identity: ProcessIdentity, generation: string): Promise<boolean> {
    const end = performance.now() + Math.max(minVerifyMs, 10 * this.#lastReloadMs);
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

  /** A replaced process serves its connections to their end; but not too many of them. */
  #retire(identity: ProcessIdentity): void {
    this.#old = [...this.#old, identity].filter(isRunning);
    for (const oldest of this.#old.slice(0, -maxOldProcesses)) signalProcess(oldest, 'SIGTERM');
  }

  /** Puts back on disk what runs, or ran last. */
  async #restoreConfig(): Promise<void> {
    const text = this.#running?.text ?? (await readFile(this.#paths.goodConfig, 'utf8').catch(() => undefined));
    if (text !== undefined) await writeFileAtomic(this.#paths.config, text, 0o600);
  }
}
