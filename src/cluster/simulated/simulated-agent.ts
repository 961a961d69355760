import { randomBytes, randomUUID } from 'node:crypto';
import type { StopScope } from '../../common/role.js';
import type { Clock } from '../../common/time.js';
import type { AgentInfo, ExecutorInfo, KillPolicy, TaskInfo, TaskStatus } from '../../mesos/types.js';
import { isTerminal } from '../../mesos/types.js';
import type { AgentPort, AgentRegistration, AgentUpdate, ExecutorEnd, IdentifiedFramework } from '../agent-port.js';
import { capabilitiesOf } from '../framework-info.js';
import { resourcesText, wireResources } from '../resource-forms.js';
import type { ResourceOperation } from '../resource-operations.js';
import { conversionOf, convert } from '../resource-operations.js';
import type { Resources } from '../resources.js';
import type { Alarms } from './alarms.js';
import { behaviourOf } from './behaviour.js';
import type { SimulatedTask, StatusPart } from './simulated-task.js';
import { asTask, hasEnded, taskKey } from './simulated-task.js';

/** The grace period of a KILL that names none (Mesos' executors). */
const defaultGraceMs = 3000;

export interface SimulatedAgentOptions {
  readonly info: Omit<AgentInfo, 'resources'> & { readonly id: { readonly value: string } };
  /** `slave(1)@ip:port` */
  readonly pid: string;
  readonly ip: string;
  readonly resources: Resources;
  readonly startDelayMs: number;
  readonly clock: Clock;
  readonly alarms: Alarms;
}

/**
 * An agent without processes: its tasks start after a delay, run until they are killed or as long as they say (see
 * `behaviourOf`), and tell of it as real ones do, one update at a time per task, the next when the last is acknowledged.
 */
export class SimulatedAgent implements AgentPort {
  readonly #options: SimulatedAgentOptions;
  readonly #frameworks = new Map<string, IdentifiedFramework>();
  readonly #tasks = new Map<string, SimulatedTask>();
  readonly #executors = new Map<string, { readonly info: ExecutorInfo; readonly containerId: string }>();
  #resources: Resources;
  #onUpdate: ((update: AgentUpdate) => void) | undefined;
  #onExecutorEnd: ((end: ExecutorEnd) => void) | undefined;
  #connected = true;

  constructor(options: SimulatedAgentOptions) {
    this.#options = options;
    this.#resources = options.resources;
  }

  get id(): string {
    return this.#options.info.id.value;
  }

  /** False while it is cut off. */
  get connected(): boolean {
    return this.#connected;
  }

  start(
    onUpdate: (update: AgentUpdate) => void,
    onExecutorEnd?: (end: ExecutorEnd) => void,
  ): Promise<AgentRegistration> {
    this.#onUpdate = onUpdate;
    this.#onExecutorEnd = onExecutorEnd;
    return Promise.resolve(this.registration());
  }

  /** How it registers: with all that runs on it. */
  registration(): AgentRegistration {
    const { info, pid } = this.#options;
    return {
      info: { ...info, resources: wireResources(this.#resources, { withRole: false }) },
      pid,
      frameworks: [...this.#frameworks.values()],
      tasks: [...this.#tasks.values()].map(asTask),
      executors: [...this.#executors].map(([key, { info: executor }]) => ({
        frameworkId: key.slice(0, key.indexOf('\n')),
        info: executor,
      })),
    };
  }

  /** Cuts it off: its tasks run on, and what they tell is kept until it is back. */
  cutOff(): void {
    this.#connected = false;
  }

  comeBack(): void {
    this.#connected = true;
    this.resend();
  }

  /** Everything on it is gone, as after a restart of the machine. */
  wipe(): void {
    for (const frameworkId of [...this.#frameworks.keys()]) this.shutdownFramework(frameworkId);
  }

  launch(framework: IdentifiedFramework, info: TaskInfo): void {
    this.#launch(framework, info, undefined);
  }

  launchGroup(framework: IdentifiedFramework, executor: ExecutorInfo, tasks: readonly TaskInfo[]): void {
    const key = taskKey(framework.id.value, executor.executor_id.value);
    if (!this.#executors.has(key)) this.#executors.set(key, { info: executor, containerId: randomUUID() });
    for (const task of tasks) this.#launch(framework, task, executor);
  }

  #launch(framework: IdentifiedFramework, info: TaskInfo, executor: ExecutorInfo | undefined): void {
    this.#frameworks.set(framework.id.value, framework);
    const key = taskKey(framework.id.value, info.task_id.value);
    const parentKey = executor === undefined ? '' : taskKey(framework.id.value, executor.executor_id.value);
    const task: SimulatedTask = {
      key,
      framework,
      info,
      executor,
      behaviour: behaviourOf(info, this.#options.startDelayMs),
      containerId: randomUUID(),
      parentId: this.#executors.get(parentKey)?.containerId,
      state: 'TASK_STAGING',
      killed: false,
      healthy: undefined,
      pending: [],
      statuses: [],
    };
    this.#tasks.set(key, task);
    this.#tell(task, { state: 'TASK_STARTING' });
    this.#after(task, task.behaviour.startMs, () => this.#run(task));
  }

  #after(task: SimulatedTask, delayMs: number, action: () => void): void {
    if (delayMs === 0) action();
    else this.#options.alarms.set(`${this.id}\n${task.key}`, delayMs, action);
  }

  #run(task: SimulatedTask): void {
    const { runMs, exitStatus, healthy } = task.behaviour;
    this.#tell(task, { state: 'TASK_RUNNING' });
    if (healthy !== undefined) {
      task.healthy = healthy;
      this.#tell(task, { state: 'TASK_RUNNING', reason: 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED' });
    }
    if (runMs === undefined) return;
    this.#after(task, runMs, () =>
      this.#end(task, {
        state: exitStatus === 0 ? 'TASK_FINISHED' : 'TASK_FAILED',
        message: `Command exited with status ${exitStatus}`,
      }),
    );
  }

