import { join } from 'node:path';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { bootId } from '../../common/process-identity.js';
import type {
  ContainerStatus,
  KillPolicy,
  NetworkInfo,
  Task,
  TaskInfo,
  TaskState,
  TaskStatus,
} from '../../mesos/types.js';
import { isTerminal } from '../../mesos/types.js';
import { capabilitiesOf } from '../framework-info.js';
import { parseResources, scalarMilli } from '../resources.js';
import { initialCheckStatus, TaskChecks } from './checks/task-checks.js';
import { terminalStatusOf } from './exit-status.js';
import { executorDirectory, taskRecords } from './layout.js';
import { hasImage, openWorkload } from './open-workload.js';
import { persistentVolumes } from './persistent-volumes.js';
import { createSandbox, giveSandboxTo } from './sandbox.js';
import type { ForcedEnding, IdentifiedFramework, RecoveredTask } from './task-checkpoint.js';
import { TaskRecords } from './task-checkpoint.js';
import { TaskEnding } from './task-ending.js';
import type { EnvironmentFacts } from './task-environment.js';
import type { GroupMember, TaskGroup } from './task-group.js';
import type { TaskHost } from './task-host.js';
import { TaskStory } from './task-story.js';
import type { TaskUser } from './task-user.js';
import type { Workload, WorkloadEnd } from './workload.js';

/** Time between SIGTERM and SIGKILL when neither the KILL nor the task says (Mesos' command executor). */
export const defaultGracePeriodMs = 3000;
const bytesPerMib = 2 ** 20;
/** Mesos gives no task less. */
const minMemoryBytes = 32 * bytesPerMib;
/** The longest that a timer of Node.js waits. */
const maxTimerMs = 2 ** 31 - 1;

type StatusPart = Pick<
  TaskStatus,
  'state' | 'message' | 'source' | 'reason' | 'container_status' | 'healthy' | 'check_status'
>;

