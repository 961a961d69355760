import { join, resolve } from 'node:path';

/**
 * Where the agent keeps what: sandboxes in Mesos' layout below `slaves`, its own records (never served, readable by its own
 * user only) below `meta`.
 */
export interface AgentLayout {
  readonly root: string;
  /** All that `/files` may show lies below. */
  readonly sandboxes: string;
  readonly meta: string;
  readonly agentFile: string;
  /** Who uses all this: see `claimDirectory`. */
  readonly agentLock: string;
  /** The program that supervises one task. */
  readonly supervisorScript: string;
  readonly frameworks: string;
  /** Secrets of running tasks that are processes, by container: `/files` must not show them. */
  readonly secrets: string;
  /** The data of persistent volumes. */
  readonly volumes: string;
  /** Files that several tasks fetch. */
  readonly fetchCache: string;
  /** Present once the engine of this machine has been given a container. */
  readonly containersMark: string;
}

export function agentLayout(workDir: string): AgentLayout {
  const root = resolve(workDir, 'cluster', 'agent');
  const meta = join(root, 'meta');
  return {
    root,
    sandboxes: join(root, 'slaves'),
    meta,
    agentFile: join(meta, 'agent.json'),
    agentLock: join(meta, 'agent.lock'),
    supervisorScript: join(meta, 'supervise-task.sh'),
    frameworks: join(meta, 'frameworks'),
    secrets: join(root, 'secrets'),
    volumes: join(root, 'volumes'),
    fetchCache: join(root, 'fetch-cache'),
    containersMark: join(meta, 'containers'),
  };
}

/** The records of one framework, and in it `framework.json` and `tasks/`. */
export function frameworkRecords(layout: AgentLayout, frameworkId: string): string {
  return join(layout.frameworks, frameworkId);
}

/** The records of one task: `task.json`, `journal` and `runs/<container id>/`. */
export function taskRecords(layout: AgentLayout, frameworkId: string, taskId: string): string {
  return join(frameworkRecords(layout, frameworkId), 'tasks', taskId);
}

/** `…/executors/<executor id>`, whose `runs/` holds a directory per container and the link `latest`. */
export function executorDirectory(
  layout: AgentLayout,
  agentId: string,
  frameworkId: string,
  executorId: string,
): string {
  return join(layout.sandboxes, agentId, 'frameworks', frameworkId, 'executors', executorId);
}
