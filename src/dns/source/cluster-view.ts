import { isDeepStrictEqual } from 'node:util';
import { DeadlineQueue } from '../../common/deadline-queue.js';
import { parseIpAddress } from '../../common/ip-address.js';
import type { TaskState } from '../../mesos/types.js';
import { isTerminal } from '../../mesos/types.js';
import { agentOwner, frameworkOwner, mastersOwner, taskKey, taskOwner } from '../records/view.js';
import type { Standing } from '../records/standing.js';
import type { HostPort, Owner, TaskKey, View, ViewAgent, ViewFramework, ViewTask } from '../records/view.js';
import { fieldsOf } from './read-json.js';
import type { Snapshot } from './snapshot.js';
import { runningFields, statusTime } from './task-fields.js';

/** How long what a snapshot does not show is believed nevertheless, when its absence may only mean that nobody knows yet. */
export interface Grace {
  /** After an election, for agents and frameworks that have not registered again. */
  readonly electionMs: number;
  /** For agents that the master says it waits for, from each snapshot that says so. Longer than the time between two. */
  readonly recoveredMs: number;
  /** For tasks of an agent that has just registered again: those that still run are announced at once. */
  readonly tasksMs: number;
}

/** An agent notices a lost master after 5 pings of 15 s (Mesos' `--agent_ping_timeout`, `--max_agent_ping_timeouts`). */
const electionGraceMs = 75_000;

/** The grace periods of a cluster that is looked at in full every `refreshMs`. */
export function graceFor(refreshMs: number): Grace {
  return { electionMs: electionGraceMs, recoveredMs: Math.max(electionGraceMs, 2 * refreshMs), tasksMs: 5_000 };
}

/** Sets by key; a key without values is not there. */
class Index<K, V> {
  readonly #sets = new Map<K, Set<V>>();

  add(key: K, value: V): void {
    const set = this.#sets.get(key);
    if (set === undefined) this.#sets.set(key, new Set([value]));
    else set.add(value);
  }

  delete(key: K, value: V): void {
    const set = this.#sets.get(key);
    set?.delete(value);
    if (set?.size === 0) this.#sets.delete(key);
  }

  get(key: K): Iterable<V> {
    return this.#sets.get(key) ?? [];
  }

  has(key: K): boolean {
    return this.#sets.has(key);
  }

  keys(): Iterable<K> {
    return this.#sets.keys();
  }
}

function sameTask(a: ViewTask, b: ViewTask): boolean {
  return isDeepStrictEqual({ ...a, addressesAt: 0 }, { ...b, addressesAt: 0 });
}

/**
 * The cluster, kept up to date by snapshots and changes. Each change notes the owners whose records may be different now, at
 * a cost of what it touches. Deterministic: time is an argument (milliseconds, of one clock that nobody moves).
 */
export class ClusterView implements View {
  readonly agents = new Map<string, ViewAgent>();
  readonly frameworks = new Map<string, ViewFramework>();
  readonly tasks = new Map<TaskKey, ViewTask>();
  readonly hostAddresses = new Map<string, readonly string[]>();
  leader: HostPort | undefined;
  /** Grows with every change of `hostNames`. */
  hostsVersion = 0;
  readonly standings = new Map<string, Exclude<Standing, 'in'>>();

  readonly #grace: Grace;
  readonly #tasksByAgent = new Index<string, TaskKey>();
  readonly #tasksByFramework = new Index<string, TaskKey>();
  /** By task id: nearly always one. */
  readonly #tasksById = new Map<string, readonly TaskKey[]>();
  /** Tasks of `standings` that the scheduler no longer speaks of. */
  readonly #unlisted = new Set<string>();
  /** Agents and frameworks whose host is given by name. */
  readonly #ownersByHost = new Index<string, Owner>();
  /** What is believed though the last snapshot did not show it, until when. */
  readonly #held = new DeadlineQueue();
  readonly #touched = new Set<Owner>();
  readonly #observers = new Set<Set<Owner>>();

  constructor(grace: Grace) {
    this.#grace = grace;
  }

  /** Removes up to `limit` owners from those that were touched, and returns them. */
  takeTouched(limit: number): Owner[] {
    const taken: Owner[] = [];
    for (const owner of this.#touched) {
      if (taken.length === limit) break;
      taken.push(owner);
      this.#touched.delete(owner);
    }
    return taken;
  }

  get hasTouched(): boolean {
    return this.#touched.size > 0;
  }

