import { createHash } from 'node:crypto';
import assert from 'node:assert/strict';
import type { Command } from '../../../src/scheduler/core/commands.js';
import type { Input } from '../../../src/scheduler/core/inputs.js';
import { loadState } from '../../../src/scheduler/core/load.js';
import { instanceIdOf, taskIdsOf } from '../../../src/scheduler/core/launch/task-id.js';
import { instancesOf } from '../../../src/scheduler/core/state.js';
import type { CoreSettings } from '../../../src/scheduler/core/settings.js';
import { runTurn } from '../../../src/scheduler/core/step.js';
import { seeded, settings as plainSettings } from '../simulated-world.js';
import { ChaosCluster, role } from './cluster.js';
import { randomCommand } from './commands.js';
import { checkBounds, checkRecords, checkStored } from './promises.js';

/** Where the process dies in a turn. */
type CrashPoint = 'before the store' | 'after the store' | 'among the calls' | 'after the calls';
const crashPoints: readonly CrashPoint[] = [
  'before the store',
  'after the store',
  'among the calls',
  'after the calls',
];

const agents = 6;

/** What a history was made of. */
export interface Tally {
  steps: number;
  turns: number;
  commands: number;
  launches: number;
  kills: number;
  crashes: number;
  losses: number;
  /** Steps in which something was being drained. */
  drains: number;
}

/**
 * The scheduler's core through a random history: commands, failures, lost agents, crashes at every boundary of a turn's effects. All of
 * it follows from the seed. Whatever is promised is checked at every step; AssertionError or BrokenPromise tells what was broken.
 */
export class Chaos {
  readonly tally: Tally = { steps: 0, turns: 0, commands: 0, launches: 0, kills: 0, crashes: 0, losses: 0, drains: 0 };
  readonly #random: () => number;
  readonly #forced: number;
  readonly #cluster: ChaosCluster;
  readonly #records = new Map<string, string>();
  readonly #settings: CoreSettings;
  readonly #hash = createHash('sha256');
  #state = loadState(new Map());
  #nowMs = Date.UTC(2026, 0, 1);
  #wakeMs: number | undefined;
  #ids = 0;
  #requests = 0;

  /** `forced`: so many of the requests, as a part of 1, are made with force. */
  constructor(seed: number, forced: number, changes: Partial<CoreSettings> = {}) {
    this.#forced = forced;
    this.#random = seeded(seed);
    this.#settings = { ...plainSettings, mesosRole: role, ...changes };
    this.#cluster = new ChaosCluster(this.#random, agents);
    this.#cluster.connect();
  }

  /** The same for equal histories. */
  get digest(): string {
    return this.#hash.copy().digest('hex');
  }

