import type { Command } from '../../src/scheduler/core/commands.js';
import type { Input } from '../../src/scheduler/core/inputs.js';
import { loadState } from '../../src/scheduler/core/load.js';
import type { CoreSettings } from '../../src/scheduler/core/settings.js';
import { runTurn } from '../../src/scheduler/core/step.js';
import type { Turn } from '../../src/scheduler/core/step.js';
import type { Instance } from '../../src/scheduler/model/instance.js';
import { seeded, settings } from '../../test/sim/simulated-world.js';
import { anOffer } from '../../test/support/scheduler-fixtures.js';
import { serviceOf } from '../scheduler/workload.js';

/** Nothing but the core's own work is to hold up a launch. */
const unhindered: CoreSettings = {
  ...settings,
  localPortMin: 10_000,
  localPortMax: 60_000,
  launchTokens: 1_000_000,
  maxInstancesPerOffer: 100,
  maxRunningDeployments: 100_000,
};

/** So many updates come together, at most. */
const updatesPerTurn = 1000;
const agents = 500;
const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };

/** The core among agents that are never full and tasks that do at once what they are asked to. What it wants stored and sent goes nowhere. */
export class CoreWorld {
  readonly #state = loadState(new Map());
  readonly #random = seeded(1);
  #nowMs = Date.UTC(2026, 0, 1);
  #ids = 0;

  constructor() {
    this.#turn([{ type: 'loaded' }, { type: 'registered', frameworkId: 'F', master: 'm:5050' }]);
  }

  #turn(inputs: readonly Input[]): Turn {
    this.#nowMs += 1;
    const turn = runTurn(this.#state, inputs, unhindered, {
      nowMs: this.#nowMs,
      uuid: () => `u${this.#ids++}`,
      random: this.#random,
    });
    for (const { error } of turn.failures) throw error;
    return turn;
  }

  #command(command: Command): Turn {
    const turn = this.#turn([{ type: 'command', requestId: 0, command }]);
    for (const { outcome } of turn.effects.replies)
      if (outcome.type === 'rejected') throw new Error(`refused: ${JSON.stringify(outcome)}`);
    return turn;
  }

  #status({ taskId, agentId }: Instance, state: string): Input {
    const uuid = `s${this.#ids++}`;
    return {
      type: 'status',
      status: { taskId, agentId, state, message: '', uuid, timestampMs: this.#nowMs, ipAddresses: [] },
    };
  }

  /** Tells what became of the instances that a turn launched or ended, and of those that this leads to. */
  #answer(turn: Turn): void {
    const updates: Input[] = [];
    for (const id of turn.touchedInstances) {
      const instance = this.#state.instances.get(id);
      if (instance?.goal === 'Decommissioned') updates.push(this.#status(instance, 'TASK_KILLED'));
      else if (instance?.condition === 'Provisioned') updates.push(this.#status(instance, 'TASK_RUNNING'));
    }
    for (let i = 0; i < updates.length; i += updatesPerTurn)
      this.#answer(this.#turn(updates.slice(i, i + updatesPerTurn)));
  }

  /** So many offers come together, each of another agent. */
  offer(count: number): void {
    const offers = Array.from({ length: count }, (_, i) =>
      anOffer({ cpus: 64, memMib: 262_144, diskMib: 1_000_000 }, { id: `O${this.#ids++}`, agentId: `S${i}` }),
    );
    this.#answer(this.#turn([{ type: 'offers', offers }]));
    // What one turn could not do is done by the next
    while (this.#state.offerFlow.held.length > 0) this.#answer(this.#turn([{ type: 'tick' }]));
  }

  #untilAllRun(): void {
    while (this.#state.queue.size > 0) this.offer(agents);
    if (this.#state.deployments.size > 0) throw new Error('a deployment has not ended');
  }

  /** An app is created, its instances run. */
  deploy(id: string, instances: number): void {
    const update = serviceOf(id, instances);
    this.#command({ type: 'createApp', update, force: false, origin });
    this.#untilAllRun();
  }

  /** As many apps at once. */
  deployMany(apps: number, instances: number): void {
    const updates = Array.from({ length: apps }, (_, i) => {
      const id = `/app-${i}`;
      return { id, update: serviceOf(id, instances) };
    });
    this.#command({ type: 'updateApps', updates, isBulk: true, partial: false, mayCreate: true, force: false, origin });
    this.#untilAllRun();
  }

  /** So many apps want more than any agent has. */
  waitInVain(apps: number): void {
    const updates = Array.from({ length: apps }, (_, i) => {
      const id = `/waiting-${i}`;
      return { id, update: serviceOf(id, 1, { cpus: 10_000 }) };
    });
    this.#command({ type: 'updateApps', updates, isBulk: true, partial: false, mayCreate: true, force: false, origin });
  }

  #anyOf(appId: string): Instance {
    for (const id of this.#state.instancesOf.get(appId) ?? []) {
      const instance = this.#state.instances.get(id);
      if (instance !== undefined) return instance;
    }
    throw new Error(`${appId} has no instance`);
  }

  /** The agent of one instance is lost for a moment: two status updates, a turn each. */
  loseAndFind(appId: string): void {
    const instance = this.#anyOf(appId);
    this.#turn([this.#status(instance, 'TASK_UNREACHABLE')]);
    this.#turn([this.#status(instance, 'TASK_RUNNING')]);
  }

  /** A task is killed, and another one started in its place. */
  replaceOne(appId: string): void {
    const { taskId } = this.#anyOf(appId);
    this.#answer(this.#command({ type: 'killTasks', taskIds: [taskId], scale: false, force: false }));
    this.offer(1);
    this.#untilAllRun();
  }
}
