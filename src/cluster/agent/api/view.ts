import type { Attribute } from '../../../mesos/types.js';
import type { TaskState } from '../../../mesos/types.js';
import type { Resources } from '../../resources.js';
import type { ClusterOptions } from '../../options.js';
import type { AgentTask } from '../agent-task.js';
import type { AgentLayout } from '../layout.js';
import type { IdentifiedFramework } from '../task-checkpoint.js';

/** A task that has ended, and whose it was. */
export interface EndedTask {
  readonly task: AgentTask;
  readonly framework: IdentifiedFramework;
}

/** What the agent's HTTP API shows. */
export interface AgentView {
  readonly agentId: string;
  /** `slave(1)@ip:port` */
  readonly pid: string;
  readonly hostname: string;
  readonly flags: ClusterOptions;
  readonly layout: AgentLayout;
  readonly startedAtMs: number;
  readonly resources: Resources;
  readonly attributes: readonly Attribute[];
  readonly now: () => number;
  /** Tasks whose end has not been acknowledged; some of them may have ended. */
  readonly tasks: () => readonly AgentTask[];
  /** The last ended tasks by framework, oldest first. */
  readonly ended: () => ReadonlyMap<string, readonly EndedTask[]>;
  readonly counters: () => {
    readonly endedByState: ReadonlyMap<TaskState, number>;
    readonly fetches: { readonly succeeded: number; readonly failed: number };
    readonly garbage: { readonly pending: number; readonly removed: number; readonly failed: number };
    readonly recoverySeconds: number;
    readonly validUpdates: number;
  };
}
