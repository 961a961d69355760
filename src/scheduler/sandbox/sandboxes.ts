import { executorIdOf, instanceIdOf, isAppTask } from '../core/launch/task-id.js';
import type { AgentFiles } from '../ports/agent-files.js';

/** A task whose sandbox is looked for. */
export interface SandboxTask {
  readonly taskId: string;
  readonly frameworkId: string;
  readonly agentId: string;
  /** As the master tells it; undefined: it is the one that this scheduler gives to such a task. */
  readonly executorId?: string | undefined;
}

/** There is no such file, or no sandbox any more; `message` says which. */
export class NoSuchFileError extends Error {
  override readonly name = 'NoSuchFileError';
}

/** Where sandboxes are that are not in their usual place is remembered for so many tasks. */
const maxRemembered = 1_000;

/** Ids that may be a part of a path. */
const plainId = /^(?!\.{1,2}$)[^/\0]+$/;

/**
 * Where the sandbox of a task is as agents of today call it, wherever it is on their disk: the last run of its executor, and of a
 * container of a pod a directory therein.
 */
function usualPlace({ taskId, frameworkId, executorId: told }: SandboxTask): string | undefined {
  const isOfGroup = !isAppTask(taskId);
  const executorId = told ?? (isOfGroup ? executorIdOf(instanceIdOf(taskId)) : taskId);
  if (![frameworkId, executorId, taskId].every((id) => plainId.test(id))) return undefined;
  const sandbox = `/frameworks/${frameworkId}/executors/${executorId}/runs/latest`;
  return isOfGroup ? `${sandbox}/tasks/${taskId}` : sandbox;
}

const below = (sandbox: string, path: string): string => (path === '' ? sandbox : `${sandbox}/${path}`);

/** Finds the sandboxes of tasks on their agents. */
export class Sandboxes {
  readonly #files: AgentFiles;
  /** By task id, the longest unused first; only those that are not in their usual place. */
  readonly #places = new Map<string, string>();

  constructor(files: AgentFiles) {
    this.#files = files;
  }

  /**
   * Does something with what is at `path` in the sandbox of a task; `use` is given the agent's own path, and answers undefined when nothing
   * is there. Throws NoSuchFileError, and what AgentFiles throws.
   */
  async with<T>(task: SandboxTask, path: string, use: (agentPath: string) => Promise<T | undefined>): Promise<T> {
    const { taskId, agentId, frameworkId } = task;
    const place = this.#places.get(taskId) ?? usualPlace(task);
    if (place !== undefined) {
      const found = await use(below(place, path));
      if (found !== undefined) return found;
      if (path !== '' && (await this.#files.browse(agentId, place)) !== undefined) throw noFile(path);
    }
    const told = await this.#files.sandboxOf(agentId, frameworkId, taskId);
    if (told === undefined) {
      throw new NoSuchFileError(
        `The agent ${agentId} has no sandbox of the task ${taskId}: it was not made yet, or it was deleted after the task's end`,
      );
    }
    this.#remember(taskId, told);
    const found = await use(below(told, path));
    if (found === undefined) throw noFile(path);
    return found;
  }

  #remember(taskId: string, place: string): void {
    this.#places.delete(taskId);
    this.#places.set(taskId, place);
    const [oldest] = this.#places.keys();
    if (this.#places.size > maxRemembered && oldest !== undefined) this.#places.delete(oldest);
  }
}

function noFile(path: string): NoSuchFileError {
  return new NoSuchFileError(`There is no ${path === '' ? 'such directory' : path} in the sandbox`);
}
