import { join } from 'node:path';
import type { Logger } from '../../common/logger.js';
import { bootId } from '../../common/process-identity.js';
import type { TaskInfo } from '../../mesos/types.js';
import { executorDirectory } from './layout.js';
import { openWorkload } from './open-workload.js';
import { persistentVolumes } from './persistent-volumes.js';
import { createSandbox, giveSandboxTo } from './sandbox.js';
import type { IdentifiedFramework, TaskRecords } from './task-checkpoint.js';
import type { EnvironmentFacts } from './task-environment.js';
import type { GroupMember, TaskGroup } from './task-group.js';
import type { TaskHost } from './task-host.js';
import type { TaskUser } from './task-user.js';
import type { Workload } from './workload.js';

/** A task as its launch sees it. */
export interface LaunchedTask extends GroupMember {
  readonly framework: IdentifiedFramework;
  readonly info: TaskInfo;
  readonly executorId: string;
  /** The role whose resources it uses. */
  readonly role: string;
  readonly records: TaskRecords;
  /** The group that it was launched with. */
  readonly group: TaskGroup | undefined;
}

/** One launch of a task, up to its start: its container's id and sandbox, what has to be there before it starts, its workload. */
export class TaskLaunch {
  readonly containerId: string;
  readonly sandbox: string;
  readonly #host: TaskHost;
  readonly #task: LaunchedTask;
  readonly #logger: Logger;
  readonly #onChange: () => void;
  readonly #abort = new AbortController();

  constructor(options: {
    host: TaskHost;
    task: LaunchedTask;
    logger: Logger;
    containerId: string;
    /** Where an earlier agent made it. */
    sandbox?: string | undefined;
    /** The workload may have ended. */
    onChange: () => void;
  }) {
    this.#host = options.host;
    this.#task = options.task;
    this.#logger = options.logger;
    this.#onChange = options.onChange;
    this.containerId = options.containerId;
    this.sandbox = options.sandbox ?? this.#newSandbox();
  }

  #newSandbox(): string {
    const { group, framework, taskId } = this.#task;
    if (group !== undefined) return group.sandboxOf(this.containerId);
    const { layout, agentId } = this.#host;
    return join(executorDirectory(layout, agentId, framework.id.value, taskId), 'runs', this.containerId);
  }

  /** It is not wanted any more: what is being prepared is given up. */
  abort(): void {
    this.#abort.abort();
  }

  throwIfAborted(): void {
    this.#abort.signal.throwIfAborted();
  }

  get isAborted(): boolean {
    return this.#abort.signal.aborted;
  }

  /**
   * Checkpoints the task, makes its sandbox, fetches its URIs and waits for its turn; `after` is on disk before all this. The workload
   * that it resolves to can be started. Rejects when any of it fails, or when it is aborted.
   */
  async prepare(after: Promise<void> | undefined): Promise<Workload> {
    const { containerId, sandbox } = this;
    const { signal } = this.#abort;
    const { info, group, records } = this.#task;
    const checkpoint = { info, containerId, sandbox, bootId: bootId() };
    await records.begin(group === undefined ? checkpoint : { ...checkpoint, group: group.checkpoint }, after);
    const workload = this.open(bootId());
    const user = await this.#user();
    signal.throwIfAborted();
    await this.#makeSandbox(user);
    const uris = info.command?.uris ?? [];
    if (uris.length > 0) {
      await this.#host.fetcher.fetch({ uris, sandbox, containerId, user, signal });
      if (user !== undefined) await giveSandboxTo(sandbox, user);
    }
    await workload.prepare(signal);
    await this.#host.turnToStart();
    return workload;
  }

  async #makeSandbox(user: TaskUser | undefined): Promise<void> {
    const { group, taskId } = this.#task;
    if (group === undefined) return createSandbox(this.sandbox, user);
    await group.prepare(user);
    await group.createTaskSandbox(taskId, this.containerId, user);
  }

  #user(): Promise<TaskUser | undefined> {
    const { group, info, framework } = this.#task;
    return this.#host.users.resolve(info.command?.user, framework.user, group?.sandbox ?? this.sandbox);
  }

  /** What is, or was, started in that boot of the machine. Throws LaunchError. */
  open(startedInBootId: string): Workload {
    const { layout, engines } = this.#host;
    const { containerId, sandbox } = this;
    const { group, info, records } = this.#task;
    return openWorkload(
      {
        info,
        containerId,
        sandbox,
        runDirectory: records.runDirectory(containerId),
        bootId: startedInBootId,
        supervisorScript: layout.supervisorScript,
        environment: this.#environmentFacts(),
        volumes: {
          sandbox,
          persistent: persistentVolumes(layout, info.resources),
          secrets: this.#host.secrets,
          group: group === undefined ? undefined : { sandbox: group.sandbox, persistent: group.persistent },
        },
        secretsDirectory: join(layout.secrets, containerId),
        ownedBelow: layout.root,
        user: () => this.#user(),
        joins: () => group?.joins(this.#task) ?? Promise.resolve(undefined),
        onChange: this.#onChange,
      },
      group,
      { engines, logger: this.#logger, containersMark: layout.containersMark },
    );
  }

  #environmentFacts(): EnvironmentFacts {
    const { agentId, agentPid, agentIp, agentPort, secrets } = this.#host;
    const { framework, executorId, role, group } = this.#task;
    return {
      agentId,
      agentPid,
      agentIp,
      agentPort,
      frameworkId: framework.id.value,
      executorId,
      sandbox: this.sandbox,
      role,
      checkpoint: framework.checkpoint === true,
      isInGroup: group !== undefined,
      secrets,
    };
  }
}
