import type { Command, Outcome } from '../../src/scheduler/core/commands.js';
import type { ClusterCall, StoreOperation } from '../../src/scheduler/core/effects.js';
import type { Input } from '../../src/scheduler/core/inputs.js';
import { loadState } from '../../src/scheduler/core/load.js';
import type { MutableState } from '../../src/scheduler/core/mutable-state.js';
import type { CoreSettings } from '../../src/scheduler/core/settings.js';
import { runTurn } from '../../src/scheduler/core/step.js';
import type { Turn } from '../../src/scheduler/core/step.js';
import type { SchedulerEvent } from '../../src/scheduler/model/events.js';
import type { OfferedReservation } from '../../src/scheduler/model/offer.js';
import { anOffer } from '../support/scheduler-fixtures.js';
import { SimReservations } from './simulated-reservations.js';
import { requireSameTallies } from './same-tallies.js';

/** A seeded source of randomness (mulberry32). */
export function seeded(seed: number): () => number {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let x = Math.imul(a ^ (a >>> 15), 1 | a);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

export const settings: CoreSettings = {
  mesosRole: '*',
  localPortMin: 10_000,
  localPortMax: 10_100,
  taskLaunchConfirmTimeoutMs: 300_000,
  taskLaunchTimeoutMs: 300_000,
  taskReservationTimeoutMs: 20_000,
  reconciliationInitialDelayMs: 15_000,
  reconciliationIntervalMs: 600_000,
  declineOfferDurationMs: 120_000,
  minReviveOffersIntervalMs: 5_000,
  suppressOffers: true,
  maxInstancesPerOffer: 5,
  launchTokens: 100,
  launchTokenRefreshMs: 30_000,
  offerMatchingTimeoutMs: 3_000,
  defaultAcceptedRoles: 'any',
  maintenanceMode: true,
  drainingMs: 0,
  gpuScheduling: 'restricted',
  offerConstraints: false,
  offerConstraintsIntervalMs: 1_000,
  killChunkSize: 100,
  killRetryTimeoutMs: 30_000,
  drainTimeoutMs: 30_000,
  maxRunningDeployments: 100,
  maxVersions: 5,
  artifactStore: undefined,
  features: [],
  executor: '//cmd',
  envVarsPrefix: '',
  defaultNetworkName: undefined,
  mesosBridgeName: 'mesos-bridge',
  newGroupEnforceRole: 'off',
};

interface SimTask {
  state: 'TASK_STAGING' | 'TASK_RUNNING';
  readonly agentId: string;
  /** Of a task that was launched in a group. */
  readonly executorId?: string;
}

/**
 * The whole scheduler core in a made-up world: a store that may fail to be followed by the calls (a crash in between), and a
 * cluster that answers late, in any order between tasks, repeats what was not acknowledged, and lets tasks die.
 */
export class World {
  readonly random: () => number;
  nowMs = Date.UTC(2026, 0, 1);
  state: MutableState;
  readonly records = new Map<string, string>();
  readonly tasks = new Map<string, SimTask>();
  /** Updates that were not acknowledged, in order, by task. */
  readonly updates = new Map<string, Extract<Input, { type: 'status' }>['status'][]>();
  /** Tasks on agents that the master has lost: it does not answer for them. */
  readonly unreachable = new Set<string>();
  /** Mesos' default executor ends all its tasks when one of them fails or is killed. */
  executorsKill = true;
  readonly reservations = new SimReservations();
  readonly events: SchedulerEvent[] = [];
  readonly outcomes = new Map<number, Outcome>();
  wakeMs: number | undefined;
  #inbox: Input[] = [];
  /** Roles that are subscribed to, and those of them to which an offer is to be made. */
  roles: readonly string[] = [];
  #offersWanted = new Set<string>();
  /** Roles for which Mesos was told that no offers are wanted. */
  readonly suppressed = new Set<string>();
  readonly #agentsOfOffers = new Map<string, string>();
  #ids = 0;
  #requests = 0;

  readonly settings: CoreSettings;

  constructor(seed: number, changes: Partial<CoreSettings> = {}) {
    this.random = seeded(seed);
    this.settings = { ...settings, ...changes };
    this.state = loadState(new Map());
    this.connect();
  }

  connect(): void {
    this.#inbox = [{ type: 'loaded' }, { type: 'registered', frameworkId: 'F', master: 'm:5050' }];
    this.#offersWanted = new Set(this.roles);
    this.suppressed.clear();
    this.reservations.returned();
  }

  /** The process dies at once, and another one loads what was stored. */
  crash(): void {
    this.state = loadState(new Map([...this.records].map(([key, json]) => [key, JSON.parse(json) as unknown])));
    this.connect();
  }

  command(command: Command): number {
    const requestId = this.#requests++;
    this.#inbox.push({ type: 'command', requestId, command });
    return requestId;
  }

  receive(...inputs: Input[]): void {
    this.#inbox.push(...inputs);
  }

  /** One turn with all that is in the inbox. `crashAfterStore`: the process dies when the commit is done, before it acts on it. */
  turn(crashAfterStore = false): Turn | undefined {
    if (this.wakeMs !== undefined && this.wakeMs <= this.nowMs) this.#inbox.push({ type: 'tick' });
    if (this.#inbox.length === 0) return undefined;
    const inputs = this.#inbox.splice(0);
    const turn = runTurn(this.state, inputs, this.settings, {
      nowMs: this.nowMs,
      uuid: () => `u${this.#ids++}`,
      random: this.random,
    });
    for (const { error } of turn.failures) throw error;
    requireSameTallies(this.state);
    this.wakeMs = turn.nextWakeMs;
    for (const operation of turn.effects.store) this.#store(operation);
    if (crashAfterStore) {
      this.crash();
      return turn;
    }
    for (const call of turn.effects.calls) this.#call(call);
    this.events.push(...turn.effects.events);
    for (const { requestId, outcome } of turn.effects.replies) this.outcomes.set(requestId, outcome);
    return turn;
  }

  #store({ key, value }: StoreOperation): void {
    if (value === undefined) this.records.delete(key);
    else this.records.set(key, JSON.stringify(value));
  }

  #call(call: ClusterCall): void {
    switch (call.type) {
      case 'accept':
        this.reservations.returned([call.offerId]);
        for (const operation of call.operations) {
          this.reservations.apply(operation, this.#agentsOfOffers.get(call.offerId) ?? 'S1');
          if (operation.type === 'launch') this.#launch(operation.task);
          if (operation.type !== 'launchGroup') continue;
          for (const task of operation.group.tasks) this.#launch(task, operation.group.executorId);
        }
        this.#offersWanted.add(call.role);
        return;
      case 'kill':
        if (this.tasks.has(call.taskId) && !this.unreachable.has(call.taskId)) this.#end(call.taskId, 'TASK_KILLED');
        return;
      case 'acknowledge': {
        const waiting = this.updates.get(call.taskId) ?? [];
        if (waiting[0]?.uuid === call.uuid) waiting.shift();
        if (waiting.length === 0) this.updates.delete(call.taskId);
        return;
      }
      case 'subscribeRoles':
        for (const role of call.roles) if (!this.roles.includes(role)) this.#offersWanted.add(role);
        this.roles = call.roles;
        for (const role of call.suppressedRoles) this.#offersWanted.delete(role);
        return;
      case 'revive':
        for (const role of call.roles) {
          this.#offersWanted.add(role);
          this.suppressed.delete(role);
        }
        return;
      case 'suppress':
        for (const role of call.roles) {
          this.#offersWanted.delete(role);
          this.suppressed.add(role);
        }
        return;
      case 'reconcile':
        for (const { taskId, agentId } of call.tasks) {
          if (this.unreachable.has(taskId)) continue;
          const state = this.tasks.get(taskId)?.state ?? 'TASK_GONE';
          this.#inbox.push({ type: 'status', status: { taskId, agentId, state, message: '', ipAddresses: [] } });
        }
        return;
      case 'decline':
        this.reservations.returned(call.offerIds);
        return;
    }
  }

  #launch({ taskId, agentId }: { taskId: string; agentId: string }, executorId?: string): void {
    if (this.tasks.has(taskId)) throw new Error(`${taskId} is launched twice`);
    this.tasks.set(taskId, { state: 'TASK_STAGING', agentId, ...(executorId === undefined ? {} : { executorId }) });
  }

  #update(taskId: string, agentId: string, state: string): void {
    const status = {
      taskId,
      agentId,
      state,
      message: state,
      uuid: `s${this.#ids++}`,
      timestampMs: this.nowMs,
      ipAddresses: [],
    };
    this.updates.set(taskId, [...(this.updates.get(taskId) ?? []), status]);
  }

  #end(taskId: string, state: string): void {
    const task = this.tasks.get(taskId);
    if (task === undefined) return;
    this.tasks.delete(taskId);
    this.reservations.ended(taskId);
    this.#update(taskId, task.agentId, state);
    if (task.executorId === undefined || state === 'TASK_FINISHED' || !this.executorsKill) return;
    for (const [other, { executorId }] of this.tasks)
      if (executorId === task.executorId) this.#end(other, 'TASK_KILLED');
  }

  fail(taskId: string): void {
    this.#end(taskId, 'TASK_FAILED');
  }

  finish(taskId: string): void {
    this.#end(taskId, 'TASK_FINISHED');
  }

  /** The cluster does what it would do by itself: tasks start, updates arrive (the oldest of each task), offers are made. */
  clusterStep(): void {
    for (const [taskId, task] of this.tasks) {
      if (task.state === 'TASK_STAGING') {
        task.state = 'TASK_RUNNING';
        this.#update(taskId, task.agentId, 'TASK_RUNNING');
      }
    }
    for (const [first] of this.updates.values())
      if (first !== undefined) this.#inbox.push({ type: 'status', status: first });
    for (const role of this.roles) {
      const isWanted = this.#offersWanted.delete(role);
      const reserved = this.suppressed.has(role) ? [] : this.reservations.offered(role, !isWanted);
      const agents = new Map<string, readonly OfferedReservation[]>(reserved);
      const plain = `S${Math.floor(isWanted ? this.random() * 3 : 0)}`;
      if (isWanted && !agents.has(plain)) agents.set(plain, []);
      for (const [agentId, reservations] of agents) {
        const offer = anOffer({}, { id: `O${this.#ids++}`, agentId });
        this.#agentsOfOffers.set(offer.id, agentId);
        this.reservations.offeredBy(offer.id, reservations);
        const more = reservations.length === 0 ? {} : { reservations };
        this.#inbox.push({ type: 'offers', offers: [{ ...offer, allocationRole: role, ...more }] });
      }
    }
  }

  /** Lets the world run until nothing happens any more. */
  settle(): void {
    for (let quiet = 0, rounds = 0; quiet < 3; rounds++) {
      if (rounds > 2000) {
        const { queue, deployments, instances, delays } = this.state;
        const seen = {
          queue: [...queue],
          deployments: [...deployments],
          instances: [...instances.values()],
          delays: [...delays],
        };
        throw new Error(
          `the world does not come to rest: ${JSON.stringify({ ...seen, tasks: [...this.tasks], updates: [...this.updates] })}`,
        );
      }
      this.clusterStep();
      const before = this.records.size + this.tasks.size + this.updates.size;
      const turn = this.turn();
      const done = turn === undefined || (turn.effects.store.length === 0 && turn.effects.calls.length === 0);
      if (
        done &&
        before === this.records.size + this.tasks.size + this.updates.size &&
        this.state.queue.size === 0 &&
        this.state.deployments.size === 0
      )
        quiet++;
      else quiet = 0;
      this.nowMs += 1000;
    }
  }
}
