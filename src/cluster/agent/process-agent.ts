import { randomBytes, randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { createLimiter } from '../../common/concurrency.js';
import { messageOf, StartupError } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { RoleContext, StopScope } from '../../common/role.js';
import { sleep } from '../../common/time.js';
import type { HttpServer } from '../../http/server.js';
import type { ExecutorInfo, KillPolicy, TaskInfo, TaskState, TaskStatus } from '../../mesos/types.js';
import { isTerminal } from '../../mesos/types.js';
import type { AgentPort, AgentRegistration, AgentUpdate, ExecutorEnd } from '../agent-port.js';
import { isSafeId } from '../framework-info.js';
import { addResources, containsResources, noResources, parseResources } from '../resources.js';
import { resourcesText, wireResources } from '../resource-forms.js';
import type { ClusterOptions } from '../options.js';
import { parseDomainFlag } from '../parse-cluster-flags.js';
import type { ResourceOperation } from '../resource-operations.js';
import { claimAgentDirectory } from './agent-record.js';
import type { TaskHost } from './agent-task.js';
import { AgentTask } from './agent-task.js';
import { agentRoutes } from './api/routes.js';
import type { AgentView, EndedTask } from './api/view.js';
import { Fetcher } from './fetcher/fetcher.js';
import type { FetchLimits } from './fetcher/limits.js';
import { defaultFetchLimits } from './fetcher/limits.js';
import { agentLayout } from './layout.js';
import { detectMachine } from './machine-facts.js';
import { parseAttributesFlag } from './parse-attributes.js';
import { completeResources, parseResourcesFlag } from './parse-resources.js';
import { ReservedResources } from './reserved-resources.js';
import { SandboxGarbage } from './sandbox-gc.js';
import { ProcessSweeper } from './process-sweeper.js';
import { defaultResendMs, StatusUpdateManager } from './status-update-manager.js';
import { supervisorScript } from './supervisor-script.js';
import type { IdentifiedFramework } from './task-checkpoint.js';
import { checkpointFramework, recoverCheckpoints } from './task-checkpoint.js';
import { TaskUsers } from './task-user.js';

/** How often tasks that an earlier agent started are looked at, and how many of them at a time. */
const adoptedPollMs = 200;
const adoptedPerPoll = 500;
/** The longest grace period when everything is stopped. */
const stopGraceMs = 5000;
/** After that, how long the end of killed processes is waited for. */
const stopKilledMs = 5000;
/** Ended tasks that `/state` shows, per framework (Mesos' `--max_completed_executors_per_framework`), and of how many frameworks. */
const maxEndedPerFramework = 150;
const maxEndedFrameworks = 50;

/** What tests set otherwise. */
export interface ProcessAgentTuning {
  readonly now: () => number;
  readonly resendMs: number;
  readonly fetchLimits: FetchLimits;
}

const taskKey = (frameworkId: string, taskId: string): string => `${frameworkId} ${taskId}`;

/** The embedded agent: runs tasks as processes of this machine that outlive it, and finds them again. */
class ProcessAgent implements AgentPort {
  readonly #host: TaskHost;
  readonly #hostname: string;
  readonly #flags: ClusterOptions;
  readonly #reserved: ReservedResources;
  readonly #attributes: ReturnType<typeof parseAttributesFlag>;
  readonly #logger: Logger;
  readonly #updates: StatusUpdateManager;
  readonly #garbage: SandboxGarbage;
  readonly #startedAtMs: number;
  readonly #frameworks = new Map<string, IdentifiedFramework>();
  readonly #tasks = new Map<string, AgentTask>();
  /** Tasks whose supervisor is not a child of this process: nobody tells when they end. */
  readonly #adopted = new Set<AgentTask>();
  #poll: NodeJS.Timeout | undefined;
  #onExecutorEnd: ((end: ExecutorEnd) => void) | undefined;
  readonly #ended = new Map<string, EndedTask[]>();
  readonly #endedByState = new Map<TaskState, number>();
  #validUpdates = 0;
  #recoverySeconds = 0;
  readonly #checkpointing = new Map<string, Promise<void>>();
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
      this.#frameworks.set(framework.id.value, framework);
      for (const found of tasks) {
        const task = AgentTask.recover(this.#host, framework, found);
        if (task.hasEnded && (task.unacknowledged.length === 0 || task.isSilent)) void task.records.remove();
        else this.#tasks.set(taskKey(task.frameworkId, task.taskId), task);
      }
    }
    this.#refuseIfTooSmall();
    await this.#garbage.start(
      this.#host.layout.sandboxes,
      new Set([...this.#tasks.values()].map(({ sandbox }) => sandbox)),
    );
    for (const task of [...this.#tasks.values()]) {
      for (const status of task.unacknowledged.splice(0)) this.#updates.add(task.frameworkId, status);
      if (task.resume() && !task.hasEnded) this.#adopted.add(task);
    }
    if (this.#adopted.size > 0) this.#logger.info({ tasks: this.#adopted.size }, 'tasks of the last run are adopted');
    this.#poll = setInterval(() => this.#pollAdopted(), adoptedPollMs).unref();
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
    const { total } = this.#reserved;
    if (containsResources(total, used)) return;
    throw new StartupError(
      `--resources: ${resourcesText(total, '*')} is less than what ${running} running tasks of the last run use: ` +
        `${resourcesText(used, '*')}. Start with at least that, or end the tasks first`,
    );
  }

  #pollAdopted(): void {
    let left = Math.min(adoptedPerPoll, this.#adopted.size);
    for (const task of this.#adopted) {
      if (left-- === 0) return;
      // Behind the others, so that each comes up in its turn.
      this.#adopted.delete(task);
      if (!task.settle()) this.#adopted.add(task);
    }
  }

  launch(framework: IdentifiedFramework, info: TaskInfo): void {
    const frameworkId = framework.id.value;
    const taskId = info.task_id.value;
    if (this.#stopping !== undefined) return;
    const problem = !isSafeId(taskId)
      ? `'${taskId.slice(0, 300)}' contains invalid characters`
      : !isSafeId(frameworkId)
        ? `Framework ID '${frameworkId.slice(0, 300)}' contains invalid characters`
        : undefined;
    if (problem !== undefined) {
      this.#updates.tell(frameworkId, this.#refusal(info, problem));
      return;
    }
    const key = taskKey(frameworkId, taskId);
    if (this.#tasks.has(key)) {
      // Telling it would look like an update of the task that has this id.
      this.#logger.error({ task: taskId }, 'a task with an id that is in use is not launched');
      return;
    }
    const task = AgentTask.create(this.#host, framework, info);
    this.#tasks.set(key, task);
    const known = this.#frameworks.get(frameworkId);
    if (known === undefined || (known !== framework && JSON.stringify(known) !== JSON.stringify(framework))) {
      this.#frameworks.set(frameworkId, framework);
      const checkpointing = checkpointFramework(this.#host.layout, framework);
      this.#checkpointing.set(frameworkId, checkpointing);
      // Each task that waits for it hears of the failure; the next launch tries again.
      checkpointing.catch(() => this.#frameworks.delete(frameworkId));
    }
    const checkpointing = this.#checkpointing.get(frameworkId);
    // The volumes of a task may be about to be made.
    void task.launch(this.#reserved.settled?.then(() => checkpointing) ?? checkpointing);
  }

  launchGroup(framework: IdentifiedFramework, executor: ExecutorInfo, tasks: readonly TaskInfo[]): void {
    const frameworkId = framework.id.value;
    for (const task of tasks) {
      this.#updates.tell(frameworkId, {
        ...this.#refusal(task, 'Task groups are not supported by this agent: it runs single tasks'),
        state: 'TASK_FAILED',
        reason: 'REASON_CONTAINER_LAUNCH_FAILED',
        executor_id: executor.executor_id,
      });
    }
    setImmediate(() => this.#onExecutorEnd?.({ frameworkId, executorId: executor.executor_id.value, status: 0 }));
  }

  applyOperation(operation: ResourceOperation): Promise<void> {
    return this.#reserved.apply(operation);
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
    this.#frameworks.delete(frameworkId);
    this.#checkpointing.delete(frameworkId);
  }

  #onEnd(task: AgentTask, silent: boolean): void {
    this.#adopted.delete(task);
    this.#garbage.add(task.sandbox);
    this.#endedByState.set(task.state, (this.#endedByState.get(task.state) ?? 0) + 1);
    let ended = this.#ended.get(task.frameworkId);
    if (ended === undefined) {
      ended = [];
      this.#ended.set(task.frameworkId, ended);
      const [oldest] = this.#ended.keys();
      if (this.#ended.size > maxEndedFrameworks && oldest !== undefined) this.#ended.delete(oldest);
    }
    ended.push({ task, framework: task.framework });
    if (ended.length > maxEndedPerFramework) ended.shift();
    if (silent) this.#forget(task);
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
    clearInterval(this.#poll);
    const tasks = [...this.#tasks.values()];
    for (const task of tasks) task.abandonLaunch();
    await Promise.all(tasks.map((task) => task.leave()));
    this.#host.sweeper.sweep();
    this.#host.sweeper.close();
    await Promise.all([this.#garbage.stop(), this.#host.fetcher.close()]);
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
      ended: () => this.#ended,
      counters: () => ({
        endedByState: this.#endedByState,
        fetches: host.fetcher.counts,
        garbage: this.#garbage.counts,
        recoverySeconds: this.#recoverySeconds,
        validUpdates: this.#validUpdates,
      }),
    };
  }
}

/** Lets callers through one by one, each in a turn of the event loop of its own. */
function turnTaker(): () => Promise<void> {
  const oneByOne = createLimiter(1);
  return () => oneByOne(() => new Promise((resolve) => setImmediate(resolve)));
}

async function addressOf(host: string): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch (error) {
    throw new StartupError(
      `the address of ${host} (--hostname or the cluster's host) cannot be found: ${messageOf(error)}`,
    );
  }
}

/**
 * Makes the embedded agent of this machine; `start` recovers what outlived the last one. The caller opens a server on
 * `options.agentPort` and hands it to `routes`. Throws UsageError for bad `--resources` or `--attributes`, StartupError when the
 * work directory is in use.
 */
export async function createProcessAgent(
  options: ClusterOptions,
  context: RoleContext,
  tuning: Partial<ProcessAgentTuning> = {},
): Promise<AgentPort & { routes(server: HttpServer): void }> {
  const { now = Date.now, resendMs = defaultResendMs, fetchLimits = defaultFetchLimits } = tuning;
  const flagResources = parseResourcesFlag(options.resources);
  parseAttributesFlag(options.attributes);
  parseDomainFlag(options.domain ?? '');
  const layout = agentLayout(options.workDir);
  await mkdir(layout.frameworks, { recursive: true });
  await mkdir(layout.sandboxes, { recursive: true });
  // The records hold the environment of tasks, and with it passwords.
  await chmod(layout.meta, 0o700);
  await writeFileAtomic(layout.supervisorScript, supervisorScript, 0o700);
  const agentId = await claimAgentDirectory(layout.agentFile, () => `${randomUUID()}-S0`);
  const agentIp = await addressOf(options.host);
  return new ProcessAgent({
    flags: options,
    reserved: await ReservedResources.open(
      { record: join(layout.meta, 'resources.json'), volumes: join(layout.root, 'volumes') },
      completeResources(flagResources, await detectMachine(layout.root)),
    ),
    resendMs,
    host: {
      layout,
      agentId,
      agentPid: `slave(1)@${agentIp.includes(':') ? `[${agentIp}]` : agentIp}:${options.agentPort}`,
      agentIp,
      agentPort: options.agentPort,
      users: new TaskUsers(now),
      fetcher: new Fetcher(fetchLimits),
      sweeper: new ProcessSweeper(),
      turnToStart: turnTaker(),
      logger: context.logger,
      now,
      newContainerId: () => randomUUID(),
      newUpdateUuid: () => randomBytes(16).toString('base64'),
    },
  });
}
