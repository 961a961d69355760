import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { identifyProcess } from '../../common/process-identity.js';
import type { ProcessIdentity } from '../../common/process-identity.js';
import type { StopScope } from '../../common/role.js';
import { sleep } from '../../common/time.js';
import { LineSplitter } from './line-splitter.js';
import { isRoleMessage, supervisedVariable } from './protocol.js';
import type { RoleMessage, StopMessage } from './protocol.js';

/** How a role's process ended. */
export interface RoleExit {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly livedMs: number;
  /** Why it could not be started at all. */
  readonly error?: Error;
}

/** How long the rest of a role's output is waited for after its end; tasks that inherited the pipe may hold it open. */
const outputLimitMs = 500;

/** One life of a role: its process, from the start to the end. */
export class RoleProcess {
  /** Undefined when it could not be started, or has ended already. */
  readonly identity: ProcessIdentity | undefined;
  /** What the role said of its start; undefined when it ended without a word. */
  readonly started: Promise<RoleMessage | undefined>;
  readonly ended: Promise<RoleExit>;
  readonly #child: ChildProcess;
  #hasEnded = false;

  /**
   * Starts `file args…` in a process group of its own, so that Ctrl-C on the terminal reaches only the supervisor, with a channel
   * by which it notices when the supervisor is gone. `environment` changes what it inherits of ours; undefined takes a variable away.
   */
  constructor(
    file: string,
    args: readonly string[],
    environment: Readonly<Record<string, string | undefined>>,
    onLine: (line: string) => void,
  ) {
    const startedAt = performance.now();
    this.#child = spawn(file, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...environment, [supervisedVariable]: '1' },
    });
    const child = this.#child;
    this.identity = child.pid === undefined ? undefined : identifyProcess(child.pid);

    const outputs = [child.stdout, child.stderr].map((stream) => {
      const splitter = new LineSplitter(onLine);
      stream?.on('data', (chunk: Buffer) => splitter.push(chunk));
      stream?.on('error', () => undefined);
      return new Promise<void>((resolve) => {
        stream?.once('close', () => {
          splitter.end();
          resolve();
        });
      });
    });

    this.ended = new Promise<RoleExit>((resolve) => {
      const finish = (exit: Omit<RoleExit, 'livedMs'>): void => {
        if (this.#hasEnded) return;
        this.#hasEnded = true;
        const livedMs = performance.now() - startedAt;
        void Promise.race([Promise.all(outputs), sleep(outputLimitMs)]).then(() => {
          // Nothing of us listens any more: whoever inherited the pipes writes into the void instead of into a full buffer.
          child.stdout?.destroy();
          child.stderr?.destroy();
          resolve({ ...exit, livedMs });
        });
      };
      child.once('exit', (status, signal) => finish({ status, signal }));
      child.on('error', (error) => {
        if (child.pid === undefined) finish({ status: null, signal: null, error });
      });
    });
    this.started = new Promise<RoleMessage | undefined>((resolve) => {
      child.on('message', (message) => {
        if (isRoleMessage(message)) resolve(message);
      });
      void this.ended.then(() => resolve(undefined));
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Asks the role to end and waits; after `limitMs` it is killed. Resolves with whether it ended by itself. */
  async stop(scope: StopScope, limitMs: number): Promise<boolean> {
    if (this.#child.connected) this.#child.send({ type: 'stop', scope } satisfies StopMessage, () => undefined);
    else this.#child.kill('SIGTERM');
    const limit = new AbortController();
    const inTime = await Promise.race([
      this.ended.then(() => true),
      sleep(limitMs, limit.signal).then(() => this.#hasEnded),
    ]);
    limit.abort();
    if (!inTime) this.kill();
    await this.ended;
    return inTime;
  }

  kill(): void {
    if (!this.#hasEnded) this.#child.kill('SIGKILL');
  }
}
