import { messageOf, StartupError } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { StopScope } from '../../common/role.js';
import { sleep } from '../../common/time.js';
import type { HttpServer } from '../../http/server.js';
import type { ExecutorInfo, KillPolicy, TaskInfo, TaskStatus } from '../../mesos/types.js';
import { isTerminal } from '../../mesos/types.js';
import type { AgentPort, AgentRegistration, AgentUpdate, ExecutorEnd } from '../agent-port.js';
import { addResources, containsResources, noResources, parseResources } from '../resources.js';
import { resourcesText, wireResources } from '../resource-forms.js';
import type { ClusterOptions } from '../options.js';
import { parseDomainFlag } from '../parse-cluster-flags.js';
import type { ResourceOperation } from '../resource-operations.js';
import { AdoptedTasks } from './adopted-tasks.js';
import { AgentTask } from './agent-task.js';
import { agentRoutes } from './api/routes.js';
import type { AgentView } from './api/view.js';
import { containerName } from './containers/engine-workload.js';
import { removeOrphans } from './containers/orphans.js';
import { EndedTasks } from './ended-tasks.js';
import { FrameworkCheckpoints } from './framework-checkpoints.js';
import { groupProblem, taskProblem } from './launch-problems.js';
import { parseAttributesFlag } from './parse-attributes.js';
import type { ReservedResources } from './reserved-resources.js';
import { SandboxGarbage } from './sandbox-gc.js';
import { StatusUpdateManager } from './status-update-manager.js';
import type { IdentifiedFramework } from './task-checkpoint.js';
import { recoverCheckpoints } from './task-checkpoint.js';
import type { TaskGroup } from './task-group.js';
import { TaskGroups } from './task-groups.js';
import type { TaskHost } from './task-host.js';

/** The longest grace period when everything is stopped. */
const stopGraceMs = 5000;
/** After that, how long the end of killed processes is waited for. */
const stopKilledMs = 5000;

const taskKey = (frameworkId: string, taskId: string): string => `${frameworkId} ${taskId}`;

/** The embedded agent: runs tasks as processes of this machine that outlive it, and finds them again. */
export class ProcessAgent implements AgentPort {
  readonly #host: TaskHost;
  readonly #hostname: string;
  readonly #flags: ClusterOptions;
  readonly #reserved: ReservedResources;
  readonly #attributes: ReturnType<typeof parseAttributesFlag>;
  readonly #logger: Logger;
  readonly #updates: StatusUpdateManager;
  readonly #garbage: SandboxGarbage;
  readonly #startedAtMs: number;
  readonly #frameworks: FrameworkCheckpoints;
  readonly #tasks = new Map<string, AgentTask>();
  readonly #groups: TaskGroups;
  readonly #adopted = new AdoptedTasks();
  readonly #ended = new EndedTasks();
  #onExecutorEnd: ((end: ExecutorEnd) => void) | undefined;
  #orphans: Promise<void> | undefined;
  #validUpdates = 0;
  #recoverySeconds = 0;
  #stopping: Promise<void> | undefined;

