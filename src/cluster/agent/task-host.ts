import type { Logger } from '../../common/logger.js';
import type { TaskStatus } from '../../mesos/types.js';
import type { AgentTask } from './agent-task.js';
import type { Prober } from './checks/prober.js';
import type { EngineFinder } from './containers/find-engine.js';
import type { Secrets } from './containers/secrets.js';
import type { Fetcher } from './fetcher/fetcher.js';
import type { AgentLayout } from './layout.js';
import type { DiskWatch } from './limits/disk-watch.js';
import type { MemoryWatch } from './limits/memory-watch.js';
import type { ProcessSweeper } from './process-sweeper.js';
import type { TaskUsers } from './task-user.js';

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
  readonly engines: EngineFinder;
  readonly secrets: Secrets;
  readonly prober: Prober;
  readonly diskWatch: DiskWatch;
  readonly memoryWatch: MemoryWatch;
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
