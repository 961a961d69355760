import type { HostPort, ViewAgent, ViewFramework, ViewTask } from '../records/view.js';

/** The whole cluster, as one master saw it at one time. */
export interface Snapshot {
  readonly agents: readonly ViewAgent[];
  readonly frameworks: readonly ViewFramework[];
  readonly tasks: readonly ViewTask[];
  /** Agents that the master knows from before its election and that have not registered again yet. */
  readonly recoveredAgents: ReadonlySet<string>;
  readonly leader: HostPort | undefined;
  /** Of the master process; a new leader has another one. Undefined when it is not known. */
  readonly masterId: string | undefined;
  /** The v1 API does not show the pids of frameworks: what is known of them stays. */
  readonly knowsPids: boolean;
}
