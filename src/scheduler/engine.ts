import { randomUUID } from 'node:crypto';
import type { CatalogFeed } from '../catalog/feed.js';
import type { Logger } from '../common/logger.js';
import { messageOf } from '../common/errors.js';
import type { Command, Outcome } from './core/commands.js';
import type { HealthResult, Input } from './core/inputs.js';
import type { MutableState } from './core/mutable-state.js';
import { planCommand } from './core/plan/plan-command.js';
import type { PlannableCommand, PlanOutcome } from './core/plan/plan-command.js';
import type { CoreSettings } from './core/settings.js';
import type { SchedulerState } from './core/state.js';
import { runTurn } from './core/step.js';
import { perform } from './executor.js';
import type { ExecutorPorts } from './executor.js';
import type { Surroundings } from './core/surroundings.js';
import type { ArtifactResolver } from './ports/artifact-store.js';
import type { Checker } from './ports/checker.js';
import type { Cluster, ClusterListener } from './ports/cluster.js';
import type { Store } from './ports/store.js';
import type { EventBus } from './service.js';
import type { StateChanges } from './state-changes.js';

/** So many inputs may wait; commands above that are refused, the cluster's news wait in its socket. */
const maxQueuedCommands = 10_000;
/** A turn takes at most so many inputs, so that no commit grows without bound. */
const maxInputsPerTurn = 1000;
/** setTimeout cannot wait longer. */
const maxTimerMs = 2 ** 31 - 1;

export interface EngineParts {
  readonly state: MutableState;
  readonly settings: CoreSettings;
  readonly store: Store;
  readonly cluster: Cluster;
  readonly checker: Checker;
  /** Undefined: there is no artifact store. */
  readonly artifacts?: ArtifactResolver;
  /** What plugins have against apps and pods. */
  readonly validateRunSpec?: Surroundings['validateRunSpec'];
  readonly events: EventBus;
  readonly catalog: CatalogFeed;
  /** Hears what each turn has changed; nobody does when absent. */
  readonly changes?: StateChanges;
  readonly logger: Logger;
  readonly now: () => number;
  readonly random: () => number;
  /** A turn with so many inputs is done, its effects too. */
  readonly onTurn?: (inputs: number, tookMs: number) => void;
  /** The engine cannot go on: what is stored is not known, or Mesos refuses the framework for good. */
  readonly fatal: (error: Error) => void;
}

/** Too much is waiting already. */
export class OverloadedError extends Error {
  override readonly name = 'OverloadedError';
}

/** Nothing is decided for the time being; the API answers so. */
export class PausedError extends Error {
  override readonly name = 'PausedError';
  readonly statusCode = 503;
}

/**
 * The loop: takes what has happened since the last turn, steps it as one turn, and performs its effects before the next turn
 * begins. While a commit is under way, inputs gather.
 */
