import type { OfferOperation, TaskInfo, Value } from '../../mesos/types.js';
import type { Framework, MasterState, OfferRecord } from './state.js';

/** Why these offers cannot be accepted together; undefined when they can. */
export function offersProblem(
  state: MasterState,
  framework: Framework,
  offerIds: readonly Value[],
): string | undefined {
  const seen = new Set<string>();
  let first: OfferRecord | undefined;
  for (const { value } of offerIds) {
    if (seen.has(value)) return `Duplicate offer ${value} in offer list`;
    seen.add(value);
    const offer = state.offers.get(value);
    if (offer === undefined) return `Offer ${value} is no longer valid`;
    if (offer.frameworkId !== framework.id) {
      return `Offer ${value} has invalid framework ${offer.frameworkId} while framework ${framework.id} is expected`;
    }
    first ??= offer;
    if (offer.agentId !== first.agentId) {
      return (
        'Aggregated offers must belong to one single agent. ' +
        `Offer ${value} uses agent ${offer.agentId} and agent ${first.agentId}`
      );
    }
    if (offer.role !== first.role) {
      return (
        'Aggregated offers must be allocated to the same role. ' +
        `Offer ${value} uses role ${offer.role} but another is using role ${first.role}`
      );
    }
  }
  return undefined;
}

/** The tasks of a LAUNCH or LAUNCH_GROUP, in order. */
export function launchedTasks({ launch, launch_group }: OfferOperation): readonly TaskInfo[] {
  return launch?.task_infos ?? launch_group?.task_group.tasks ?? [];
}