  kill(frameworkId: string, taskId: string, policy?: KillPolicy): boolean {
    const task = this.#tasks.get(taskKey(frameworkId, taskId));
    if (task === undefined) return false;
    this.#kill(task, policy?.grace_period ?? task.info.kill_policy?.grace_period, 'Terminated');
    return true;
  }

  #kill(task: SimulatedTask, grace: KillPolicy['grace_period'], signal: string): void {
    if (task.killed || hasEnded(task)) return;
    task.killed = true;
    task.healthy = undefined;
    if (capabilitiesOf(task.framework).has('TASK_KILLING_STATE')) this.#tell(task, { state: 'TASK_KILLING' });
    const graceMs = grace === undefined ? defaultGraceMs : grace.nanoseconds / 1e6;
    const survives = task.behaviour.killMs > graceMs;
    this.#after(task, Math.min(task.behaviour.killMs, graceMs), () =>
      this.#end(task, {
        state: 'TASK_KILLED',
        message: `Command terminated with signal ${survives ? 'Killed' : signal}`,
      }),
    );
  }

  shutdownExecutor(frameworkId: string, executorId: string): void {
    for (const task of this.#ofExecutor(frameworkId, executorId)) this.#kill(task, { nanoseconds: 0 }, 'Killed');
  }

  #ofExecutor(frameworkId: string, executorId: string): SimulatedTask[] {
    return [...this.#tasks.values()].filter(
      ({ framework, executor }) => framework.id.value === frameworkId && executor?.executor_id.value === executorId,
    );
  }

  #end(task: SimulatedTask, status: StatusPart): void {
    this.#options.alarms.cancel(`${this.id}\n${task.key}`);
    if (hasEnded(task)) return;
    task.healthy = undefined;
    this.#tell(task, status);
    if (task.executor === undefined || status.state === 'TASK_FINISHED') return;
    // One of a group is gone: so are the others.
    const { framework, executor } = task;
    for (const other of this.#ofExecutor(framework.id.value, executor.executor_id.value)) {
      this.#kill(other, undefined, 'Terminated');
    }
  }

  /** A new status, sent when its turn has come. */
  #tell(task: SimulatedTask, part: StatusPart): void {
    const { info, clock, ip } = this.#options;
    task.state = part.state;
    const status: TaskStatus = {
      task_id: task.info.task_id,
      ...part,
      source: 'SOURCE_EXECUTOR',
      agent_id: info.id,
      executor_id: task.executor?.executor_id ?? task.info.task_id,
      timestamp: clock() / 1000,
      uuid: randomBytes(16).toString('base64'),
      ...(task.healthy === undefined ? {} : { healthy: task.healthy }),
      container_status: {
        container_id: {
          value: task.containerId,
          ...(task.parentId === undefined ? {} : { parent: { value: task.parentId } }),
        },
        network_infos: [{ ip_addresses: [{ protocol: ip.includes(':') ? 'IPv6' : 'IPv4', ip_address: ip }] }],
        executor_pid: process.pid,
      },
    };
    if (task.statuses.at(-1)?.state === status.state) task.statuses.pop();
    task.statuses.push(status);
    task.pending.push(status);
    if (task.pending.length === 1) this.#send(task);
  }

  #send(task: SimulatedTask): void {
    const [status] = task.pending;
    if (status === undefined || !this.#connected) return;
    this.#onUpdate?.({ frameworkId: task.framework.id.value, status, latestState: task.state });
  }

  /** Sends again what has not been acknowledged. */
  resend(): void {
    for (const task of this.#tasks.values()) this.#send(task);
  }

  acknowledge(frameworkId: string, taskId: string, uuid: string): void {
    const task = this.#tasks.get(taskKey(frameworkId, taskId));
    if (task?.pending[0]?.uuid !== uuid) return;
    const status = task.pending.shift();
    if (task.pending.length > 0) this.#send(task);
    else if (status !== undefined && isTerminal(status.state)) this.#forget(task);
  }

  #forget(task: SimulatedTask): void {
    this.#tasks.delete(task.key);
    if (task.executor === undefined) return;
    const frameworkId = task.framework.id.value;
    const executorId = task.executor.executor_id.value;
    if (this.#ofExecutor(frameworkId, executorId).length > 0) return;
    this.#executors.delete(taskKey(frameworkId, executorId));
    this.#onExecutorEnd?.({ frameworkId, executorId, status: 0 });
  }

  shutdownFramework(frameworkId: string): void {
    this.#frameworks.delete(frameworkId);
    for (const task of [...this.#tasks.values()]) {
      if (task.framework.id.value !== frameworkId) continue;
      this.#options.alarms.cancel(`${this.id}\n${task.key}`);
      this.#tasks.delete(task.key);
    }
    for (const key of this.#executors.keys()) if (key.startsWith(`${frameworkId}\n`)) this.#executors.delete(key);
  }

  async applyOperation(operation: ResourceOperation): Promise<void> {
    const conversion = conversionOf(operation);
    const converted = convert(this.#resources, conversion);
    if (converted === undefined) {
      const [have, need] = [this.#resources, conversion.consumed].map((r) => resourcesText(r, undefined));
      throw new Error(`${have} does not contain ${need}`);
    }
    this.#resources = converted;
    return Promise.resolve();
  }

  stop(scope: StopScope): Promise<void> {
    this.#onUpdate = undefined;
    this.#onExecutorEnd = undefined;
    if (scope === 'everything') this.wipe();
    return Promise.resolve();
  }
}