/** One task on this agent, from its launch to the acknowledgement of its end. */
export class AgentTask implements GroupMember {
  readonly framework: IdentifiedFramework;
  readonly info: TaskInfo;
  readonly records: TaskRecords;
  /** The group that it was launched with. */
  readonly group: TaskGroup | undefined;
  readonly #host: TaskHost;
  readonly #logger: Logger;
  readonly #story: TaskStory;
  readonly #launching = new AbortController();
  #containerId: string;
  #sandbox: string;
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
    containerId: string,
    group: TaskGroup | undefined,
  ) {
    this.framework = framework;
    this.info = info;
    this.group = group;
    this.#host = host;
    this.#logger = host.logger.child({ task: info.task_id.value });
    this.#containerId = containerId;
    this.#sandbox = this.#sandboxOf(containerId);
    this.records = new TaskRecords(taskRecords(host.layout, framework.id.value, info.task_id.value));
    this.#story = new TaskStory({
      records: this.records,
      logger: this.#logger,
      deliver: (status) => host.deliver(this.frameworkId, status),
    });
    group?.add(this, hasImage(info.container));
  }

  /** A task that is to be launched: `launch` follows. */
  static create(host: TaskHost, framework: IdentifiedFramework, info: TaskInfo, group?: TaskGroup): AgentTask {
    return new AgentTask(host, framework, info, host.newContainerId(), group);
  }

  /** A task of an earlier agent: `resume` follows. */
  static recover(
    host: TaskHost,
    framework: IdentifiedFramework,
    recovered: RecoveredTask,
    group?: TaskGroup,
  ): AgentTask {
    const { checkpoint, journal } = recovered;
    const task = new AgentTask(host, framework, checkpoint.info, checkpoint.containerId, group);
    task.#sandbox = checkpoint.sandbox;
    task.unacknowledged.push(...task.#story.recall(journal));
    task.#ending = TaskEnding.recall(host.now, journal);
    if (task.#ending?.isSilent === true) task.#beSilent();
    task.#ended = isTerminal(task.state);
    if (task.#ended) return task;
    try {
      task.#workload = task.#openWorkload(checkpoint.bootId);
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
    return this.#containerId;
  }

  get sandbox(): string {
    return this.#sandbox;
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
    if (this.group !== undefined) return this.group.executor.name ?? '';
    const { value = '', shell = true, arguments: args = [] } = this.info.command ?? {};
    const command = shell ? `sh -c '${value}'` : [value, ...args.slice(1)].join(' ');
    const short = command.length > 30 ? `${command.slice(0, 27)}...${shell ? "'" : ''}` : command;
    return `Command Executor (Task: ${this.taskId}) (Command: ${short})`;
  }

  /** As the operator API shows it. */
  toTask(): Task {
    const { name, resources, labels, discovery, container, health_check, command } = this.info;
    const { last } = this.#story;
    return {
      name,
      task_id: this.info.task_id,
      framework_id: this.framework.id,
      ...(this.group === undefined ? {} : { executor_id: this.group.executor.executor_id }),
      agent_id: { value: this.#host.agentId },
      state: this.state,
      resources,
      statuses: this.statuses,
      ...(last === undefined ? {} : { status_update_state: last.state }),
      ...(last?.uuid === undefined ? {} : { status_update_uuid: last.uuid }),
      ...(labels === undefined ? {} : { labels }),
      ...(discovery === undefined ? {} : { discovery }),
      ...(container === undefined ? {} : { container }),
      ...(health_check === undefined ? {} : { health_check }),
      ...(command?.user === undefined ? {} : { user: command.user }),
    };
  }

  #sandboxOf(containerId: string): string {
    if (this.group !== undefined) return this.group.sandboxOf(containerId);
    const { layout, agentId } = this.#host;
    return join(executorDirectory(layout, agentId, this.frameworkId, this.taskId), 'runs', containerId);
  }

  /**
   * Checkpoints, fetches and starts the task; `after` is on disk before it. Never throws: what goes wrong becomes the task's
   * last update.
   */
  async launch(after?: Promise<void>): Promise<void> {
    try {
      await this.#start(after);
    } catch (error) {
      if (this.#launching.signal.aborted) this.#killedDuringLaunch();
      else this.#refuse(messageOf(error));
    }
  }

  async #start(after: Promise<void> | undefined): Promise<void> {
    const { signal } = this.#launching;
    const { info, group } = this;
    const containerId = this.#containerId;
    const sandbox = this.#sandbox;
    const checkpoint = { info, containerId, sandbox, bootId: bootId() };
    await this.records.begin(group === undefined ? checkpoint : { ...checkpoint, group: group.checkpoint }, after);
    const workload = this.#openWorkload(bootId());
    const user = await this.#user();
    signal.throwIfAborted();
    if (group === undefined) await createSandbox(sandbox, user);
    else {
      await group.prepare(user);
      await group.createTaskSandbox(this.taskId, containerId, user);
    }
    const uris = info.command?.uris ?? [];
    if (uris.length > 0) {
      await this.#host.fetcher.fetch({ uris, sandbox, containerId, user, signal });
      if (user !== undefined) await giveSandboxTo(sandbox, user);
    }
    await workload.prepare(signal);
    await this.#host.turnToStart();
    signal.throwIfAborted();
    workload.start();
    this.#workload = workload;
    this.#update({ state: 'TASK_STARTING', ...this.#fromExecutor('TASK_STARTING') });
    this.#watch();
    await this.#comeUp(workload);
  }

  #user(): Promise<TaskUser | undefined> {
    const sandbox = this.group?.sandbox ?? this.#sandbox;
    return this.#host.users.resolve(this.info.command?.user, this.framework.user, sandbox);
  }

  #openWorkload(startedInBootId: string): Workload {
    const { layout, engines } = this.#host;
    const { group, info } = this;
    return openWorkload(
      {
        info,
        containerId: this.#containerId,
        sandbox: this.#sandbox,
        runDirectory: this.records.runDirectory(this.#containerId),
        bootId: startedInBootId,
        supervisorScript: layout.supervisorScript,
        environment: this.#environmentFacts(),
        volumes: {
          sandbox: this.#sandbox,
          persistent: persistentVolumes(layout, info.resources),
          group: group === undefined ? undefined : { sandbox: group.sandbox, persistent: group.persistent },
        },
        ownedBelow: layout.root,
        user: () => this.#user(),
        joins: () => group?.joins(this) ?? Promise.resolve(undefined),
        onChange: () => this.settle(),
      },
      group,
      { engines, logger: this.#logger, containersMark: layout.containersMark },
    );
  }

  #environmentFacts(): EnvironmentFacts {
    const { agentId, agentPid, agentIp, agentPort } = this.#host;
    return {
      agentId,
      agentPid,
      agentIp,
      agentPort,
      frameworkId: this.frameworkId,
      executorId: this.executorId,
      sandbox: this.#sandbox,
      role: this.role,
      checkpoint: this.framework.checkpoint === true,
      isInGroup: this.group !== undefined,
    };
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
    if (this.state === 'TASK_STARTING') this.#update({ state: 'TASK_RUNNING', ...this.#fromExecutor('TASK_RUNNING') });
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
  #watch(): void {
    const { info } = this;
    const { diskWatch, memoryWatch, now } = this.#host;
    const resources = parseResources(info.resources);
    const persistent = info.resources.filter(({ name, disk }) => name === 'disk' && disk !== undefined);
    const disk = scalarMilli(resources, 'disk') - scalarMilli(parseResources(persistent), 'disk');
    const exceeds = (reason: string, message: string): void =>
      this.#bringToEnd({ graceMs: 0, ending: { state: 'TASK_FAILED', reason, message } });
    if (disk > 0) {
      const quota = disk / 1000;
      const limit = diskWatch.add({
        directory: this.#sandbox,
        limitBytes: quota * bytesPerMib,
        onExceeded: (used) =>
          exceeds(
            'REASON_CONTAINER_LIMITATION_DISK',
            `Disk usage (${Math.ceil(used / bytesPerMib)}MB) exceeds quota (${quota}MB)`,
          ),
      });
      this.#watches.push(limit);
    }
    const mem = scalarMilli(resources, 'mem') / 1000;
    // The engine holds its containers to their memory itself.
    if (mem > 0 && this.#workload?.noun === 'Command') {
      const limit = memoryWatch.add({
        session: () => this.sessionId,
        limitBytes: Math.max(minMemoryBytes, mem * bytesPerMib),
        onExceeded: (used) =>
          exceeds(
            'REASON_CONTAINER_LIMITATION_MEMORY',
            `Memory limit exceeded: Requested: ${mem}MB Maximum Used: ${Math.ceil(used / bytesPerMib)}MB`,
          ),
      });
      this.#watches.push(limit);
    }
    const { nanoseconds } = (info as TimedTaskInfo).max_completion_time ?? {};
    if (nanoseconds !== undefined) {
      const leftMs = (this.#story.beganAt ?? 0) * 1000 + nanoseconds / 1e6 - now();
      const timer = setTimeout(
        () => this.#bringToEnd({ ending: { state: 'TASK_FAILED', reason: 'REASON_MAX_COMPLETION_TIME_REACHED' } }),
        Math.min(Math.max(0, leftMs), maxTimerMs),
      );
      this.#watches.push(() => clearTimeout(timer));
    }
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
      if (this.state === 'TASK_STAGING')
        this.#update({ state: 'TASK_STARTING', ...this.#fromExecutor('TASK_STARTING') });
      if (this.settle()) return false;
      this.#watch();
      void this.#comeUp(workload);
      this.#ending?.pursue(workload, () => this.settle());
      return true;
    }
    this.#workload = undefined;
    if (this.#ending !== undefined) {
      this.#killedDuringLaunch();
      return false;
    }
    this.#containerId = this.#host.newContainerId();
    this.#sandbox = this.#sandboxOf(this.#containerId);
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
      this.#launching.abort();
      return;
    }
    this.#checks?.stop();
    // What fails is not said to be killed before.
    const isSaid = isFirst && !silent && ending?.state !== 'TASK_FAILED';
    if (isSaid && capabilitiesOf(this.framework).has('TASK_KILLING_STATE')) {
      this.#update({ state: 'TASK_KILLING', ...this.#fromExecutor('TASK_KILLING') });
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
    const wasKilled = this.#ending !== undefined;
    switch (end.kind) {
      case 'lost':
        this.#finish({
          state: wasKilled ? 'TASK_KILLED' : 'TASK_FAILED',
          message: `Abnormal executor termination: ${end.why}`,
          source: 'SOURCE_AGENT',
          reason: 'REASON_EXECUTOR_TERMINATED',
        });
        return;
      case 'refused':
        if (wasKilled) this.#killedDuringLaunch();
        else this.#refuse(end.why);
        return;
      case 'exited':
      case 'signaled': {
        // It may have been too quick for anybody to see it run.
        if (this.state === 'TASK_STARTING') {
          this.#update({ state: 'TASK_RUNNING', ...this.#fromExecutor('TASK_RUNNING') });
        }
        const status = { ...terminalStatusOf(end, wasKilled, workload.noun), ...this.#fromExecutor('TASK_FINISHED') };
        const forced = this.#ending?.ending;
        if (forced !== undefined) {
          // What the agent ends for a limit ends without its executor.
          const isLimit = forced.message !== undefined;
          this.#finish({ ...status, ...forced, ...(isLimit ? { source: 'SOURCE_AGENT' as const } : {}) });
        } else if (!wasKilled && end.limit !== undefined) {
          this.#finish({ ...status, ...end.limit, state: 'TASK_FAILED', source: 'SOURCE_AGENT' });
        } else this.#finish(status);
      }
    }
  }

  #refuse(why: string): void {
    this.#finish({
      state: 'TASK_FAILED',
      message: `Failed to launch container: ${why}`,
      source: 'SOURCE_AGENT',
      reason: 'REASON_CONTAINER_LAUNCH_FAILED',
    });
  }

  #killedDuringLaunch(): void {
    this.#finish({
      state: 'TASK_KILLED',
      message: 'Killed before delivery to the executor',
      source: 'SOURCE_AGENT',
      reason: 'REASON_TASK_KILLED_DURING_LAUNCH',
    });
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
    this.#launching.abort();
  }

  /** IP addresses of its own, or of the group whose network it is in. */
  get #addresses(): readonly string[] {
    const own = this.#workload?.addresses ?? [];
    return own.length > 0 ? own : (this.group?.addresses ?? []);
  }

  #networkInfos(): readonly NetworkInfo[] | undefined {
    const addresses = this.#addresses;
    const isOfMachine = this.#workload?.networkName === undefined;
    const shown = addresses.length > 0 ? addresses : isOfMachine ? [this.#host.agentIp] : [];
    if (shown.length === 0) return undefined;
    return [
      {
        ip_addresses: shown.map((ip_address) => ({
          protocol: ip_address.includes(':') ? ('IPv6' as const) : ('IPv4' as const),
          ip_address,
        })),
      },
    ];
  }

  #fromExecutor(state: TaskState): Pick<TaskStatus, 'source' | 'container_status' | 'check_status'> {
    // Mesos' default executor knows the container only while it runs.
    const isBare = this.group !== undefined && (state === 'TASK_STARTING' || isTerminal(state));
    const pid = isBare ? undefined : this.executorPid;
    const networks = isBare ? undefined : this.#networkInfos();
    const check_status = initialCheckStatus(this.info);
    const container_status: ContainerStatus = {
      container_id: {
        value: this.#containerId,
        ...(this.group === undefined ? {} : { parent: { value: this.group.containerId } }),
      },
      ...(networks === undefined ? {} : { network_infos: networks }),
      ...(pid === undefined ? {} : { executor_pid: pid }),
    };
    return { source: 'SOURCE_EXECUTOR', container_status, ...(check_status === undefined ? {} : { check_status }) };
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

/** `mesos.v1.TaskInfo` with what only this agent reads. */
interface TimedTaskInfo extends TaskInfo {
  readonly max_completion_time?: { readonly nanoseconds: number };
}
