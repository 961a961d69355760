import { existsSync } from 'node:fs';
import { chown, mkdir, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutorInfo, TaskState } from '../../mesos/types.js';
import type { ContainerInfo, PortMapping } from './containers/container-info.js';
import type { NetworkPlan } from './containers/container-plan.js';
import { networkOf, networkPorts } from './containers/container-plan.js';
import { LaunchError } from './launch-error.js';
import type { AgentLayout } from './layout.js';
import { persistentVolumes } from './persistent-volumes.js';
import { appendToLog, createSandbox } from './sandbox.js';
import type { GroupCheckpoint, IdentifiedFramework } from './task-checkpoint.js';
import type { TaskUser } from './task-user.js';

/** A task as its group sees it. */
export interface GroupMember {
  readonly taskId: string;
  readonly hasEnded: boolean;
  kill(options?: { graceMs?: number }): void;
}

/** The network of a group, once its first container is up. */
interface GroupNetwork {
  readonly name: string;
  readonly addresses: readonly string[];
}

/**
 * The tasks that were launched together in one executor of Mesos' default kind: they share its sandbox and its network, and
 * when one of them fails or is killed, the others are killed, too.
 */
export class TaskGroup {
  readonly framework: IdentifiedFramework;
  readonly checkpoint: GroupCheckpoint;
  readonly #layout: AgentLayout;
  readonly #onEnd: (group: TaskGroup) => void;
  readonly #members = new Map<string, GroupMember>();
  #isEnding = false;
  #isOver = false;
  #prepared: Promise<void> | undefined;
  /** The task whose container has the network. */
  #leader: string | undefined;
  #network: GroupNetwork | undefined;
  readonly #networkIsKnown: Promise<GroupNetwork>;
  #settleNetwork: { resolve: (network: GroupNetwork) => void; reject: (error: Error) => void };

  constructor(options: {
    framework: IdentifiedFramework;
    checkpoint: GroupCheckpoint;
    layout: AgentLayout;
    /** The last task has ended. */
    onEnd: (group: TaskGroup) => void;
  }) {
    this.framework = options.framework;
    this.checkpoint = options.checkpoint;
    this.#layout = options.layout;
    this.#onEnd = options.onEnd;
    this.#settleNetwork = { resolve: () => undefined, reject: () => undefined };
    this.#networkIsKnown = new Promise((resolve, reject) => {
      this.#settleNetwork = { resolve, reject };
    });
    // Nobody may ever ask for it.
    this.#networkIsKnown.catch(() => undefined);
  }

  get executor(): ExecutorInfo {
    return this.checkpoint.executor;
  }

  get executorId(): string {
    return this.executor.executor_id.value;
  }

  get containerId(): string {
    return this.checkpoint.containerId;
  }

  get sandbox(): string {
    return this.checkpoint.sandbox;
  }

  get members(): readonly GroupMember[] {
    return [...this.#members.values()];
  }

  /** Its tasks are being killed: so is whoever comes later. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  get #container(): ContainerInfo | undefined {
    return this.executor.container;
  }

  /** The network of all its tasks. Throws LaunchError. */
  get network(): NetworkPlan {
    return networkOf(this.#container);
  }

  get ports(): readonly PortMapping[] {
    return networkPorts(this.#container);
  }

  /** The persistent volumes that its tasks may share. Throws LaunchError. */
  get persistent(): ReadonlyMap<string, string> {
    return persistentVolumes(this.#layout, this.executor.resources ?? []);
  }

  get addresses(): readonly string[] {
    return this.#network?.addresses ?? [];
  }

  /** The tasks have to be added before the first is launched; `hasContainer`: with an image, so that it can have a network. */
  add(member: GroupMember, hasContainer: boolean): void {
    this.#members.set(member.taskId, member);
    if (hasContainer) this.#leader ??= member.taskId;
  }

  isLeader(member: GroupMember): boolean {
    return this.#leader === member.taskId;
  }

  /** Makes the sandbox that the tasks share, once. */
  prepare(user: TaskUser | undefined): Promise<void> {
    this.#prepared ??= this.#prepare(user);
    return this.#prepared;
  }

  async #prepare(user: TaskUser | undefined): Promise<void> {
    // An earlier agent may have made it, and not come to start all tasks.
    if (!existsSync(this.sandbox)) await createSandbox(this.sandbox, user);
    for (const name of ['stdout', 'stderr'] as const) await appendToLog(this.sandbox, name, '');
    for (const name of ['containers', 'tasks']) await mkdir(join(this.sandbox, name), { recursive: true });
  }

  sandboxOf(containerId: string): string {
    return join(this.sandbox, 'containers', containerId);
  }

  /** Makes the sandbox of a task, found by the task's id, too. */
  async createTaskSandbox(taskId: string, containerId: string, user: TaskUser | undefined): Promise<void> {
    const sandbox = this.sandboxOf(containerId);
    await mkdir(sandbox, { mode: 0o750 });
    if (user !== undefined) await chown(sandbox, user.uid, user.gid);
    const link = join(this.sandbox, 'tasks', taskId);
    await symlink(join('..', 'containers', containerId), `${sandbox}.link`);
    await rename(`${sandbox}.link`, link);
  }

  /** The container whose network `member` joins; undefined = none: it is the machine's, or the member brings it. */
  async joins(member: GroupMember): Promise<string | undefined> {
    if (this.network.kind === 'host' || this.network.kind === 'none' || this.isLeader(member)) return undefined;
    return (await this.#networkIsKnown).name;
  }

  /** The leader's container is up. */
  networkIsUp(network: GroupNetwork): void {
    this.#network = network;
    this.#settleNetwork.resolve(network);
  }

  /** A task has ended; `silent`: so did the others. */
  ended(member: GroupMember, state: TaskState): void {
    if (this.isLeader(member)) {
      this.#settleNetwork.reject(
        new LaunchError(`the task '${member.taskId}', which has the network of its group, has ended`),
      );
    }
    if (state !== 'TASK_FINISHED' && !this.#isEnding) {
      this.#isEnding = true;
      for (const other of this.members) if (other !== member && !other.hasEnded) other.kill();
    }
    if (this.#isOver || this.members.some((other) => !other.hasEnded)) return;
    this.#isOver = true;
    this.#onEnd(this);
  }

  /** Ends all tasks at once. */
  shutdown(): void {
    this.#isEnding = true;
    for (const member of this.members) if (!member.hasEnded) member.kill({ graceMs: 0 });
  }
}