  constructor(options: {
    flags: ClusterOptions;
    host: Omit<TaskHost, 'deliver' | 'onEnd'>;
    reserved: ReservedResources;
    resendMs: number;
  }) {
    const { flags, host, reserved, resendMs } = options;
    this.#flags = flags;
    this.#hostname = flags.hostname;
    this.#reserved = reserved;
    this.#attributes = parseAttributesFlag(flags.attributes);
    this.#logger = host.logger;
    this.#updates = new StatusUpdateManager(resendMs);
    this.#garbage = new SandboxGarbage({ now: host.now, logger: host.logger });
    this.#startedAtMs = host.now();
    this.#frameworks = new FrameworkCheckpoints(host.layout);
    this.#groups = new TaskGroups({
      layout: host.layout,
      agentId: host.agentId,
      onEnd: (group) => this.#onGroupEnd(group),
    });
    this.#host = {
      ...host,
      deliver: (frameworkId, status) => {
        this.#validUpdates++;
        this.#updates.add(frameworkId, status);
      },
      onEnd: (task, silent) => this.#onEnd(task, silent),
    };
  }

  async start(
    onUpdate: (update: AgentUpdate) => void,
    onExecutorEnd?: (end: ExecutorEnd) => void,
  ): Promise<AgentRegistration> {
    this.#onExecutorEnd = onExecutorEnd;
    const beganMs = this.#host.now();
    const recovered = await recoverCheckpoints(this.#host.layout, this.#logger);
    for (const { framework, tasks } of recovered) {
      this.#frameworks.recover(framework);
      for (const found of tasks) {
        const { group } = found.checkpoint;
        const task = AgentTask.recover(
          this.#host,
          framework,
          found,
          group === undefined ? undefined : this.#groups.recover(framework, group),
        );
        if (task.hasEnded && (task.unacknowledged.length === 0 || task.isSilent)) void task.records.remove();
        else this.#tasks.set(taskKey(task.frameworkId, task.taskId), task);
      }
    }
    this.#groups.forgetEnded();
    this.#refuseIfTooSmall();
    await this.#garbage.start(
      this.#host.layout.sandboxes,
      new Set([...this.#tasks.values()].map(({ sandbox, group }) => group?.sandbox ?? sandbox)),
    );
    const running = [...this.#tasks.values()].filter((task) => !task.hasEnded);
    this.#orphans = removeOrphans(this.#host.engines, {
      containersMark: this.#host.layout.containersMark,
      known: new Set(running.map(({ containerId }) => containerName(containerId))),
      logger: this.#logger,
    });
    for (const task of [...this.#tasks.values()]) {
      for (const status of task.unacknowledged.splice(0)) this.#updates.add(task.frameworkId, status);
      if (task.resume() && !task.hasEnded) this.#adopted.add(task);
    }
    if (this.#adopted.size > 0) this.#logger.info({ tasks: this.#adopted.size }, 'tasks of the last run are adopted');
    this.#adopted.start();
    this.#recoverySeconds = (this.#host.now() - beganMs) / 1000;
    const domain = parseDomainFlag(this.#flags.domain ?? '');
    const told = [...this.#tasks.values()].filter((task) => !task.isSilent);
    const registration: AgentRegistration = {
      info: {
        hostname: this.#hostname,
        port: this.#host.agentPort,
        id: { value: this.#host.agentId },
        resources: wireResources(this.#reserved.total, { withRole: false }),
        attributes: this.#attributes,
        ...(domain === undefined ? {} : { domain }),
      },
      pid: this.#host.agentPid,
      frameworks: [...new Set(told.map(({ framework }) => framework))],
      tasks: told.map((task) => task.toTask()),
      executors: this.#groups.all.map(({ framework, executor }) => ({
        frameworkId: framework.id.value,
        info: executor,
      })),
    };
    // The master has to know the tasks before it hears of their updates.
    setImmediate(() => {
      if (this.#stopping === undefined) this.#updates.open((update) => onUpdate(update));
    });
    return registration;
  }

  /** New resources must hold what runs: the master could not account for it otherwise. */
  #refuseIfTooSmall(): void {
    let used = noResources;
    let running = 0;
    for (const task of this.#tasks.values()) {
      if (task.hasEnded) continue;
      running++;
      used = addResources(used, parseResources(task.info.resources));
    }
    for (const { executor } of this.#groups.all) used = addResources(used, parseResources(executor.resources ?? []));
    const { total } = this.#reserved;
    if (containsResources(total, used)) return;
    throw new StartupError(
      `--resources: ${resourcesText(total, '*')} is less than what ${running} running tasks of the last run use: ` +
        `${resourcesText(used, '*')}. Start with at least that, or end the tasks first`,
    );
  }

  launch(framework: IdentifiedFramework, info: TaskInfo): void {
    if (this.#stopping !== undefined) return;
    const problem = taskProblem(framework, info);
    if (problem !== undefined) {
      this.#updates.tell(framework.id.value, this.#refusal(info, problem));
      return;
    }
    const task = this.#addTask(framework, info);
    if (task !== undefined) void task.launch(this.#readyFor(framework));
  }

  launchGroup(framework: IdentifiedFramework, executor: ExecutorInfo, tasks: readonly TaskInfo[]): void {
    if (this.#stopping !== undefined) return;
    const problem = groupProblem(framework, executor, tasks);
    if (problem !== undefined) {
      for (const info of tasks) this.#updates.tell(framework.id.value, this.#refusal(info, problem));
      this.#endUnlessRunning(framework, executor);
      return;
    }
    const group =
      this.#groups.get(framework.id.value, executor.executor_id.value) ??
      this.#groups.create(framework, executor, this.#host.newContainerId());
    const added = tasks.flatMap((info) => this.#addTask(framework, info, group) ?? []);
    const ready = this.#readyFor(framework);
    for (const task of added) void task.launch(ready);
    if (group.isEnding) for (const task of added) task.kill();
    if (added.length > 0) return;
    ready.catch(() => undefined);
    this.#groups.forgetEnded();
    this.#endUnlessRunning(framework, executor);
  }

  /** The master counts what an executor takes from the moment it launches it. */
  #endUnlessRunning(framework: IdentifiedFramework, executor: ExecutorInfo): void {
    const frameworkId = framework.id.value;
    const executorId = executor.executor_id.value;
    if (this.#groups.get(frameworkId, executorId) !== undefined) return;
    setImmediate(() => this.#onExecutorEnd?.({ frameworkId, executorId, status: 0 }));
  }

  /** A new task among the others; undefined when its id is taken. */
  #addTask(framework: IdentifiedFramework, info: TaskInfo, group?: TaskGroup): AgentTask | undefined {
    const key = taskKey(framework.id.value, info.task_id.value);
    if (this.#tasks.has(key)) {
      // Telling it would look like an update of the task that has this id.
      this.#logger.error({ task: info.task_id.value }, 'a task with an id that is in use is not launched');
      return undefined;
    }
    const task = AgentTask.create(this.#host, framework, info, group);
    this.#tasks.set(key, task);
    return task;
  }

  applyOperation(operation: ResourceOperation): Promise<void> {
    return this.#reserved.apply(operation);
  }

  /** What has to be on disk before a task is: its framework, and the volumes that were made for it. */
  async #readyFor(framework: IdentifiedFramework): Promise<void> {
    await Promise.all([this.#frameworks.write(framework), this.#reserved.settled]);
  }

  /** An answer without uuid: it cannot be checkpointed under such an id, so it is not acknowledged either. */
  #refusal(info: TaskInfo, message: string): TaskStatus {
    return {
      task_id: info.task_id,
      state: 'TASK_ERROR',
      message,
      source: 'SOURCE_AGENT',
      reason: 'REASON_TASK_INVALID',
      agent_id: { value: this.#host.agentId },
      timestamp: this.#host.now() / 1000,
    };
  }

  kill(frameworkId: string, taskId: string, policy?: KillPolicy): boolean {
    const task = this.#tasks.get(taskKey(frameworkId, taskId));
    if (task === undefined || task.isSilent) return false;
    task.kill({ policy });
    return true;
  }

  shutdownExecutor(frameworkId: string, executorId: string): void {
    const group = this.#groups.get(frameworkId, executorId);
    if (group !== undefined) group.shutdown();
    // A command executor has the id of its task.
    else this.#tasks.get(taskKey(frameworkId, executorId))?.kill({ graceMs: 0 });
  }

  acknowledge(frameworkId: string, taskId: string, uuid: string): void {
    const status = this.#updates.acknowledge(frameworkId, taskId, uuid);
    if (status === undefined) {
      this.#logger.debug({ task: taskId, uuid }, 'an acknowledgement does not belong to the update being sent');
      return;
    }
    const task = this.#tasks.get(taskKey(frameworkId, taskId));
    if (task === undefined) return;
    if (isTerminal(status.state)) this.#forget(task);
    else task.acknowledged(uuid);
  }

  shutdownFramework(frameworkId: string): void {
    for (const task of [...this.#tasks.values()]) {
      if (task.frameworkId !== frameworkId) continue;
      this.#updates.forget(frameworkId, task.taskId);
      task.kill({ silent: true });
      if (task.hasEnded) this.#forget(task);
    }
    this.#frameworks.forget(frameworkId);
  }

  #onEnd(task: AgentTask, silent: boolean): void {
    this.#adopted.delete(task);
    // The sandboxes of a group are one.
    if (task.group === undefined) this.#garbage.add(task.sandbox);
    this.#ended.add(task);
    if (silent) this.#forget(task);
  }

  #onGroupEnd(group: TaskGroup): void {
    this.#garbage.add(group.sandbox);
    const { executorId } = group;
    // Behind the last update of its last task, which is being written down.
    const frameworkId = group.framework.id.value;
    const tasks = group.members.flatMap(({ taskId }) => this.#tasks.get(taskKey(frameworkId, taskId)) ?? []);
    const lastWritten = Promise.all(tasks.map((task) => task.records.flush()));
    void lastWritten.catch(() => undefined).then(() => this.#onExecutorEnd?.({ frameworkId, executorId, status: 0 }));
  }

  /** The task is over and everybody who wanted to know does. */
  #forget(task: AgentTask): void {
    this.#tasks.delete(taskKey(task.frameworkId, task.taskId));
    task.records.remove().catch((error: unknown) => {
      this.#logger.warn(
        { task: task.taskId, error: messageOf(error) },
        'the records of an ended task cannot be removed',
      );
    });
  }

  stop(scope: StopScope): Promise<void> {
    this.#stopping ??= this.#stop(scope);
    return this.#stopping;
  }

  async #stop(scope: StopScope): Promise<void> {
    // From here on updates are written down only: the next agent delivers them.
    this.#updates.close();
    if (scope === 'everything') await this.#endAll();
    this.#adopted.stop();
    this.#host.diskWatch.close();
    this.#host.memoryWatch.close();
    const tasks = [...this.#tasks.values()];
    for (const task of tasks) task.abandonLaunch();
    await Promise.all(tasks.map((task) => task.leave()));
    this.#host.sweeper.sweep();
    this.#host.sweeper.close();
    await Promise.all([this.#garbage.stop(), this.#host.fetcher.close(), this.#orphans]);
  }

  async #endAll(): Promise<void> {
    const running = [...this.#tasks.values()].filter((task) => !task.hasEnded);
    for (const task of running) task.kill({ maxGraceMs: stopGraceMs });
    const deadlineMs = this.#host.now() + stopGraceMs + stopKilledMs;
    while (this.#host.now() < deadlineMs) {
      const left = running.filter((task) => !task.hasEnded);
      for (const task of left) if (this.#adopted.has(task)) task.settle();
      if (left.length === 0 && this.#host.sweeper.sweep()) return;
      await sleep(20);
    }
    this.#logger.error(
      { tasks: running.filter((task) => !task.hasEnded).map(({ taskId }) => taskId) },
      'processes of these tasks did not end though they were killed',
    );
  }

  routes(server: HttpServer): void {
    agentRoutes(server, this.#view(), this.#logger);
  }

  #view(): AgentView {
    const host = this.#host;
    const reserved = this.#reserved;
    return {
      agentId: host.agentId,
      pid: host.agentPid,
      hostname: this.#hostname,
      flags: this.#flags,
      layout: host.layout,
      startedAtMs: this.#startedAtMs,
      get resources() {
        return reserved.total;
      },
      attributes: this.#attributes,
      now: host.now,
      tasks: () => [...this.#tasks.values()],
      ended: () => this.#ended.byFramework,
      counters: () => ({
        endedByState: this.#ended.countByState,
        fetches: host.fetcher.counts,
        garbage: this.#garbage.counts,
        recoverySeconds: this.#recoverySeconds,
        validUpdates: this.#validUpdates,
      }),
    };
  }
}