  #crash(): void {
    this.tally.crashes++;
    this.#state = loadState(new Map([...this.#records].map(([key, json]) => [key, JSON.parse(json) as unknown])));
    this.#cluster.connect();
    this.#turn([{ type: 'loaded' }]);
  }

  #turn(inputs: readonly Input[], crash?: CrashPoint): void {
    const due = this.#wakeMs !== undefined && this.#wakeMs <= this.#nowMs;
    const all: readonly Input[] = due ? [...inputs, { type: 'tick' }] : inputs;
    if (all.length === 0) return;
    const before = new Map(this.#state.instances);
    const asked = new Set(
      all.flatMap((i) =>
        i.type === 'command' && i.command.type === 'killTasks' ? i.command.taskIds.map(instanceIdOf) : [],
      ),
    );
    const turn = runTurn(this.#state, all, this.#settings, {
      nowMs: this.#nowMs,
      uuid: () => `u${++this.#ids}`,
      random: this.#random,
    });
    for (const { error } of turn.failures) throw error;
    this.tally.turns++;
    this.#wakeMs = turn.nextWakeMs;
    this.#hash.update(JSON.stringify([this.#nowMs, crash ?? '', turn.effects]));
    // Before offers are used the apps are settled: what came after that is no part of the decision
    const settlesTwice = all.length > 1 && all.some(({ type }) => type === 'offers' || type === 'tick');
    if (!settlesTwice) checkBounds(this.#state, before, asked);
    if (crash === 'before the store') return this.#crash();
    for (const { key, value } of turn.effects.store) {
      if (value === undefined) this.#records.delete(key);
      else this.#records.set(key, JSON.stringify(value));
    }
    checkStored(turn, this.#records);
    if (crash === 'after the store') return this.#crash();
    const { calls } = turn.effects;
    const heard = crash === 'among the calls' ? calls.slice(0, Math.floor(this.#random() * calls.length)) : calls;
    for (const call of heard) {
      if (call.type === 'accept') this.tally.launches += call.operations.length;
      if (call.type === 'kill') this.tally.kills++;
      this.#cluster.take(call);
    }
    if (crash !== undefined) this.#crash();
  }

  #command(command: Command): void {
    this.tally.commands++;
    this.#turn([{ type: 'command', requestId: ++this.#requests, command }]);
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.#random() * list.length)];
  }

  #misfortune(): void {
    const task = this.#pick([...this.#cluster.tasks.keys()]);
    const agent = this.#pick(this.#cluster.agentIds) ?? '';
    const dice = this.#random();
    if (dice < 0.35 && task !== undefined) this.#cluster.end(task, this.#pick(['TASK_FAILED', 'TASK_FINISHED']) ?? '');
    else if (dice < 0.5) {
      this.tally.losses++;
      this.#cluster.lose(agent);
    } else if (dice < 0.75) this.#cluster.return(agent, this.#random() < 0.4);
    else if (dice < 0.85) this.#cluster.rescindSome();
    else if (dice < 0.9) {
      this.#cluster.disconnect();
      this.#turn([{ type: 'disconnected' }]);
      this.#cluster.connect();
    } else this.#crash();
  }

  /** Results of health checks of all that run. */
  #healthResults(failing: number): Input[] {
    const results = [...this.#state.instances.values()].flatMap(({ taskId, appId, condition }) => {
      const checks = condition === 'Running' ? (this.#state.apps.get(appId)?.healthChecks ?? []) : [];
      return checks.map((_, checkIndex) => ({
        taskId,
        checkIndex,
        result: this.#random() < failing ? ('unhealthy' as const) : ('healthy' as const),
      }));
    });
    return results.length === 0 ? [] : [{ type: 'health', results }];
  }

  /** Edges come and go, and let go of what they are to withdraw, or do not. */
  #edgesSay(): Input[] {
    const draining = [...this.#state.instances.values()].filter(({ drainUntil }) => drainUntil !== undefined);
    this.tally.drains += draining.length > 0 ? 1 : 0;
    const drained = draining.filter(() => this.#random() < 0.2).map(({ id }) => id);
    const edges = this.#pick([[], ['lb a:8000'], ['dns a:53', 'lb a:8000']]) ?? [];
    return [
      ...(this.#random() < 0.03 ? [{ type: 'edges' as const, edges }] : []),
      ...(drained.length > 0 ? [{ type: 'drained' as const, instanceIds: drained }] : []),
    ];
  }

  #step(): void {
    this.tally.steps++;
    this.#nowMs += this.#random() < 0.02 ? 120_000 : Math.floor(this.#random() * 3000);
    if (this.#random() < 0.08) this.#command(randomCommand(this.#random, this.#state, this.#forced));
    if (this.#random() < 0.06) this.#misfortune();
    this.#cluster.act(false, this.#nowMs);
    const heard = this.#cluster.deliver(Math.floor(this.#random() * 12));
    const health = this.#random() < 0.3 ? this.#healthResults(0.1) : [];
    const crash = this.#random() < 0.02 ? this.#pick(crashPoints) : undefined;
    this.#turn([...heard, ...health, ...this.#edgesSay()], crash);
    if (this.tally.steps % 50 === 0) checkRecords(this.#state, this.#records);
  }

  run(steps: number): void {
    for (let i = 0; i < steps; i++) this.#step();
  }

  /** Nothing bad happens any more: what is wanted comes to be. */
  settle(): void {
    for (const agentId of this.#cluster.agentIds) this.#cluster.return(agentId, false);
    this.#cluster.loses = false;
    this.#rest();
    // A deployment that was stopped by force has left instances as they were; otherwise all are of the present configuration
    for (const { id, versionInfo } of this.#state.apps.values()) {
      const isMixed = instancesOf(this.#state, id).some(
        ({ goal, appVersion }) => goal === 'Running' && appVersion < versionInfo.lastConfigChangeAt,
      );
      assert.ok(!isMixed || this.#forced > 0, `${id} has instances of a former configuration`);
      if (isMixed) this.#command({ type: 'restartApp', id, force: false });
    }
    this.#rest();
    // What nobody knows any more is found when all tasks are asked for again
    this.#nowMs += this.#settings.reconciliationIntervalMs;
    this.#rest();
    this.#checkOutcome();
  }

  #rest(): void {
    let quiet = 0;
    for (let round = 0; quiet < 10; round++) {
      if (round > 3000) assert.fail(`what is wanted does not come to be: ${this.#unfinished()}`);
      this.#nowMs += 2000;
      this.#cluster.act(true, this.#nowMs);
      this.#turn([...this.#cluster.deliver(Infinity), ...this.#healthResults(0)]);
      const isDone = this.#state.deployments.size === 0 && this.#state.queue.size === 0 && !this.#cluster.hasNews;
      quiet = isDone ? quiet + 1 : 0;
    }
  }

  #unfinished(): string {
    const { deployments, queue, instances } = this.#state;
    return JSON.stringify({
      deployments: [...deployments.values()],
      queue: [...queue.values()].map(({ appId, count, offers }) => ({
        appId,
        count,
        refusals: [...offers.lastRefusals.values()].map(({ refusals }) => refusals),
      })),
      instances: [...instances.values()],
      tasks: [...this.#cluster.tasks.keys()],
    });
  }

  #checkOutcome(): void {
    const known = new Set<string>();
    for (const runSpec of [...this.#state.apps.values(), ...this.#state.pods.values()]) {
      const instances = instancesOf(this.#state, runSpec.id).filter(({ goal }) => goal === 'Running');
      assert.equal(instances.length, runSpec.instances, `${runSpec.id} has as many instances as wanted`);
      for (const instance of instances) {
        const finished = (instance.containers ?? []).filter(({ condition }) => condition === 'Finished');
        for (const taskId of taskIdsOf(instance)) {
          // A container of a pod may end well while the others go on
          if (finished.some((container) => container.taskId === taskId)) continue;
          known.add(taskId);
          assert.equal(this.#cluster.tasks.get(taskId)?.state, 'TASK_RUNNING', `${taskId} runs`);
        }
        assert.ok(
          instance.appVersion >= runSpec.versionInfo.lastConfigChangeAt,
          `${instance.id} is of the present configuration`,
        );
      }
    }
    const others = [...this.#cluster.tasks.keys()].filter((taskId) => !known.has(taskId));
    assert.deepEqual(others, [], 'nothing else runs');
    for (const { id, goal, reservation } of this.#state.instances.values()) {
      // A place that was stopped is kept for the next one
      if (goal !== 'Running') assert.ok(goal === 'Stopped' && reservation !== undefined, `${id} is not forgotten`);
    }
    for (const { instanceId } of this.#cluster.reservations.all) {
      assert.ok(this.#state.instances.has(instanceId), `the place of ${instanceId} is given back`);
    }
    checkRecords(this.#state, this.#records);
  }
}
