import { randomUUID } from 'node:crypto';
import type {
  AgentPort,
  AgentRegistration,
  AgentUpdate,
  ExecutorEnd,
  IdentifiedFramework,
} from '../../../src/cluster/agent-port.js';
import { wireResources } from '../../../src/cluster/resource-forms.js';
import type { ResourceOperation } from '../../../src/cluster/resource-operations.js';
import { conversionOf, convert } from '../../../src/cluster/resource-operations.js';
import type { Resources } from '../../../src/cluster/resources.js';
import { parseResources } from '../../../src/cluster/resources.js';
import { taskForm } from '../../../src/cluster/task-form.js';
import type { StopScope } from '../../../src/common/role.js';
import type { HttpServer } from '../../../src/http/server.js';
import type { AgentInfo, ExecutorInfo, Resource, TaskInfo, TaskState, TaskStatus } from '../../../src/mesos/types.js';
import { isTerminal } from '../../../src/mesos/types.js';

interface FakeTask {
  readonly frameworkId: string;
  readonly info: TaskInfo;
  readonly executor: ExecutorInfo | undefined;
  state: TaskState;
  /** Not acknowledged yet, oldest first; only the first is under way. */
  readonly pending: TaskStatus[];
  readonly statuses: TaskStatus[];
  readonly containerId: string;
  end: NodeJS.Timeout | undefined;
}

/**
 * An agent without processes, for tests: it understands `sleep N`, `true` and `exit N`, and tells of its tasks as the real
 * one does: updates one at a time per task, the next one when the last is acknowledged, again every `resendMs`. What it runs
 * outlives `stop('self')`: start it again and it registers with its frameworks and tasks.
 */
export class FakeAgent implements AgentPort {
  readonly id = { value: `${randomUUID()}-S0` };
  readonly frameworks = new Map<string, IdentifiedFramework>();
  readonly tasks = new Map<string, FakeTask>();
  readonly shutDown: string[] = [];
  /** Operations that it carried out, in order. */
  readonly operations: ResourceOperation[] = [];
  /** Set: it cannot write operations down. */
  operationProblem: string | undefined;
  #resources: Resources;
  readonly #info: Partial<AgentInfo>;
  readonly #executors = new Map<string, { frameworkId: string; info: ExecutorInfo }>();
  readonly #port: number;
  readonly #resendMs: number;
  #onUpdate: ((update: AgentUpdate) => void) | undefined;
  #onExecutorEnd: ((end: ExecutorEnd) => void) | undefined;
  #resend: NodeJS.Timeout | undefined;

