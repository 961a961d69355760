import type { Standing } from '../records/standing.js';
import type { HostPort, View, ViewAgent, ViewFramework, ViewTask } from '../records/view.js';
import type { ClusterView } from '../source/cluster-view.js';

/** What the scheduler says of a task that it would not send anything to. */
export type KeptStanding = readonly [taskId: string, is: Exclude<Standing, 'in'>];

/** What is known of a cluster, as it is kept for the time after a restart. */
export interface KeptCluster {
  readonly agents: readonly ViewAgent[];
  readonly frameworks: readonly ViewFramework[];
  readonly tasks: readonly ViewTask[];
  readonly hostAddresses: readonly (readonly [host: string, addresses: readonly string[]])[];
  readonly standings: readonly KeptStanding[];
  readonly leader: HostPort | undefined;
  /** `host:port` of all masters, as RecordOptions has them. */
  readonly masters: readonly string[];
}

/** The cluster at this moment. Costs a reference per item: what they refer to never changes. */
export function clusterNow(view: View, masters: readonly string[]): KeptCluster {
  return {
    agents: [...view.agents.values()],
    frameworks: [...view.frameworks.values()],
    tasks: [...view.tasks.values()],
    hostAddresses: [...view.hostAddresses],
    standings: [...(view.standings ?? [])],
    leader: view.leader,
    masters,
  };
}

/**
 * Fills a view in which there is nothing yet. What the first master says then counts as news of a new leadership. `standings`: there is
 * a scheduler that will say it when a task may have requests again; without one nobody would.
 */
export function restoreInto(
  view: ClusterView,
  kept: KeptCluster,
  { nowMs, standings }: { readonly nowMs: number; readonly standings: boolean },
): void {
  const { agents, frameworks, tasks, leader } = kept;
  view.reset(
    { agents, frameworks, tasks, leader, recoveredAgents: new Set(), masterId: undefined, knowsPids: true },
    { nowMs, newLeadership: true },
  );
  for (const [host, addresses] of kept.hostAddresses) view.setHostAddresses(host, addresses);
  if (!standings) return;
  for (const [taskId, is] of kept.standings) view.setStanding(taskId, is);
}
