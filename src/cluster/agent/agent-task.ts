import { join } from 'node:path';
import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { bootId } from '../../common/process-identity.js';
import type { ContainerStatus, KillPolicy, Task, TaskInfo, TaskState, TaskStatus } from '../../mesos/types.js';
import { isTerminal } from '../../mesos/types.js';
import { capabilitiesOf } from '../framework-info.js';
import { terminalStatusOf } from './exit-status.js';
import type { Fetcher } from './fetcher/fetcher.js';
import { launchScript } from './launch-script.js';
import type { AgentLayout } from './layout.js';
import { executorDirectory, taskRecords } from './layout.js';
import { createSandbox, giveSandboxTo } from './sandbox.js';
import type { ProcessSweeper } from './process-sweeper.js';
import type { IdentifiedFramework, RecoveredTask } from './task-checkpoint.js';
import { TaskRecords } from './task-checkpoint.js';
import { taskEnvironment } from './task-environment.js';
import type { RunEnd } from './task-run.js';
import { TaskRun } from './task-run.js';
import type { TaskUsers } from './task-user.js';
import { unsupportedContainer } from './unsupported-container.js';

/** Time between SIGTERM and SIGKILL when neither the KILL nor the task says (Mesos' command executor). */
export const defaultGracePeriodMs = 3000;
/** How soon to look again for a task that is asked to end while it is only just starting. */
const startingRetryMs = 5;
/** How soon to repeat a SIGKILL. */
const killRetryMs = 500;

/** What tasks need from the agent that runs them. */
export interface TaskHost {
  readonly layout: AgentLayout;
  readonly agentId: string;
  /** `slave(1)@ip:port` */
  readonly agentPid: string;
  readonly agentIp: string;
  readonly agentPort: number;
  readonly users: TaskUsers;
  readonly fetcher: Fetcher;
  readonly sweeper: ProcessSweeper;
  readonly logger: Logger;
  readonly now: () => number;
  /** A new container id. */
  readonly newContainerId: () => string;
  /** 16 random bytes in base64. */
  readonly newUpdateUuid: () => string;
  /** Resolves when this task may make its processes: that blocks, and many at a time would block everything else. */
  readonly turnToStart: () => Promise<void>;
  /** Hands on an update that is on disk. */
  readonly deliver: (frameworkId: string, status: TaskStatus) => void;
  /** The task has ended; `silent`: nobody will acknowledge it. */
  readonly onEnd: (task: AgentTask, silent: boolean) => void;
}

interface Kill {
  deadlineMs: number;
  silent: boolean;
  /** SIGTERM was sent. */
  terminated: boolean;
}

/** One task on this agent, from its launch to the acknowledgement of its end. */
export class AgentTask {
  readonly framework: IdentifiedFramework;
  readonly info: TaskInfo;
  readonly records: TaskRecords;
  readonly #host: TaskHost;
  readonly #logger: Logger;
  readonly #launching = new AbortController();
  #containerId: string;
  #sandbox: string;
  #run: TaskRun | undefined;
  #kill: Kill | undefined;
  #timer: NodeJS.Timeout | undefined;
  #statuses: TaskStatus[] = [];
  #ended = false;
  /** It is the next agent's business. */
  #left = false;

  private constructor(host: TaskHost, framework: IdentifiedFramework, info: TaskInfo, containerId: string) {
    this.framework = framework;
    this.info = info;
    this.#host = host;
    this.#logger = host.logger.child({ task: info.task_id.value });
    this.#containerId = containerId;
    this.#sandbox = this.#sandboxOf(containerId);
    this.records = new TaskRecords(taskRecords(host.layout, framework.id.value, info.task_id.value));
  }

  /** A task that is to be launched: `launch` follows. */
  static create(host: TaskHost, framework: IdentifiedFramework, info: TaskInfo): AgentTask {
    return new AgentTask(host, framework, info, host.newContainerId());
  }

