import type { ClusterCall } from '../../../src/scheduler/core/effects.js';
import type { Input } from '../../../src/scheduler/core/inputs.js';
import { instanceIdOf } from '../../../src/scheduler/core/launch/task-id.js';
import type {
  GroupLaunch,
  NewReservation,
  Offer,
  OfferOperation,
  PortRange,
  RoleResources,
} from '../../../src/scheduler/model/offer.js';
import { SimReservations } from '../simulated-reservations.js';

type Status = Extract<Input, { type: 'status' }>['status'];
type Random = () => number;

interface Task {
  readonly agentId: string;
  readonly parts: readonly RoleResources[];
  state: 'TASK_STAGING' | 'TASK_RUNNING';
  /** Of a task group. */
  readonly executorId?: string;
}

interface Agent {
  readonly total: RoleResources;
  /** The master has lost it; its tasks go on, unseen. */
  isLost: boolean;
  /** Declined until then, in milliseconds. */
  refusedUntilMs: number;
}

const scalars = ['cpus', 'memMib', 'diskMib', 'gpus'] as const;

function portsOf(ranges: readonly PortRange[]): number[] {
  return ranges.flatMap(({ begin, end }) => Array.from({ length: end - begin + 1 }, (_, i) => begin + i));
}

/** The one role of the framework. */
export const role = 'dev';

/** What is wrong with what the scheduler asked for. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
}

/**
 * A cluster as unkind as a real one may be: it answers late, sends updates again until they are acknowledged, loses agents, which may come
 * back with or without their tasks, takes offers back, refuses what is launched on an offer that is gone; and it counts resources and
 * ports itself, so that nothing can be given twice without being noticed.
 */
export class ChaosCluster {
  readonly tasks = new Map<string, Task>();
  /** Whether kills get lost. */
  loses = true;
  /** Every task id that was ever launched. */
  readonly #seen = new Set<string>();
  readonly #agents = new Map<string, Agent>();
  readonly #offers = new Map<string, Offer>();
  /** What the executors of task groups take, until the last of their tasks has ended. */
  readonly #executors = new Map<string, { readonly agentId: string; readonly parts: readonly RoleResources[] }>();
  readonly reservations = new SimReservations();
  /** What is taken by each reservation, by instance. */
  readonly #reserved = new Map<string, { readonly agentId: string; readonly parts: readonly RoleResources[] }>();
  /** Updates that were not acknowledged, the oldest first. */
  readonly #updates = new Map<string, Status[]>();
  readonly #random: Random;
  /** What is on its way to the scheduler. */
  #stream: Input[] = [];
  #connected = false;
  #suppressed = false;
  #nowMs = 0;
  #count = 0;

  constructor(random: Random, agents: number) {
    this.#random = random;
    for (let i = 1; i <= agents; i++) {
      const total = {
        role: '*',
        cpus: 8,
        memMib: 8192,
        diskMib: 10_000,
        gpus: 0,
        ports: [{ begin: 31_000, end: 31_099 }],
      };
      this.#agents.set(`s${i}`, { total, isLost: false, refusedUntilMs: 0 });
    }
  }

  get agentIds(): string[] {
    return [...this.#agents.keys()];
  }

  #send(input: Input): void {
    if (this.#connected) this.#stream.push(input);
  }

  /** A new subscription: offers of the old one are void, what was not acknowledged is sent again. */
  connect(): void {
    this.disconnect();
    this.#connected = true;
    this.#suppressed = false;
    this.#want();
    this.#send({ type: 'registered', frameworkId: 'F', master: 'm:5050' });
    for (const [first] of this.#updates.values())
      if (first !== undefined) this.#send({ type: 'status', status: first });
  }

  /** What was declined is offered again. */
  #want(): void {
    for (const agent of this.#agents.values()) agent.refusedUntilMs = 0;
  }

  disconnect(): void {
    this.#connected = false;
    this.#stream = [];
    this.#offers.clear();
  }

  /** The next few things that the scheduler hears; all of them when `count` is Infinity. */
  deliver(count: number): Input[] {
    return this.#stream.splice(0, count);
  }

  #update(taskId: string, agentId: string, state: string, more: Partial<Status> = {}): void {
    const status: Status = {
      taskId,
      agentId,
      state,
      message: state,
      ipAddresses: [],
      uuid: `s${++this.#count}`,
      ...more,
    };
    const waiting = this.#updates.get(taskId);
    if (waiting === undefined) this.#updates.set(taskId, [status]);
    else waiting.push(status);
    const isFirst = waiting === undefined;
    if (isFirst && this.#agents.get(agentId)?.isLost !== true) this.#send({ type: 'status', status });
  }

  /** An update that nobody has to acknowledge. */
  #tell(taskId: string, agentId: string, state: string, reason: string): void {
    this.#send({ type: 'status', status: { taskId, agentId, state, message: state, reason, ipAddresses: [] } });
  }

  #release(taskId: string, { executorId }: Task): void {
    this.reservations.ended(taskId);
    if (executorId === undefined) return;
    if ([...this.tasks.values()].every((other) => other.executorId !== executorId)) this.#executors.delete(executorId);
  }

