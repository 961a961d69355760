import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { KillPolicy, Task, TaskInfo, TaskState, TaskStatus } from '../../mesos/types.js';
import { isTerminal } from '../../mesos/types.js';
import { capabilitiesOf } from '../framework-info.js';
import { taskForm } from '../task-form.js';
import { TaskChecks } from './checks/task-checks.js';
import type { StatusPart } from './end-status.js';
import { endStatus, killedDuringLaunch, launchFailure } from './end-status.js';
import type { ExecutorPart } from './executor-part.js';
import { commandExecutorName, executorPart } from './executor-part.js';
import { taskRecords } from './layout.js';
import { hasImage } from './open-workload.js';
import type { ForcedEnding, IdentifiedFramework, RecoveredTask } from './task-checkpoint.js';
import { TaskRecords } from './task-checkpoint.js';
import { TaskEnding } from './task-ending.js';
import type { TaskGroup } from './task-group.js';
import type { TaskHost } from './task-host.js';
import type { LaunchedTask } from './task-launch.js';
import { TaskLaunch } from './task-launch.js';
import { watchLimits } from './task-limits.js';
import { TaskStory } from './task-story.js';
import type { Workload, WorkloadEnd } from './workload.js';

/** Time between SIGTERM and SIGKILL when neither the KILL nor the task says (Mesos' command executor). */
export const defaultGracePeriodMs = 3000;

/** One task on this agent, from its launch to the acknowledgement of its end. */
export class AgentTask implements LaunchedTask {
  readonly framework: IdentifiedFramework;
  readonly info: TaskInfo;
  readonly records: TaskRecords;
  /** The group that it was launched with. */
  readonly group: TaskGroup | undefined;
  readonly #host: TaskHost;
  readonly #logger: Logger;
  readonly #story: TaskStory;
  #launch: TaskLaunch;
  /** Set once it was started. */
  #workload: Workload | undefined;
  #ending: TaskEnding | undefined;
  #checks: TaskChecks | undefined;
  /** What has to be stopped when it ends. */
  #watches: (() => void)[] = [];
  #ended = false;
  /** Its end is nobody's business any more. */
  #silent = false;
  /** It is the next agent's business. */
  #left = false;