  /** A task of an earlier agent: `resume` follows. */
  static recover(host: TaskHost, framework: IdentifiedFramework, recovered: RecoveredTask): AgentTask {
    const { checkpoint, journal } = recovered;
    const task = new AgentTask(host, framework, checkpoint.info, checkpoint.containerId);
    task.#sandbox = checkpoint.sandbox;
    task.#run = new TaskRun(task.records.runDirectory(checkpoint.containerId), checkpoint.bootId);
    const acknowledged = new Set(journal.flatMap((entry) => (entry.type === 'acknowledge' ? [entry.uuid] : [])));
    for (const entry of journal) {
      if (entry.type === 'update') {
        task.#remember(entry.status);
        if (!acknowledged.has(entry.status.uuid ?? '')) task.unacknowledged.push(entry.status);
      } else if (entry.type === 'kill') {
        task.#kill = {
          deadlineMs: Math.min(entry.deadlineMs, task.#kill?.deadlineMs ?? Infinity),
          silent: entry.silent || task.#kill?.silent === true,
          terminated: false,
        };
      }
    }
    task.#ended = isTerminal(task.state);
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

  /** The newest state, which the framework may not know yet. */
  get state(): TaskState {
    return this.#statuses.at(-1)?.state ?? 'TASK_STAGING';
  }

  get containerId(): string {
    return this.#containerId;
  }

  get sandbox(): string {
    return this.#sandbox;
  }

  /** The last status of each run of equal states, oldest first. */
  get statuses(): readonly TaskStatus[] {
    return this.#statuses;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Whether nobody is to be told about this task any more. */
  get isSilent(): boolean {
    return this.#kill?.silent === true;
  }

  /** The role whose resources it uses. */
  get role(): string {
    return this.info.resources.find((r) => r.allocation_info !== undefined)?.allocation_info?.role ?? '*';
  }

  /** Pid of the process that stands for the executor, while there is one. */
  get executorPid(): number | undefined {
    return this.#run?.supervisor?.pid;
  }

  /** The session of the task's processes, while it runs. */
  get sessionId(): number | undefined {
    return this.#ended ? undefined : this.#run?.task?.pid;
  }

  get executorName(): string {
    const { value = '', shell = true, arguments: args = [] } = this.info.command ?? {};
    const command = shell ? `sh -c '${value}'` : [value, ...args.slice(1)].join(' ');
    const short = command.length > 30 ? `${command.slice(0, 27)}...${shell ? "'" : ''}` : command;
    return `Command Executor (Task: ${this.taskId}) (Command: ${short})`;
  }

  /** As the operator API shows it. */
  toTask(): Task {
    const { name, resources, labels, discovery, container, health_check, command } = this.info;
    const last = this.#statuses.at(-1);
    return {
      name,
      task_id: this.info.task_id,
      framework_id: this.framework.id,
      agent_id: { value: this.#host.agentId },
      state: this.state,
      resources,
      statuses: this.#statuses,
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
      else {
        this.#finish({
          state: 'TASK_FAILED',
          message: `Failed to launch container: ${messageOf(error)}`,
          source: 'SOURCE_AGENT',
          reason: 'REASON_CONTAINER_LAUNCH_FAILED',
        });
      }
    }
  }

  async #start(after: Promise<void> | undefined): Promise<void> {
    const { signal } = this.#launching;
    const { info } = this;
    const containerId = this.#containerId;
    const sandbox = this.#sandbox;
    await this.records.begin({ info, containerId, sandbox, bootId: bootId() }, after);
    const unsupported = unsupportedContainer(info.container);
    if (unsupported !== undefined) throw new Error(unsupported);
    if (info.health_check !== undefined || info.check !== undefined) {
      this.#logger.warn({}, 'this agent does not run the checks of tasks: the task will never be reported healthy');
    }
    const command = info.command ?? {};
    const launch = launchScript(command, taskEnvironment(this.#environmentFacts(sandbox), command));
    const user = await this.#host.users.resolve(command.user, this.framework.user, sandbox);
    await createSandbox(sandbox, user);
    const uris = command.uris ?? [];
    if (uris.length > 0) {
      await this.#host.fetcher.fetch({ uris, sandbox, containerId, user, signal });
      if (user !== undefined) await giveSandboxTo(sandbox, user);
    }
    await this.#host.turnToStart();
    signal.throwIfAborted();
    const run = new TaskRun(this.records.runDirectory(containerId), bootId());
    run.start({
      supervisorScript: this.#host.layout.supervisorScript,
      launch,
      sandbox,
      user,
      onExit: () => this.settle(),
    });
    this.#run = run;
    this.#update({ state: 'TASK_STARTING', ...this.#fromExecutor() });
    this.#update({ state: 'TASK_RUNNING', ...this.#fromExecutor() });
  }

  #environmentFacts(sandbox: string) {
    const { agentId, agentPid, agentIp, agentPort } = this.#host;
    return {
      agentId,
      agentPid,
      agentIp,
      agentPort,
      frameworkId: this.frameworkId,
      executorId: this.taskId,
      sandbox,
      role: this.role,
      checkpoint: this.framework.checkpoint === true,
    };
  }

  /**
   * Takes up a task of an earlier agent. One that runs is left running: true, `settle` has to be called from time to time.
   * One that ended gets its true end, one that had not been started yet (its URIs were being fetched) is launched afresh.
   */
  resume(): boolean {
    if (this.#ended) return false;
    if (this.#run?.wasStarted() === true) {
      if (this.settle()) return false;
      // The last agent may have ended between starting the task and saying so.
      if (this.state === 'TASK_STAGING') this.#update({ state: 'TASK_STARTING', ...this.#fromExecutor() });
      if (this.state === 'TASK_STARTING') this.#update({ state: 'TASK_RUNNING', ...this.#fromExecutor() });
      if (this.#kill !== undefined) this.#pursueKill();
      return true;
    }
    this.#run = undefined;
    if (this.#kill !== undefined) {
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
   * time that is left. `silent`: its end is not reported. `maxGraceMs` bounds the grace period.
   */
  kill(options: { policy?: KillPolicy | undefined; silent?: boolean; maxGraceMs?: number } = {}): void {
    const silent = options.silent === true;
    const graceNanoseconds =
      options.policy?.grace_period?.nanoseconds ?? this.info.kill_policy?.grace_period?.nanoseconds;
    const graceMs = Math.min(
      graceNanoseconds === undefined ? defaultGracePeriodMs : Math.max(0, graceNanoseconds / 1e6),
      options.maxGraceMs ?? Infinity,
    );
    if (this.#ended) {
      if (silent) this.#kill = { deadlineMs: 0, silent, terminated: true };
      return;
    }
    const first = this.#kill === undefined;
    const deadlineMs = Math.min(this.#host.now() + graceMs, this.#kill?.deadlineMs ?? Infinity);
    this.#kill = {
      deadlineMs,
      silent: silent || this.#kill?.silent === true,
      terminated: this.#kill?.terminated === true,
    };
    void this.#append({ type: 'kill', deadlineMs, silent: this.#kill.silent });
    if (this.#run === undefined) {
      this.#launching.abort();
      return;
    }
    if (first && !silent && capabilitiesOf(this.framework).has('TASK_KILLING_STATE')) {
      this.#update({ state: 'TASK_KILLING', ...this.#fromExecutor() });
    }
    this.#pursueKill();
  }

  /** Does what the kill asks for by now, and comes back for the rest. */
  #pursueKill(): void {
    clearTimeout(this.#timer);
    const kill = this.#kill;
    const run = this.#run;
    if (kill === undefined || run === undefined || this.settle()) return;
    const leftMs = kill.deadlineMs - this.#host.now();
    let againMs: number;
    if (leftMs <= 0) {
      run.kill();
      this.#sweep(run);
      againMs = killRetryMs;
    } else {
      kill.terminated ||= run.terminate();
      againMs = kill.terminated ? leftMs : Math.min(startingRetryMs, leftMs);
    }
    this.#timer = setTimeout(() => this.#pursueKill(), againMs);
  }

  /** Looks whether the run has ended, and if so ends the task; true when it has ended. */
  settle(): boolean {
    if (this.#ended) return true;
    const run = this.#run;
    if (run === undefined || this.#left) return false;
    const recorded = run.end();
    if (recorded === undefined && run.isSupervised()) return false;
    // The supervisor may have written the end between the two looks.
    const end = recorded ?? run.end() ?? { kind: 'lost', why: run.lossReason };
    if (end.kind === 'lost') run.kill();
    this.#sweep(run);
    this.#end(end);
    return true;
  }

  #sweep(run: TaskRun): void {
    if (run.task !== undefined) this.#host.sweeper.add({ leader: run.task, sandbox: this.#sandbox });
  }

  #end(end: RunEnd): void {
    const killed = this.#kill !== undefined;
    if (end.kind === 'lost') {
      this.#finish({
        state: killed ? 'TASK_KILLED' : 'TASK_FAILED',
        message: `Abnormal executor termination: ${end.why}`,
        source: 'SOURCE_AGENT',
        reason: 'REASON_EXECUTOR_TERMINATED',
      });
    } else this.#finish({ ...terminalStatusOf(end, killed), ...this.#fromExecutor() });
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
    clearTimeout(this.#timer);
    this.#update(status);
    this.#host.onEnd(this, this.isSilent);
  }

  /** Notes that the framework has taken over an update. */
  acknowledged(uuid: string): void {
    void this.#append({ type: 'acknowledge', uuid });
  }

  /** Leaves the task to the next agent: nothing is done about it from here on. */
  async leave(): Promise<void> {
    this.#left = true;
    clearTimeout(this.#timer);
    await this.records.flush().catch(() => undefined);
  }

  /** Aborts a launch that has not come to a process yet, without a word: the next agent launches the task afresh. */
  abandonLaunch(): void {
    if (this.#run !== undefined || this.#ended) return;
    this.#ended = true;
    this.#launching.abort();
  }

  #fromExecutor(): { source: 'SOURCE_EXECUTOR'; container_status: ContainerStatus } {
    const pid = this.executorPid;
    const { agentIp } = this.#host;
    return {
      source: 'SOURCE_EXECUTOR',
      container_status: {
        container_id: { value: this.#containerId },
        network_infos: [{ ip_addresses: [{ protocol: agentIp.includes(':') ? 'IPv6' : 'IPv4', ip_address: agentIp }] }],
        ...(pid === undefined ? {} : { executor_pid: pid }),
      },
    };
  }

  #remember(status: TaskStatus): void {
    if (this.#statuses.at(-1)?.state === status.state) this.#statuses.pop();
    this.#statuses.push(status);
  }

  #append(entry: Parameters<TaskRecords['append']>[0]): Promise<void> {
    return this.records.append(entry).catch((error: unknown) => {
      this.#logger.error(
        { error: messageOf(error) },
        'the record of a task cannot be written, a restart will not know it',
      );
    });
  }

  #update(part: StatusPart): void {
    const status: TaskStatus = {
      task_id: this.info.task_id,
      ...part,
      agent_id: { value: this.#host.agentId },
      executor_id: { value: this.taskId },
      timestamp: this.#host.now() / 1000,
      uuid: this.#host.newUpdateUuid(),
    };
    this.#remember(status);
    if (this.isSilent) return;
    void this.#append({ type: 'update', status }).then(() => {
      if (!this.isSilent) this.#host.deliver(this.frameworkId, status);
    });
  }
}

type StatusPart = Pick<TaskStatus, 'state' | 'message' | 'source' | 'reason' | 'container_status'>;