  end(taskId: string, state: string): void {
    const task = this.tasks.get(taskId);
    if (task === undefined) return;
    this.tasks.delete(taskId);
    const agent = this.#agents.get(task.agentId);
    // There is more now than was declined
    if (agent !== undefined) agent.refusedUntilMs = 0;
    this.#release(taskId, task);
    this.#update(taskId, task.agentId, state);
    // The executor ends with the first of its tasks that fails
    if (task.executorId === undefined || state === 'TASK_FINISHED') return;
    for (const [other, { executorId }] of this.tasks)
      if (executorId === task.executorId) this.end(other, 'TASK_KILLED');
  }

  #usedOn(agentId: string): RoleResources[] {
    const tasks = [...this.tasks.values()].filter((task) => task.agentId === agentId).flatMap(({ parts }) => parts);
    const offered = [...this.#offers.values()].filter((offer) => offer.agentId === agentId).flatMap((o) => o.resources);
    const others = [...this.#executors.values(), ...this.#reserved.values()];
    return [...tasks, ...offered, ...others.filter((o) => o.agentId === agentId).flatMap(({ parts }) => parts)];
  }

  #freeOn(agentId: string, { total }: Agent): RoleResources {
    const used = this.#usedOn(agentId);
    const taken = new Set(used.flatMap(({ ports }) => portsOf(ports)));
    const free = portsOf(total.ports).filter((port) => !taken.has(port));
    const left = (scalar: (typeof scalars)[number]): number =>
      Math.round((total[scalar] - used.reduce((sum, part) => sum + part[scalar], 0)) * 1000) / 1000;
    return {
      role: '*',
      cpus: left('cpus'),
      memMib: left('memMib'),
      diskMib: left('diskMib'),
      gpus: left('gpus'),
      ports: free.map((port) => ({ begin: port, end: port })),
    };
  }

