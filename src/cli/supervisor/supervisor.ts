import { messageOf, StartupError, UsageError } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { StopScope } from '../../common/role.js';
import { sleep } from '../../common/time.js';
import { nextRestart, stepDownOf } from './restart-policy.js';
import { RoleProcess } from './role-process.js';
import type { RoleExit } from './role-process.js';
import type { RoleRegistry } from './role-registry.js';

/** A role as the supervisor knows it: how to start it, and how it ends when everything does. */
export interface RoleSpec {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** What it gets in its environment besides ours; undefined takes a variable away. For secrets: others can read arguments. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly stopScope: StopScope;
  /** It is killed when it takes longer to end. */
  readonly stopLimitMs: number;
}

export interface SupervisorOptions {
  readonly roles: readonly RoleSpec[];
  /** Names of roles: those of one step start together, the next step when all are ready. */
  readonly startSteps: readonly (readonly string[])[];
  /** The same for the end. */
  readonly stopSteps: readonly (readonly string[])[];
  readonly startLimitMs: number;
  readonly registry: RoleRegistry;
  readonly logger: Logger;
  readonly onLine: (role: string, line: string) => void;
}

/** One role and its present life. */
interface Supervised {
  readonly spec: RoleSpec;
  process: RoleProcess | undefined;
  restarts: number;
}

/** Starts roles, starts those again that die, and ends all of them. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #roles: ReadonlyMap<string, Supervised>;
  readonly #stopping = new AbortController();
  #stopped: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#roles = new Map(options.roles.map((spec) => [spec.name, { spec, process: undefined, restarts: 0 }]));
  }

  /**
   * Starts all roles; resolves when all are ready, with what is degraded. When one cannot start, the others are stopped and it
   * throws UsageError or StartupError with that role's own line. Resolves early, with nothing, when `stop` is called meanwhile.
   */
  async start(): Promise<readonly string[]> {
    const degraded: string[] = [];
    for (const step of this.#options.startSteps) {
      try {
        for (const message of await Promise.all(step.map((name) => this.#startFirst(this.#role(name))))) {
          if (message !== undefined) degraded.push(message);
        }
      } catch (error) {
        await this.stop();
        throw error;
      }
      if (this.#stopping.signal.aborted) return [];
    }
    return degraded;
  }

  /** Ends all roles in order; resolves when nothing of them is left. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  /** Ends the processes of all roles at once and leaves what they own. */
  killAll(): void {
    this.#stopping.abort();
    for (const role of this.#roles.values()) role.process?.kill();
  }

  #role(name: string): Supervised {
    const role = this.#roles.get(name);
    if (role === undefined) throw new Error(`no such role: ${name}`);
    return role;
  }

  async #startFirst(role: Supervised): Promise<string | undefined> {
    const life = this.#spawn(role);
    const limit = new AbortController();
    const outcome = await Promise.race([
      life.started,
      sleep(this.#options.startLimitMs, limit.signal).then(() => 'late' as const),
    ]);
    limit.abort();
    if (this.#stopping.signal.aborted) return undefined;
    const { name } = role.spec;
    if (outcome === 'late') {
      throw new StartupError(`${name} is not ready after ${this.#options.startLimitMs / 1000} s: its log says more`);
    }
    if (outcome === undefined) {
      const exit = await life.ended;
      // A scheduler that is deposed while it takes over is a candidate again, not a failed start.
      if (stepDownOf(exit.status) === undefined) throw startError(name, exit);
      void this.#keepAlive(role, life);
      return `${name} ${describeExit(exit)}: it is started again until it can`;
    }
    if (outcome.type === 'failed') {
      throw outcome.usage ? new UsageError(outcome.message) : new StartupError(`${name}: ${outcome.message}`);
    }
    void this.#keepAlive(role, life);
    return outcome.degraded;
  }

  #spawn(role: Supervised): RoleProcess {
    const { name, file, args, environment = {} } = role.spec;
    const life = new RoleProcess(file, args, environment, (line) => this.#options.onLine(name, line));
    role.process = life;
    if (life.identity !== undefined) {
      this.#options.registry.record(name, life.identity).catch((error: unknown) => {
        this.#options.logger.warn({ err: error }, `roles.json cannot be written: ${messageOf(error)}`);
      });
    }
    return life;
  }

  /** Watches one life after the other until everything stops. */
  async #keepAlive(role: Supervised, first: RoleProcess): Promise<void> {
    const { logger } = this.#options;
    const { name } = role.spec;
    const { signal } = this.#stopping;
    for (let life = first; ;) {
      const exit = await life.ended;
      if (signal.aborted) return;
      const next = nextRestart(role.restarts, exit);
      role.restarts = next.restarts;
      const sentence = `${name} ${describeExit(exit)}, it is started again`;
      if (stepDownOf(exit.status) === undefined) logger.error({ restartInMs: next.delayMs }, sentence);
      else logger.warn({ restartInMs: next.delayMs }, sentence);
      await sleep(next.delayMs, signal);
      if (signal.aborted) return;
      life = this.#spawn(role);
      void life.started.then((message) => {
        if (message?.type === 'ready') logger.info({ pid: life.identity?.pid }, `${name} is back`);
        else if (message?.type === 'failed') logger.error({}, `${name}: ${message.message}`);
      });
    }
  }

  async #stopAll(): Promise<void> {
    this.#stopping.abort();
    for (const step of this.#options.stopSteps) {
      await Promise.all(step.map((name) => this.#stopOne(this.#role(name))));
    }
    await this.#options.registry.clear();
  }

  async #stopOne({ spec, process: life }: Supervised): Promise<void> {
    if (life === undefined || life.hasEnded) return;
    if (!(await life.stop(spec.stopScope, spec.stopLimitMs))) {
      this.#options.logger.warn({ limitMs: spec.stopLimitMs }, `${spec.name} did not end in time and was killed`);
    }
  }
}

function describeExit({ status, signal, error }: RoleExit): string {
  if (error !== undefined) return `could not be run (${error.message})`;
  if (signal !== null) return `was ended by ${signal}`;
  const reason = stepDownOf(status);
  return reason === undefined ? `ended with status ${status}` : `${reason} (it ended with status ${status})`;
}

function startError(name: string, exit: RoleExit): StartupError {
  return new StartupError(`${name} ${describeExit(exit)} while it was starting: its log says more`);
}