  private constructor(
    host: TaskHost,
    framework: IdentifiedFramework,
    info: TaskInfo,
    place: { readonly containerId: string; readonly sandbox?: string },
    group: TaskGroup | undefined,
  ) {
    this.framework = framework;
    this.info = info;
    this.group = group;
    this.#host = host;
    this.#logger = host.logger.child({ task: info.task_id.value });
    this.records = new TaskRecords(taskRecords(host.layout, framework.id.value, info.task_id.value));
    this.#story = new TaskStory({
      records: this.records,
      logger: this.#logger,
      deliver: (status) => host.deliver(this.frameworkId, status),
    });
    this.#launch = this.#launchIn(place);
    group?.add(this, hasImage(info.container));
  }

  /** A task that is to be launched: `launch` follows. */
  static create(host: TaskHost, framework: IdentifiedFramework, info: TaskInfo, group?: TaskGroup): AgentTask {
    return new AgentTask(host, framework, info, { containerId: host.newContainerId() }, group);
  }

  /** A task of an earlier agent: `resume` follows. */
  static recover(
    host: TaskHost,
    framework: IdentifiedFramework,
    recovered: RecoveredTask,
    group?: TaskGroup,
  ): AgentTask {
    const { checkpoint, journal } = recovered;
    const task = new AgentTask(host, framework, checkpoint.info, checkpoint, group);
    task.unacknowledged.push(...task.#story.recall(journal));
    task.#ending = TaskEnding.recall(host.now, journal);
    if (task.#ending?.isSilent === true) task.#beSilent();
    task.#ended = isTerminal(task.state);
    if (task.#ended) return task;
    try {
      task.#workload = task.#launch.open(checkpoint.bootId);
    } catch {
      // It could not be started by the last agent either; this one will tell why.
    }
    return task;
  }

  /** Updates of an earlier agent that are still to be delivered. */
  readonly unacknowledged: TaskStatus[] = [];

  get frameworkId(): string {
    return this.framework.id.value;
  }

  get taskId(): string {
    return this.info.task_id.value;
  }

  get executorId(): string {
    return this.group?.executorId ?? this.taskId;
  }

  /** The newest state, which the framework may not know yet. */
  get state(): TaskState {
    return this.#story.state;
  }

  get containerId(): string {
    return this.#launch.containerId;
  }

  get sandbox(): string {
    return this.#launch.sandbox;
  }

  /** The last status of each run of equal states, oldest first. */
  get statuses(): readonly TaskStatus[] {
    return this.#story.statuses;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Whether nobody is to be told about this task any more. */
  get isSilent(): boolean {
    return this.#silent;
  }

  /** The role whose resources it uses. */
  get role(): string {
    return this.info.resources.find((r) => r.allocation_info !== undefined)?.allocation_info?.role ?? '*';
  }

  /** Pid of the process that stands for the executor, while there is one. */
  get executorPid(): number | undefined {
    return this.#workload?.executorPid;
  }

  /** The session of the task's processes, while it runs. */
  get sessionId(): number | undefined {
    return this.#ended ? undefined : this.#workload?.sessionId;
  }

  get executorName(): string {
    return this.group === undefined ? commandExecutorName(this.info) : (this.group.executor.name ?? '');
  }

  /** As the operator API shows it. */
  toTask(): Task {
    const { info, frameworkId, group, state, statuses } = this;
    return taskForm({ info, frameworkId, executor: group?.executor, state, statuses });
  }

  /** A launch in this container; one that an earlier agent began has its sandbox already. */
  #launchIn({ containerId, sandbox }: { readonly containerId: string; readonly sandbox?: string }): TaskLaunch {
    return new TaskLaunch({
      host: this.#host,
      task: this,
      logger: this.#logger,
      containerId,
      sandbox,
      onChange: () => this.settle(),
    });
  }

  /**
   * Checkpoints, fetches and starts the task; `after` is on disk before it. Never throws: what goes wrong becomes the task's
   * last update.
   */
  async launch(after?: Promise<void>): Promise<void> {
    try {
      await this.#start(after);
    } catch (error) {
      this.#finish(this.#launch.isAborted ? killedDuringLaunch : launchFailure(messageOf(error)));
    }
  }

  async #start(after: Promise<void> | undefined): Promise<void> {
    const workload = await this.#launch.prepare(after);
    // From here to the workload being known nothing may come between: a KILL aborts the launch or ends the workload
    this.#launch.throwIfAborted();
    workload.start();
    this.#workload = workload;
    this.#say('TASK_STARTING');
    this.#watch(workload);
    await this.#comeUp(workload);
  }

  /** Says that the task runs once it does, and begins to check it. */
  async #comeUp(workload: Workload): Promise<void> {
    await workload.up();
    if (this.#left || this.#ended) return;
    const { networkName, addresses } = workload;
    if (this.group?.isLeader(this) === true && networkName !== undefined && addresses.length > 0) {
      this.group.networkIsUp({ name: networkName, addresses });
    }
    if (this.settle()) return;
    if (this.state === 'TASK_STARTING') this.#say('TASK_RUNNING');
    if (this.state === 'TASK_RUNNING' && this.#ending === undefined) this.#check(workload);
  }

  #check(workload: Workload): void {
    const { info } = this;
    if (this.#checks !== undefined || (info.health_check === undefined && info.check === undefined)) return;
    this.#checks = new TaskChecks({
      prober: this.#host.prober,
      target: { workload, addresses: () => this.#addresses },
      now: this.#host.now,
      logger: this.#logger,
    });
    const startedAtMs = (this.#story.last?.timestamp ?? 0) * 1000;
    this.#checks.start(info, startedAtMs, this.#story.last?.healthy, {
      onHealth: (healthy, isFatal) => {
        const reason = 'REASON_TASK_HEALTH_CHECK_STATUS_UPDATED';
        this.#update({
          ...this.#fromExecutor('TASK_RUNNING'),
          ...this.#lastChecked(),
          state: 'TASK_RUNNING',
          reason,
          healthy,
        });
        if (isFatal) this.#bringToEnd({ ending: { state: 'TASK_KILLED', healthy } });
      },
      onCheckStatus: (check_status) => {
        const reason = 'REASON_TASK_CHECK_STATUS_UPDATED';
        this.#update({
          ...this.#fromExecutor('TASK_RUNNING'),
          ...this.#lastChecked(),
          state: 'TASK_RUNNING',
          reason,
          check_status,
        });
      },
    });
  }

  /** What the checks said last: an update about one of them repeats that of the other. */
  #lastChecked(): Pick<TaskStatus, 'healthy' | 'check_status'> {
    const { healthy, check_status } = this.#story.last ?? {};
    return {
      ...(healthy === undefined ? {} : { healthy }),
      ...(check_status === undefined ? {} : { check_status }),
    };
  }

  /** Keeps the task to its limits. */
  #watch(workload: Workload): void {
    const stop = watchLimits(
      {
        info: this.info,
        sandbox: this.sandbox,
        beganAtMs: (this.#story.beganAt ?? 0) * 1000,
        isProcess: workload.noun === 'Command',
        session: () => this.sessionId,
      },
      this.#host,
      (options) => this.#bringToEnd(options),
    );
    this.#watches.push(stop);
  }

  /**
   * Takes up a task of an earlier agent. One that runs is left running: true, `settle` has to be called from time to time.
   * One that ended gets its true end, one that had not been started yet (its URIs were being fetched) is launched afresh.
   */
  resume(): boolean {
    if (this.#ended) return false;
    const workload = this.#workload;
    if (workload?.wasStarted() === true) {
      // The last agent may have ended between starting the task and saying so.
      if (this.state === 'TASK_STAGING') this.#say('TASK_STARTING');
      if (this.settle()) return false;
      this.#watch(workload);
      this.#comeUp(workload).catch((error: unknown) => {
        this.#logger.error({ error: messageOf(error) }, 'a task of the last run cannot be followed');
      });
      this.#ending?.pursue(workload, () => this.settle());
      return true;
    }
    this.#workload = undefined;
    if (this.#ending !== undefined) {
      this.#finish(killedDuringLaunch);
      return false;
    }
    this.#launch = this.#launchIn({ containerId: this.#host.newContainerId() });
    void this.launch();
    return false;
  }

  /**
   * Asks the task to end: SIGTERM to its process group, SIGKILL after the grace period. A second KILL can only shorten the
   * time that is left. `silent`: its end is not reported. `graceMs` is the grace period whatever the task says, `maxGraceMs`
   * bounds it.
   */
  kill(
    options: { policy?: KillPolicy | undefined; silent?: boolean; graceMs?: number; maxGraceMs?: number } = {},
  ): void {
    const { policy, silent = false, graceMs = this.#graceMs(policy), maxGraceMs = Infinity } = options;
    this.#bringToEnd({ silent, graceMs: Math.min(graceMs, maxGraceMs) });
  }

  #graceMs(policy?: KillPolicy): number {
    const nanoseconds = policy?.grace_period?.nanoseconds ?? this.info.kill_policy?.grace_period?.nanoseconds;
    return nanoseconds === undefined ? defaultGracePeriodMs : Math.max(0, nanoseconds / 1e6);
  }

  #beSilent(): void {
    this.#silent = true;
    this.#story.silence();
  }

  /** `ending`: this agent wants it to end, and so. */
  #bringToEnd(options: { silent?: boolean; graceMs?: number; ending?: ForcedEnding }): void {
    const { silent = false, graceMs = this.#graceMs(), ending } = options;
    if (silent) this.#beSilent();
    if (this.#ended) return;
    const deadlineMs = this.#host.now() + graceMs;
    const isFirst = this.#ending === undefined;
    if (this.#ending === undefined) this.#ending = new TaskEnding(this.#host.now, deadlineMs, { silent, ending });
    else this.#ending.hasten(deadlineMs, silent);
    void this.#story.note(this.#ending.record);
    const workload = this.#workload;
    if (workload === undefined) {
      this.#launch.abort();
      return;
    }
    this.#checks?.stop();
    // What fails is not said to be killed before.
    const isSaid = isFirst && !silent && ending?.state !== 'TASK_FAILED';
    if (isSaid && capabilitiesOf(this.framework).has('TASK_KILLING_STATE')) {
      this.#say('TASK_KILLING');
    }
    this.#ending.pursue(workload, () => this.settle());
  }

  /** Looks whether the task has ended, and if so says so; true when it has. */
  settle(): boolean {
    if (this.#ended) return true;
    const workload = this.#workload;
    if (workload === undefined || this.#left) return false;
    const end = workload.end();
    if (end === undefined) return false;
    if (workload.processes !== undefined) this.#host.sweeper.add(workload.processes);
    this.#end(end, workload);
    return true;
  }

  #end(end: WorkloadEnd, workload: Workload): void {
    // It may have been too quick for anybody to see it run.
    const hasRun = end.kind === 'exited' || end.kind === 'signaled';
    if (hasRun && this.state === 'TASK_STARTING') this.#say('TASK_RUNNING');
    const ending = this.#ending === undefined ? undefined : { forced: this.#ending.ending };
    this.#finish(endStatus(end, ending, { noun: workload.noun, part: this.#fromExecutor('TASK_FINISHED') }));
  }

  #finish(status: StatusPart): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopLooking();
    this.#update(status);
    this.#host.onEnd(this, this.isSilent);
    this.group?.ended(this, status.state);
  }

  #stopLooking(): void {
    this.#ending?.stop();
    this.#checks?.stop();
    for (const stop of this.#watches.splice(0)) stop();
  }

  /** Notes that the framework has taken over an update. */
  acknowledged(uuid: string): void {
    void this.#story.note({ type: 'acknowledge', uuid });
  }

  /** Leaves the task to the next agent: nothing is done about it from here on. */
  async leave(): Promise<void> {
    this.#left = true;
    this.#stopLooking();
    await this.#workload?.close();
    await this.records.flush().catch(() => undefined);
  }

  /** Aborts a launch that has not come to a process yet, without a word: the next agent launches the task afresh. */
  abandonLaunch(): void {
    if (this.#workload !== undefined || this.#ended) return;
    this.#ended = true;
    this.#launch.abort();
  }

  /** IP addresses of its own, or of the group whose network it is in. */
  get #addresses(): readonly string[] {
    const own = this.#workload?.addresses ?? [];
    return own.length > 0 ? own : (this.group?.addresses ?? []);
  }

  #fromExecutor(state: TaskState): ExecutorPart {
    return executorPart(state, {
      info: this.info,
      containerId: this.containerId,
      groupContainerId: this.group?.containerId,
      addresses: this.#addresses,
      // Nothing is known of the addresses in a network of its own before it is up.
      agentIp: this.#workload?.networkName === undefined ? this.#host.agentIp : undefined,
      executorPid: this.executorPid,
    });
  }

  /** Says a state that needs no other words. */
  #say(state: TaskState): void {
    this.#update({ state, ...this.#fromExecutor(state) });
  }

  #update(part: StatusPart): void {
    this.#story.say({
      task_id: this.info.task_id,
      ...part,
      agent_id: { value: this.#host.agentId },
      executor_id: { value: this.executorId },
      timestamp: this.#host.now() / 1000,
      uuid: this.#host.newUpdateUuid(),
    });
  }
}
