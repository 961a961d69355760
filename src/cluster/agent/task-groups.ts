import { join } from 'node:path';
import type { ExecutorInfo } from '../../mesos/types.js';
import { executorDirectory } from './layout.js';
import type { AgentLayout } from './layout.js';
import type { GroupCheckpoint, IdentifiedFramework } from './task-checkpoint.js';
import { TaskGroup } from './task-group.js';

/** The task groups of this agent that have not ended. */
export class TaskGroups {
  readonly #layout: AgentLayout;
  readonly #agentId: string;
  readonly #onEnd: (group: TaskGroup) => void;
  readonly #groups = new Map<string, TaskGroup>();

  constructor(options: { layout: AgentLayout; agentId: string; onEnd: (group: TaskGroup) => void }) {
    this.#layout = options.layout;
    this.#agentId = options.agentId;
    this.#onEnd = options.onEnd;
  }

  get all(): readonly TaskGroup[] {
    return [...this.#groups.values()];
  }

  get(frameworkId: string, executorId: string): TaskGroup | undefined {
    return this.#groups.get(`${frameworkId} ${executorId}`);
  }

  /** A group whose tasks are to be launched. */
  create(framework: IdentifiedFramework, executor: ExecutorInfo, containerId: string): TaskGroup {
    const executors = executorDirectory(this.#layout, this.#agentId, framework.id.value, executor.executor_id.value);
    return this.#open(framework, { executor, containerId, sandbox: join(executors, 'runs', containerId) });
  }

  /** The group of a task of an earlier agent. */
  recover(framework: IdentifiedFramework, checkpoint: GroupCheckpoint): TaskGroup {
    const { value } = checkpoint.executor.executor_id;
    return this.get(framework.id.value, value) ?? this.#open(framework, checkpoint);
  }

  #open(framework: IdentifiedFramework, checkpoint: GroupCheckpoint): TaskGroup {
    const group = new TaskGroup({
      framework,
      checkpoint,
      layout: this.#layout,
      onEnd: (ended) => {
        this.#groups.delete(`${ended.framework.id.value} ${ended.executorId}`);
        this.#onEnd(ended);
      },
    });
    this.#groups.set(`${framework.id.value} ${group.executorId}`, group);
    return group;
  }

  /** Forgets groups whose tasks had all ended when they were recovered. */
  forgetEnded(): void {
    for (const [key, group] of this.#groups) {
      if (group.members.every((member) => member.hasEnded)) this.#groups.delete(key);
    }
  }
}
