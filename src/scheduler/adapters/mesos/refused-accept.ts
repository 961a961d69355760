import type { ClusterCall } from '../../core/effects.js';
import type { OfferOperation } from '../../model/offer.js';
import type { TaskStatusUpdate } from '../../model/task-status.js';

type Accept = Extract<ClusterCall, { readonly type: 'accept' }>;

/** As long as Mesos holds back what is declined without a word on it. */
const refuseSeconds = 5;

interface LaunchedTask {
  readonly taskId: string;
  readonly agentId: string;
}

function launchesOf(operation: OfferOperation): { readonly tasks: readonly LaunchedTask[]; readonly reason: string } {
  switch (operation.type) {
    case 'launch':
      return { tasks: [operation.task], reason: 'REASON_TASK_INVALID' };
    case 'launchGroup':
      return { tasks: operation.group.tasks, reason: 'REASON_TASK_GROUP_INVALID' };
    default:
      return { tasks: [], reason: '' };
  }
}

/**
 * What has become of the tasks of an ACCEPT that the master could not read (a field has a word that only later ones know): none is launched, and
 * nothing else would tell. `answer`: the master's.
 */
export function refusedLaunches({ operations }: Accept, answer: string): TaskStatusUpdate[] {
  const message = `Mesos refused the launch: ${answer}`;
  return operations
    .map(launchesOf)
    .flatMap(({ tasks, reason }) =>
      tasks.map(({ taskId, agentId }) => ({ taskId, agentId, state: 'TASK_ERROR', reason, message, ipAddresses: [] })),
    );
}

/** Gives back the offer of such an ACCEPT: it counts as outstanding, and the agent would be lost to everybody. */
export function declineRefused({ offerId }: Accept): ClusterCall {
  return { type: 'decline', offerIds: [offerId], refuseSeconds };
}