export class Engine implements ClusterListener {
  readonly #parts: EngineParts;
  readonly #ports: ExecutorPorts;
  readonly #queue: Input[] = [];
  readonly #waiting = new Map<number, { resolve: (outcome: Outcome) => void; reject: (error: Error) => void }>();
  #nextRequestId = 1;
  #turning: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  /** Why nothing is decided for the time being. */
  #paused: string | undefined;
  /** Why nothing can be decided any more. */
  #failure: Error | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    const { store, cluster, checker, events, catalog, changes } = parts;
    this.#ports = {
      store,
      cluster,
      checker,
      events,
      catalog,
      ...(changes === undefined ? {} : { changes }),
      download: (url) => void this.#download(url),
      reply: (id, outcome) => this.#settle(id)?.resolve(outcome),
    };
    checker.onResult((result) => this.#health(result));
    checker.onReadiness((result) => this.#push({ type: 'readiness', results: [result] }));
  }

  get state(): SchedulerState {
    return this.#parts.state;
  }

  /** Looks at the loaded state once: the catalog and the checks are complete when it resolves. Rejects when what comes of it cannot be stored. */
  async load(): Promise<void> {
    this.#push({ type: 'loaded' });
    await this.#turning;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Subscribes with Mesos. */
  connect(): void {
    this.#parts.cluster.start(this.#parts.state.frameworkId, this);
  }

  execute(command: Command): Promise<Outcome> {
    if (this.#stopped) return Promise.reject(new Error('the scheduler is stopping'));
    if (this.#paused !== undefined) return Promise.reject(new PausedError(this.#paused));
    if (this.#waiting.size >= maxQueuedCommands) {
      return Promise.reject(new OverloadedError(`${this.#waiting.size} requests are waiting`));
    }
    const requestId = this.#nextRequestId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(requestId, { resolve, reject });
      this.#push({ type: 'command', requestId, command });
    });
  }

  /** Those who follow the catalog say something. */
  heardOfEdges(input: Extract<Input, { type: 'edges' | 'drained' }>): void {
    this.#push(input);
  }

  /** What a command would do after all that has been decided; nothing is done. */
  plan(command: PlannableCommand): PlanOutcome {
    const { state, settings } = this.#parts;
    return planCommand(state, command, settings, this.#surroundings());
  }

  /**
   * Resolves when the turn under way has done its effects; from then on nothing is decided or stored until `resume`. Commands are refused
   * with `reason`, all else waits.
   */
  async pause(reason: string): Promise<void> {
    this.#paused = reason;
    await this.#turning;
    const waiting = this.#queue.splice(0);
    for (const input of waiting) {
      if (input.type === 'command') this.#settle(input.requestId)?.reject(new PausedError(reason));
      else this.#queue.push(input);
    }
  }

  resume(): void {
    this.#paused = undefined;
    this.#startTurns();
  }

  /**
   * For a process that has lost its right to act: from the return of this on nothing is decided, and nobody is answered. What has been
   * stored may still be published.
   */
  halt(reason: string): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#queue.length = 0;
    this.#refuseWaiting(reason);
  }

  /** Takes no more inputs, and resolves when the turn under way has done its effects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#turning;
    this.#refuseWaiting('the scheduler has stopped');
  }

  #refuseWaiting(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(reason));
    this.#waiting.clear();
  }

  registered(frameworkId: string, master: string, region?: string): void {
    this.#push({ type: 'registered', frameworkId, master, ...(region === undefined ? {} : { region }) });
  }
  disconnected(): void {
    this.#push({ type: 'disconnected' });
  }
  offers(offers: Extract<Input, { type: 'offers' }>['offers']): void {
    this.#push({ type: 'offers', offers });
  }
  rescinded(offerId: string): void {
    this.#push({ type: 'rescinded', offerId });
  }
  status(status: Extract<Input, { type: 'status' }>['status']): void {
    this.#push({ type: 'status', status });
  }
  frameworkMessage(executorId: string, agentId: string, message: readonly number[]): void {
    this.#push({ type: 'frameworkMessage', executorId, agentId, message });
  }
  refused(message: string): void {
    this.#parts.fatal(new Error(`Mesos refuses this framework: ${message}`));
  }

  async #download(url: string): Promise<void> {
    const { artifacts } = this.#parts;
    if (artifacts === undefined) {
      this.#push({ type: 'artifact', url, result: { error: 'there is no artifact store' } });
      return;
    }
    try {
      this.#push({ type: 'artifact', url, result: { uri: await artifacts.resolve(url) } });
    } catch (error) {
      this.#push({ type: 'artifact', url, result: { error: messageOf(error) } });
    }
  }

  #health(result: HealthResult): void {
    this.#push({ type: 'health', results: [result] });
  }

  #push(input: Input): void {
    if (this.#stopped) return;
    this.#queue.push(input);
    this.#startTurns();
  }

  #startTurns(): void {
    if (this.#paused === undefined && this.#queue.length > 0) this.#turning ??= this.#turns();
  }

  #settle(requestId: number): { resolve: (outcome: Outcome) => void; reject: (error: Error) => void } | undefined {
    const waiting = this.#waiting.get(requestId);
    this.#waiting.delete(requestId);
    return waiting;
  }

  async #turns(): Promise<void> {
    // One tick of the event loop, so that what arrives together is one turn and one commit.
    await new Promise(setImmediate);
    try {
      while (this.#queue.length > 0 && this.#paused === undefined) {
        const inputs = this.#queue.splice(0, maxInputsPerTurn);
        const startedMs = performance.now();
        await this.#turn(inputs);
        this.#parts.onTurn?.(inputs.length, performance.now() - startedMs);
      }
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(messageOf(error));
      this.halt('what was stored last is not known');
      this.#parts.fatal(this.#failure);
    } finally {
      this.#turning = undefined;
    }
  }

  #surroundings(): Surroundings {
    const { now, random, validateRunSpec } = this.#parts;
    return {
      nowMs: now(),
      uuid: randomUUID,
      random,
      ...(validateRunSpec === undefined ? {} : { validateRunSpec }),
    };
  }

  async #turn(inputs: readonly Input[]): Promise<void> {
    const { state, settings, logger } = this.#parts;
    const turn = runTurn(state, inputs, settings, this.#surroundings());
    for (const { input, error } of turn.failures) {
      logger.error({ input, err: error }, 'a step failed and was undone');
      if (input.type === 'command') {
        this.#settle(input.requestId)?.reject(error instanceof Error ? error : new Error(messageOf(error)));
      }
    }
    await perform(state, turn, this.#ports);
    this.#wakeAt(turn.nextWakeMs);
  }

  #wakeAt(atMs: number | undefined): void {
    clearTimeout(this.#timer);
    if (atMs === undefined || this.#stopped) return;
    const waitMs = Math.min(maxTimerMs, Math.max(1, atMs - this.#parts.now()));
    this.#timer = setTimeout(() => this.#push({ type: 'tick' }), waitMs);
  }
}
