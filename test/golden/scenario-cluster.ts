import type { ClusterCall } from '../../src/scheduler/core/effects.js';
import type { Input } from '../../src/scheduler/core/inputs.js';
import type {
  AttributeValue,
  Offer,
  OfferOperation,
  PortRange,
  RoleResources,
  TaskLaunch,
} from '../../src/scheduler/model/offer.js';
import { SimReservations } from '../sim/simulated-reservations.js';

/** An agent as a scenario describes it: `{"cpus": 8, "mem": 8192, "ports": [31000, 31009], "attributes": {"rack": "a"}}`. */
export interface AgentDescription {
  readonly cpus?: number;
  readonly mem?: number;
  readonly disk?: number;
  readonly gpus?: number;
  /** First and last. */
  readonly ports?: readonly [number, number];
  /** What else it has, reserved for roles. */
  readonly reserved?: Readonly<Record<string, { readonly cpus: number; readonly mem: number }>>;
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly hostname?: string;
  readonly region?: string;
  readonly zone?: string;
  /** Seconds from now until its maintenance begins, and how long it takes. */
  readonly maintenance?: readonly [number, number];
}

interface Agent {
  readonly offer: Omit<Offer, 'id'>;
  free: RoleResources[];
}

interface Task {
  readonly agentId: string;
  readonly parts: readonly RoleResources[];
  /** Of a pod's instance. */
  readonly executorId?: string;
  state: 'TASK_STAGING' | 'TASK_RUNNING';
}

type Status = Extract<Input, { type: 'status' }>['status'];

function attributeOf(value: string | number): AttributeValue {
  return typeof value === 'number' ? { type: 'SCALAR', value } : { type: 'TEXT', value };
}

function without(ranges: readonly PortRange[], taken: readonly PortRange[]): PortRange[] {
  return taken.reduce<PortRange[]>(
    (left, { begin, end }) =>
      left.flatMap((range) => [
        ...(range.begin < begin ? [{ begin: range.begin, end: Math.min(range.end, begin - 1) }] : []),
        ...(range.end > end ? [{ begin: Math.max(range.begin, end + 1), end: range.end }] : []),
      ]),
    [...ranges],
  );
}

function changed(all: readonly RoleResources[], parts: readonly RoleResources[], sign: 1 | -1): RoleResources[] {
  return all.map((own) =>
    parts
      .filter(({ role }) => role === own.role)
      .reduce<RoleResources>(
        (sum, part) => ({
          role: sum.role,
          cpus: sum.cpus + sign * part.cpus,
          memMib: sum.memMib + sign * part.memMib,
          diskMib: sum.diskMib + sign * part.diskMib,
          gpus: sum.gpus + sign * part.gpus,
          ports: sign === -1 ? without(sum.ports, part.ports) : [...sum.ports, ...part.ports],
        }),
        own,
      ),
  );
}

/**
 * A cluster of which each act is a line of a scenario, or that acts by itself, once a second: offers go to who wants them, tasks run,
 * those that are killed end.
 */
export class ScenarioCluster {
  readonly tasks = new Map<string, Task>();
  readonly #agents = new Map<string, Agent>();
  readonly #offers = new Map<string, string>();
  readonly #killed = new Set<string>();
  /** What the executors of pods take. */
  readonly #executors = new Map<string, readonly RoleResources[]>();
  /** What is reserved on the agents. */
  readonly #reservations = new SimReservations();
  #wanted = false;
  #count = 0;