  /** Collects the owners touched from now on, until `stop`. */
  observe(): { readonly touched: ReadonlySet<Owner>; stop(): void } {
    const touched = new Set<Owner>();
    this.#observers.add(touched);
    return { touched, stop: () => this.#observers.delete(touched) };
  }

  /** Hosts that are given by name: their addresses are wanted. Which they are changes with `hostsVersion`. */
  hostNames(): Iterable<string> {
    return this.#ownersByHost.keys();
  }

  /** Takes over what the system resolver says about a host. */
  setHostAddresses(host: string, addresses: readonly string[]): void {
    if (!this.#ownersByHost.has(host)) return;
    if (isDeepStrictEqual(this.hostAddresses.get(host), addresses)) return;
    this.hostAddresses.set(host, addresses);
    for (const owner of this.#ownersByHost.get(host)) {
      this.#touch(owner);
      if (owner.startsWith('agent ')) this.#touchTasksOfAgent(owner.slice('agent '.length));
    }
  }

  setLeader(leader: HostPort | undefined): void {
    if (leader === undefined || isDeepStrictEqual(leader, this.leader)) return;
    this.#moveHost(mastersOwner, this.leader?.host, leader.host);
    this.leader = leader;
    this.#touch(mastersOwner);
  }

  /** The masters are others than before (RecordOptions.masters). */
  touchMasters(): void {
    this.#touch(mastersOwner);
  }

  setAgent(agent: ViewAgent, nowMs: number): void {
    const owner = agentOwner(agent.id);
    if (this.#held.get(owner) !== undefined) {
      this.#held.set(owner, undefined);
      for (const key of this.#tasksByAgent.get(agent.id)) {
        const task = taskOwner(key);
        if (this.#held.get(task) !== undefined) this.#held.set(task, nowMs + this.#grace.tasksMs);
      }
    }
    const old = this.agents.get(agent.id);
    if (isDeepStrictEqual(old, agent)) return;
    this.agents.set(agent.id, agent);
    this.#moveHost(owner, old?.address.host, agent.address.host);
    this.#touch(owner);
    this.#touchTasksOfAgent(agent.id);
  }

  removeAgent(id: string): void {
    const old = this.agents.get(id);
    if (old === undefined) return;
    const owner = agentOwner(id);
    this.agents.delete(id);
    this.#held.set(owner, undefined);
    this.#moveHost(owner, old.address.host, undefined);
    this.#touch(owner);
    this.#touchTasksOfAgent(id);
  }

  /** `pidKnown` false: the framework may have a pid that is not shown, so what was known of it stays. */
  setFramework(framework: ViewFramework, pidKnown: boolean): void {
    const owner = frameworkOwner(framework.id);
    this.#held.set(owner, undefined);
    const old = this.frameworks.get(framework.id);
    const fresh = pidKnown ? framework : { ...framework, pid: old?.pid };
    if (isDeepStrictEqual(old, fresh)) return;
    this.frameworks.set(framework.id, fresh);
    this.#moveHost(owner, old?.pid?.host ?? old?.hostname, fresh.pid?.host ?? fresh.hostname);
    this.#touch(owner);
    if (old?.name !== fresh.name) {
      for (const key of this.#tasksByFramework.get(framework.id)) this.#touch(taskOwner(key));
    }
  }

  /** Removes a framework with its tasks. */
  removeFramework(id: string): void {
    for (const key of [...this.#tasksByFramework.get(id)]) this.#removeTask(key);
    const old = this.frameworks.get(id);
    if (old === undefined) return;
    const owner = frameworkOwner(id);
    this.frameworks.delete(id);
    this.#held.set(owner, undefined);
    this.#moveHost(owner, old.pid?.host ?? old.hostname, undefined);
    this.#touch(owner);
  }

  setTask(task: ViewTask): void {
    const key = taskKey(task);
    this.#held.set(taskOwner(key), undefined);
    const old = this.tasks.get(key);
    this.tasks.set(key, task);
    if (old !== undefined && sameTask(old, task)) return;
    this.#tasksByAgent.add(task.agentId, key);
    this.#tasksByFramework.add(task.frameworkId, key);
    if (old === undefined) this.#tasksById.set(task.id, [...(this.#tasksById.get(task.id) ?? []), key]);
    this.#touch(taskOwner(key));
  }

  /** Whether a task of this id runs, as far as Mesos has told. */
  isRunning(taskId: string): boolean {
    return (this.#tasksById.get(taskId) ?? []).some((key) => this.tasks.get(key)?.running === true);
  }

  /** Takes over what the scheduler says of a task, which need not be known (yet). */
  setStanding(taskId: string, standing: Standing): void {
    this.#unlisted.delete(taskId);
    if ((this.standings.get(taskId) ?? 'in') === standing) return;
    if (standing === 'in') this.standings.delete(taskId);
    else this.standings.set(taskId, standing);
    for (const key of this.#tasksById.get(taskId) ?? []) this.#touch(taskOwner(key));
  }

  /**
   * The scheduler no longer speaks of a task. What it said last counts for as long as the task is there: the scheduler may know before
   * the master says so that a task has ended, and nobody is to be sent to it in between.
   */
  dropStanding(taskId: string): void {
    if (!this.standings.has(taskId)) return;
    if (this.#tasksById.has(taskId)) this.#unlisted.add(taskId);
    else this.standings.delete(taskId);
  }

  /**
   * Takes over a status update; `state` is the task's newest state, `status` the update (mesos.v1.TaskStatus), which may be
   * an older one. False when the task is not known.
   */
  updateTask(task: Pick<ViewTask, 'frameworkId' | 'agentId' | 'id'>, state: TaskState, status: unknown): boolean {
    const key = taskKey(task);
    const old = this.tasks.get(key);
    if (old === undefined) return isTerminal(state);
    if (isTerminal(state)) {
      this.#removeTask(key);
      return true;
    }
    const isRunning = fieldsOf(status).state === 'TASK_RUNNING';
    const { unhealthy, ...rest } = old;
    const health = unhealthy === undefined ? {} : { unhealthy };
    const isNewest = isRunning && statusTime(status) > old.addressesAt;
    const told = isNewest ? runningFields(status) : health;
    this.setTask({ ...rest, ...told, running: state === 'TASK_RUNNING', state });
    return true;
  }

  /**
   * Takes over a snapshot. `newLeadership`: the master may have been elected just now, so that what it does not show yet is
   * held for a grace period. Owners in `ignore` stay as they are: something newer is known of them. Unknown is not absent.
   */
  reset(snapshot: Snapshot, options: { nowMs: number; newLeadership: boolean; ignore?: ReadonlySet<Owner> }): void {
    const { nowMs, newLeadership, ignore = new Set<Owner>() } = options;
    this.expire(nowMs);
    const seen = new Set<Owner>();
    const take = (owner: Owner, set: () => void): void => {
      seen.add(owner);
      if (!ignore.has(owner)) set();
    };
    for (const agent of snapshot.agents) take(agentOwner(agent.id), () => this.setAgent(agent, nowMs));
    for (const framework of snapshot.frameworks) {
      take(frameworkOwner(framework.id), () => this.setFramework(framework, snapshot.knowsPids));
    }
    for (const task of snapshot.tasks) {
      take(taskOwner(taskKey(task)), () => this.setTask(task));
    }
    this.setLeader(snapshot.leader);

    const isGone = (owner: Owner): boolean => !seen.has(owner) && !ignore.has(owner);
    for (const id of [...this.agents.keys()]) {
      const owner = agentOwner(id);
      if (!isGone(owner)) continue;
      if (snapshot.recoveredAgents.has(id)) this.#hold(owner, nowMs + this.#grace.recoveredMs);
      else if (newLeadership) this.#hold(owner, nowMs + this.#grace.electionMs);
      else if (this.#held.get(owner) === undefined) this.removeAgent(id);
    }
    for (const [key, task] of [...this.tasks]) {
      const owner = taskOwner(key);
      if (!isGone(owner)) continue;
      const agentHeldUntil = this.#held.get(agentOwner(task.agentId));
      if (agentHeldUntil === undefined) this.#removeTask(key);
      else this.#held.set(owner, agentHeldUntil);
    }
    for (const id of [...this.frameworks.keys()]) {
      const owner = frameworkOwner(id);
      if (!isGone(owner) || this.#tasksByFramework.has(id)) continue;
      if (newLeadership) this.#hold(owner, nowMs + this.#grace.electionMs);
      else if (this.#held.get(owner) === undefined) this.removeFramework(id);
    }
  }

  /** When `expire` has something to do next; undefined when nothing is held. */
  nextDeadlineMs(): number | undefined {
    return this.#held.nextMs();
  }

  /** Gives up what was held for long enough. */
  expire(nowMs: number): void {
    for (const owner of this.#held.takeDue(nowMs)) {
      const blank = owner.indexOf(' ');
      const key = owner.slice(blank + 1);
      switch (owner.slice(0, blank)) {
        case 'agent':
          this.removeAgent(key);
          break;
        case 'framework':
          if (!this.#tasksByFramework.has(key)) this.removeFramework(key);
          break;
        default:
          this.#removeTask(key as TaskKey);
      }
    }
  }

  #hold(owner: Owner, untilMs: number): void {
    this.#held.set(owner, Math.max(untilMs, this.#held.get(owner) ?? 0));
  }

  #removeTask(key: TaskKey): void {
    const old = this.tasks.get(key);
    if (old === undefined) return;
    const owner = taskOwner(key);
    this.tasks.delete(key);
    this.#held.set(owner, undefined);
    this.#tasksByAgent.delete(old.agentId, key);
    this.#tasksByFramework.delete(old.frameworkId, key);
    const left = (this.#tasksById.get(old.id) ?? []).filter((other) => other !== key);
    if (left.length > 0) this.#tasksById.set(old.id, left);
    else {
      this.#tasksById.delete(old.id);
      if (this.#unlisted.delete(old.id)) this.standings.delete(old.id);
    }
    this.#touch(owner);
  }

  #touch(owner: Owner): void {
    this.#touched.add(owner);
    for (const observer of this.#observers) observer.add(owner);
  }

  #touchTasksOfAgent(id: string): void {
    for (const key of this.#tasksByAgent.get(id)) this.#touch(taskOwner(key));
  }

  #moveHost(owner: Owner, from: string | undefined, to: string | undefined): void {
    if (from === to) return;
    if (from !== undefined && this.#ownersByHost.has(from)) {
      this.#ownersByHost.delete(from, owner);
      if (!this.#ownersByHost.has(from)) {
        this.hostAddresses.delete(from);
        this.hostsVersion++;
      }
    }
    if (to !== undefined && parseIpAddress(to) === undefined) {
      if (!this.#ownersByHost.has(to)) this.hostsVersion++;
      this.#ownersByHost.add(to, owner);
    }
  }
}