  #makeOffers(): void {
    const offers: Offer[] = [];
    const reserved = this.reservations.offered(role, false);
    for (const [agentId, agent] of this.#agents) {
      if (agent.isLost || agent.refusedUntilMs > this.#nowMs) continue;
      if ([...this.#offers.values()].some((offer) => offer.agentId === agentId)) continue;
      const offer: Offer = {
        id: `O${++this.#count}`,
        agentId,
        hostname: agentId,
        allocationRole: role,
        resources: [this.#freeOn(agentId, agent)],
        reservations: reserved.get(agentId) ?? [],
        attributes: { rack: { type: 'TEXT', value: `r${Number(agentId.slice(1)) % 3}` } },
      };
      this.#offers.set(offer.id, offer);
      offers.push(offer);
    }
    if (offers.length > 0) this.#send({ type: 'offers', offers });
  }

  /** One second of its own life. `calm`: nothing is slow. */
  act(calm: boolean, nowMs: number): void {
    this.#nowMs = nowMs;
    for (const [taskId, task] of this.tasks) {
      if (task.state !== 'TASK_STAGING' || this.#agents.get(task.agentId)?.isLost === true) continue;
      if (!calm && this.#random() < 0.3) continue;
      task.state = 'TASK_RUNNING';
      this.#update(taskId, task.agentId, 'TASK_RUNNING');
    }
    if (!this.#suppressed && (calm || this.#random() < 0.8)) this.#makeOffers();
    // What was not acknowledged is sent again, sooner or later
    for (const [first] of this.#updates.values()) {
      if (first === undefined || this.#agents.get(first.agentId ?? '')?.isLost === true) continue;
      if (calm || this.#random() < 0.05) this.#send({ type: 'status', status: first });
    }
  }

  rescindSome(): void {
    for (const id of this.#offers.keys()) {
      if (this.#random() < 0.5) continue;
      this.#offers.delete(id);
      this.#send({ type: 'rescinded', offerId: id });
    }
  }

  lose(agentId: string): void {
    const agent = this.#agents.get(agentId);
    if (agent === undefined || agent.isLost) return;
    agent.isLost = true;
    for (const [id, offer] of this.#offers) {
      if (offer.agentId !== agentId) continue;
      this.#offers.delete(id);
      this.#send({ type: 'rescinded', offerId: id });
    }
    for (const [taskId, task] of this.tasks) {
      if (task.agentId === agentId) this.#tell(taskId, agentId, 'TASK_UNREACHABLE', 'REASON_AGENT_REMOVED');
    }
  }

  /** The agent is back; some of its tasks have ended meanwhile (all of them after a reboot). */
  return(agentId: string, isRebooted: boolean): void {
    const agent = this.#agents.get(agentId);
    if (agent?.isLost !== true) return;
    agent.isLost = false;
    agent.refusedUntilMs = 0;
    for (const [taskId, task] of [...this.tasks]) {
      if (task.agentId !== agentId) continue;
      if (isRebooted) {
        this.tasks.delete(taskId);
        this.#release(taskId, task);
        this.#updates.delete(taskId);
        this.#tell(taskId, agentId, 'TASK_GONE', 'REASON_AGENT_REREGISTERED');
      } else if (this.#random() < 0.2) this.end(taskId, 'TASK_FAILED');
      else this.#tell(taskId, agentId, task.state, 'REASON_AGENT_REREGISTERED');
    }
    for (const [first] of this.#updates.values()) {
      if (first?.agentId === agentId) this.#send({ type: 'status', status: first });
    }
  }

  #take(what: string, parts: readonly RoleResources[], offer: Offer, left: { rest: RoleResources }): void {
    const free = new Set(portsOf(left.rest.ports));
    for (const part of parts) {
      for (const port of portsOf(part.ports)) {
        if (!free.delete(port)) throw new BrokenPromise(`${what} takes port ${port}, which ${offer.id} has not got`);
      }
      for (const scalar of scalars) {
        if (part[scalar] > left.rest[scalar] + 1e-6)
          throw new BrokenPromise(`${what} takes more ${scalar} than offered`);
      }
      left.rest = {
        ...left.rest,
        cpus: left.rest.cpus - part.cpus,
        memMib: left.rest.memMib - part.memMib,
        diskMib: left.rest.diskMib - part.diskMib,
        gpus: left.rest.gpus - part.gpus,
        ports: [...free].map((port) => ({ begin: port, end: port })),
      };
    }
  }

  #start(taskId: string, agentId: string, offer: Offer, task: Pick<Task, 'parts' | 'executorId'>): void {
    if (this.#seen.has(taskId)) throw new BrokenPromise(`${taskId} is launched a second time`);
    this.#seen.add(taskId);
    if (agentId !== offer.agentId)
      throw new BrokenPromise(`${taskId} is launched on ${agentId} by another agent's offer`);
    for (const [other, { executorId }] of this.tasks) {
      const isSibling = executorId !== undefined && executorId === task.executorId;
      if (instanceIdOf(other) === instanceIdOf(taskId) && !isSibling)
        throw new BrokenPromise(`${taskId} beside ${other}`);
    }
    this.tasks.set(taskId, { ...task, agentId, state: 'TASK_STAGING' });
  }

  #startGroup(
    { executorId, agentId, resources, tasks }: GroupLaunch,
    offer: Offer,
    left: { rest: RoleResources },
  ): void {
    this.#take(executorId, resources.parts, offer, left);
    for (const task of tasks) {
      this.#take(task.taskId, task.resources.parts, offer, left);
      this.#start(task.taskId, agentId, offer, { parts: task.resources.parts, executorId });
    }
    this.#executors.set(executorId, { agentId, parts: resources.parts });
  }

  #reserve(
    { instanceId, cpus, memMib, diskMib, gpus, volumes }: NewReservation,
    offer: Offer,
    left: { rest: RoleResources },
  ): void {
    const disk = volumes.reduce((sum, volume) => sum + (volume.disk === undefined ? volume.sizeMib : 0), diskMib);
    const parts = [{ role: '*', cpus, memMib, diskMib: disk, gpus, ports: [] }];
    this.#take(instanceId, parts, offer, left);
    this.#reserved.set(instanceId, { agentId: offer.agentId, parts });
  }

  #carryOut(operation: OfferOperation, offer: Offer, left: { rest: RoleResources }): void {
    this.reservations.apply(operation, offer.agentId);
    switch (operation.type) {
      case 'launch': {
        const { taskId, agentId, resources } = operation.task;
        this.#take(taskId, resources.parts, offer, left);
        this.#start(taskId, agentId, offer, { parts: resources.parts });
        return;
      }
      case 'launchGroup':
        this.#startGroup(operation.group, offer, left);
        return;
      case 'reserve':
        this.#reserve(operation.reservation, offer, left);
        return;
      case 'unreserve':
        this.#reserved.delete(operation.reservation.instanceId);
        return;
      default:
        return;
    }
  }

  /** The offer is gone: nothing is done, and of tasks it is told. */
  #drop(operation: OfferOperation): void {
    const tasks =
      operation.type === 'launch' ? [operation.task] : operation.type === 'launchGroup' ? operation.group.tasks : [];
    for (const { taskId, agentId } of tasks) {
      this.#seen.add(taskId);
      this.#tell(taskId, agentId, 'TASK_DROPPED', 'REASON_INVALID_OFFERS');
    }
  }

  take(call: ClusterCall): void {
    if (!this.#connected) return;
    switch (call.type) {
      case 'accept': {
        const offer = this.#offers.get(call.offerId);
        this.#offers.delete(call.offerId);
        const [rest] = offer?.resources ?? [];
        if (offer === undefined || rest === undefined) call.operations.forEach((operation) => this.#drop(operation));
        else {
          const left = { rest };
          for (const operation of call.operations) this.#carryOut(operation, offer, left);
        }
        return;
      }
      case 'decline':
        for (const id of call.offerIds) {
          const agent = this.#agents.get(this.#offers.get(id)?.agentId ?? '');
          if (agent !== undefined) agent.refusedUntilMs = this.#nowMs + call.refuseSeconds * 1000;
          this.#offers.delete(id);
        }
        return;
      case 'revive':
        this.#suppressed = false;
        this.#want();
        return;
      case 'suppress':
        this.#suppressed = true;
        return;
      case 'kill': {
        const task = this.tasks.get(call.taskId);
        if (task === undefined || this.#agents.get(task.agentId)?.isLost === true) return;
        // A kill may get lost: it is for the scheduler to repeat it
        if (!this.loses || this.#random() < 0.9) this.end(call.taskId, 'TASK_KILLED');
        return;
      }
      case 'acknowledge': {
        const waiting = this.#updates.get(call.taskId);
        if (waiting?.[0]?.uuid !== call.uuid) return;
        waiting.shift();
        const [next] = waiting;
        if (next === undefined) this.#updates.delete(call.taskId);
        else this.#send({ type: 'status', status: next });
        return;
      }
      case 'reconcile':
        this.#reconcile(call.tasks.length === 0 ? undefined : call.tasks);
        return;
      default:
        return;
    }
  }

  #reconcile(asked: readonly { readonly taskId: string; readonly agentId: string }[] | undefined): void {
    const all = asked ?? [...this.tasks].map(([taskId, { agentId }]) => ({ taskId, agentId }));
    for (const { taskId, agentId } of all) {
      const task = this.tasks.get(taskId);
      if (this.#agents.get(agentId)?.isLost === true) {
        if (asked !== undefined) this.#tell(taskId, agentId, 'TASK_UNREACHABLE', 'REASON_RECONCILIATION');
      } else this.#tell(taskId, agentId, task?.state ?? 'TASK_GONE', 'REASON_RECONCILIATION');
    }
  }

  get hasNews(): boolean {
    return this.#stream.length > 0 || this.#updates.size > 0;
  }
}