  addAgent(name: string, description: AgentDescription, nowMs: number): void {
    const { cpus = 8, mem = 8192, disk = 10_000, gpus = 0, ports = [31_000, 31_999], reserved = {} } = description;
    const { hostname = name, region, zone, maintenance, attributes = {} } = description;
    const unreserved = {
      role: '*',
      cpus,
      memMib: mem,
      diskMib: disk,
      gpus,
      ports: [{ begin: ports[0], end: ports[1] }],
    };
    const others = Object.entries(reserved).map(([role, part]) => ({
      role,
      cpus: part.cpus,
      memMib: part.mem,
      diskMib: 0,
      gpus: 0,
      ports: [],
    }));
    this.#agents.set(name, {
      offer: {
        agentId: name,
        hostname,
        allocationRole: '*',
        resources: [],
        attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attributeOf(value)])),
        ...(region === undefined ? {} : { region }),
        ...(zone === undefined ? {} : { zone }),
        ...(maintenance === undefined
          ? {}
          : { unavailability: { startMs: nowMs + maintenance[0] * 1000, durationMs: maintenance[1] * 1000 } }),
      },
      free: [unreserved, ...others],
    });
  }

  /** Offers of these agents (all when none is named) to a role, each with all that is free. */
  offer(names: readonly string[], role: string): Input {
    const reserved = this.#reservations.offered(role, false);
    const chosen = names.length === 0 ? [...this.#agents.keys()] : names;
    const offers = chosen.map((name) => {
      const agent = this.#agents.get(name);
      if (agent === undefined) throw new Error(`there is no agent ${name}`);
      const id = `O${++this.#count}`;
      this.#offers.set(id, name);
      const reservations = reserved.get(name);
      const more = reservations === undefined ? {} : { reservations };
      return { ...agent.offer, ...more, id, allocationRole: role, resources: agent.free };
    });
    return { type: 'offers', offers };
  }

  #take(agentId: string, parts: readonly RoleResources[], sign: 1 | -1): void {
    const agent = this.#agents.get(agentId);
    if (agent !== undefined) agent.free = changed(agent.free, parts, sign);
  }

  #start(
    { taskId, agentId, resources }: Pick<TaskLaunch, 'taskId' | 'agentId' | 'resources'>,
    executorId?: string,
  ): void {
    if (this.tasks.has(taskId)) throw new Error(`${taskId} is launched twice`);
    const group = executorId === undefined ? {} : { executorId };
    this.tasks.set(taskId, { agentId, parts: resources.parts, state: 'TASK_STAGING', ...group });
    this.#take(agentId, resources.parts, -1);
  }

  #carryOut(operation: OfferOperation, agentId: string): void {
    this.#reservations.apply(operation, agentId);
    if (operation.type === 'launch') this.#start(operation.task);
    if (operation.type === 'launchGroup') {
      const { tasks, executorId, resources } = operation.group;
      this.#take(agentId, resources.parts, -1);
      this.#executors.set(executorId, resources.parts);
      for (const task of tasks) this.#start(task, executorId);
    }
    if (operation.type === 'reserve') {
      const { cpus, memMib, diskMib, gpus, volumes } = operation.reservation;
      const disk = volumes.reduce((sum, { sizeMib }) => sum + sizeMib, diskMib);
      this.#take(agentId, [{ role: '*', cpus, memMib, diskMib: disk, gpus, ports: [] }], -1);
    }
  }

  /** Takes what the scheduler says. */
  take(call: ClusterCall): void {
    switch (call.type) {
      case 'accept': {
        const agentId = this.#offers.get(call.offerId);
        if (agentId === undefined) throw new Error(`${call.offerId} is not offered`);
        this.#offers.delete(call.offerId);
        for (const operation of call.operations) this.#carryOut(operation, agentId);
        this.#wanted = true;
        return;
      }
      case 'decline':
        for (const id of call.offerIds) this.#offers.delete(id);
        return;
      case 'revive':
        this.#wanted = true;
        return;
      case 'suppress':
        this.#wanted = false;
        return;
      case 'kill':
        this.#killed.add(call.taskId);
        return;
      default:
        return;
    }
  }

  /** A status update of a task; it is gone with a terminal one. */
  status(taskId: string, state: string, more: Partial<Status>): Input {
    const task = this.tasks.get(taskId);
    const status: Status = {
      taskId,
      state,
      message: '',
      ipAddresses: [],
      uuid: `s${++this.#count}`,
      ...(task === undefined ? {} : { agentId: task.agentId }),
      ...more,
    };
    if (task !== undefined && state === 'TASK_RUNNING') task.state = state;
    const lives = /STAGING|STARTING|RUNNING|KILLING|UNREACHABLE/.test(state);
    if (task !== undefined && !lives) {
      this.tasks.delete(taskId);
      this.#killed.delete(taskId);
      this.#reservations.ended(taskId);
      this.#take(task.agentId, task.parts, 1);
      this.#endExecutor(task);
    }
    return { type: 'status', status };
  }

  /** An executor ends with the last of its tasks. */
  #endExecutor({ executorId, agentId }: Task): void {
    if (executorId === undefined || [...this.tasks.values()].some((other) => other.executorId === executorId)) return;
    this.#take(agentId, this.#executors.get(executorId) ?? [], 1);
    this.#executors.delete(executorId);
  }

  /** What it does by itself in one second; `role`: to whom it makes offers. */
  act(role: string): Input[] {
    const inputs: Input[] = [];
    for (const taskId of [...this.#killed]) {
      this.#killed.delete(taskId);
      if (this.tasks.has(taskId)) inputs.push(this.status(taskId, 'TASK_KILLED', {}));
    }
    for (const [taskId, { state }] of this.tasks) {
      if (state === 'TASK_STAGING') inputs.push(this.status(taskId, 'TASK_RUNNING', {}));
    }
    if (this.#wanted && this.#agents.size > 0) {
      this.#wanted = false;
      inputs.push(this.offer([], role));
    }
    return inputs;
  }
}