  constructor(
    options: {
      port?: number;
      cpus?: number;
      resendMs?: number;
      reserved?: readonly Resource[];
      info?: Partial<AgentInfo>;
    } = {},
  ) {
    this.#port = options.port ?? 5051;
    this.#resendMs = options.resendMs ?? 10_000;
    this.#info = options.info ?? {};
    this.#resources = parseResources([
      { name: 'cpus', type: 'SCALAR', scalar: { value: options.cpus ?? 2 } },
      { name: 'mem', type: 'SCALAR', scalar: { value: 4096 } },
      { name: 'disk', type: 'SCALAR', scalar: { value: 10_000 } },
      { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31_000, end: 31_999 }] } },
      ...(options.reserved ?? []),
    ]);
  }

  routes(server: HttpServer): void {
    server.get('/health', (_request, reply) => reply.code(200).send());
  }

  start(
    onUpdate: (update: AgentUpdate) => void,
    onExecutorEnd?: (end: ExecutorEnd) => void,
  ): Promise<AgentRegistration> {
    this.#onUpdate = onUpdate;
    this.#onExecutorEnd = onExecutorEnd;
    this.#resend = setInterval(() => {
      for (const task of this.tasks.values()) this.#sendFirst(task);
    }, this.#resendMs);
    this.#resend.unref();
    return Promise.resolve(this.registration());
  }

  registration(): AgentRegistration {
    return {
      info: {
        hostname: '127.0.0.1',
        port: this.#port,
        resources: wireResources(this.#resources, { withRole: false }),
        attributes: [
          { name: 'rack', type: 'TEXT', text: { value: 'r1' } },
          { name: 'zone', type: 'TEXT', text: { value: 'a' } },
        ],
        ...this.#info,
        id: this.id,
      },
      pid: `slave(1)@127.0.0.1:${this.#port}`,
      frameworks: [...this.frameworks.values()],
      tasks: [...this.tasks.values()].map(taskForm),
      executors: [...this.#executors.values()],
    };
  }

  applyOperation(operation: ResourceOperation): Promise<void> {
    if (this.operationProblem !== undefined) return Promise.reject(new Error(this.operationProblem));
    const resources = convert(this.#resources, conversionOf(operation));
    if (resources === undefined) return Promise.reject(new Error('there is not enough for it'));
    this.#resources = resources;
    this.operations.push(operation);
    return Promise.resolve();
  }

  launchGroup(framework: IdentifiedFramework, executor: ExecutorInfo, tasks: readonly TaskInfo[]): void {
    this.#executors.set(`${framework.id.value} ${executor.executor_id.value}`, {
      frameworkId: framework.id.value,
      info: executor,
    });
    for (const task of tasks) this.launch(framework, task, executor);
  }

  launch(framework: IdentifiedFramework, info: TaskInfo, executor?: ExecutorInfo): void {
    this.frameworks.set(framework.id.value, framework);
    const task: FakeTask = {
      frameworkId: framework.id.value,
      info,
      executor,
      state: 'TASK_STAGING',
      pending: [],
      statuses: [],
      containerId: randomUUID(),
      end: undefined,
    };
    this.tasks.set(`${task.frameworkId} ${info.task_id.value}`, task);
    this.tell(task, 'TASK_STARTING');
    this.tell(task, 'TASK_RUNNING');
    const command = info.command?.value ?? 'true';
    const seconds = /^sleep (\d+)$/.exec(command)?.[1];
    const status = Number(/^exit (\d+)$/.exec(command)?.[1] ?? 0);
    const end = (): void =>
      this.tell(task, status === 0 ? 'TASK_FINISHED' : 'TASK_FAILED', {
        message: `Command exited with status ${status}`,
      });
    task.end = setTimeout(end, Number(seconds ?? 0) * 1000);
    task.end.unref();
  }

  /** A new status of a task, sent when its turn has come. */
  tell(task: FakeTask, state: TaskState, more: Partial<TaskStatus> = {}): void {
    if (isTerminal(task.state)) return;
    task.state = state;
    const status: TaskStatus = {
      task_id: task.info.task_id,
      state,
      source: 'SOURCE_EXECUTOR',
      agent_id: this.id,
      executor_id: task.executor?.executor_id ?? task.info.task_id,
      timestamp: Date.now() / 1000,
      uuid: Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64'),
      container_status: {
        container_id: { value: task.containerId },
        network_infos: [{ ip_addresses: [{ protocol: 'IPv4', ip_address: '127.0.0.1' }] }],
        executor_pid: 4711,
      },
      ...more,
    };
    task.pending.push(status);
    if (task.pending.length === 1) this.#sendFirst(task);
  }

  #sendFirst(task: FakeTask): void {
    const [status] = task.pending;
    if (status === undefined) return;
    if (task.statuses.at(-1)?.uuid !== status.uuid) task.statuses.push(status);
    this.#onUpdate?.({ frameworkId: task.frameworkId, status, latestState: task.state });
  }

  task(taskId: string): FakeTask | undefined {
    return [...this.tasks.values()].find((task) => task.info.task_id.value === taskId);
  }

  kill(frameworkId: string, taskId: string): boolean {
    const task = this.tasks.get(`${frameworkId} ${taskId}`);
    if (task === undefined) return false;
    clearTimeout(task.end);
    const { capabilities = [] } = this.frameworks.get(frameworkId) ?? {};
    if (capabilities.some(({ type }) => type === 'TASK_KILLING_STATE')) this.tell(task, 'TASK_KILLING');
    this.tell(task, 'TASK_KILLED', { message: 'Command terminated with signal Terminated' });
    return true;
  }

  acknowledge(frameworkId: string, taskId: string, uuid: string): void {
    const key = `${frameworkId} ${taskId}`;
    const task = this.tasks.get(key);
    if (task?.pending[0]?.uuid !== uuid) return;
    task.pending.shift();
    if (task.pending.length > 0 || !isTerminal(task.state)) this.#sendFirst(task);
    else {
      this.tasks.delete(key);
      if (task.executor !== undefined) this.#endExecutor(frameworkId, task.executor);
    }
  }

  /** An executor ends with the last of its tasks. */
  #endExecutor(frameworkId: string, executor: ExecutorInfo): void {
    const executorId = executor.executor_id.value;
    const isUsed = [...this.tasks.values()].some(
      (task) => task.frameworkId === frameworkId && task.executor?.executor_id.value === executorId,
    );
    if (isUsed) return;
    this.#executors.delete(`${frameworkId} ${executorId}`);
    this.#onExecutorEnd?.({ frameworkId, executorId, status: 0 });
  }

  shutdownFramework(frameworkId: string): void {
    this.shutDown.push(frameworkId);
    this.frameworks.delete(frameworkId);
    for (const [key, task] of this.tasks) {
      if (task.frameworkId !== frameworkId) continue;
      clearTimeout(task.end);
      this.tasks.delete(key);
    }
  }

  stop(scope: StopScope): Promise<void> {
    clearInterval(this.#resend);
    this.#onUpdate = undefined;
    this.#onExecutorEnd = undefined;
    if (scope === 'everything') for (const id of [...this.frameworks.keys()]) this.shutdownFramework(id);
    return Promise.resolve();
  }
}
