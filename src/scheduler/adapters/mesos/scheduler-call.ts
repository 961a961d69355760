import { unreachable } from '../../../common/errors.js';
import type { FrameworkInfo, SchedulerCall } from '../../../mesos/types.js';
import type { ClusterCall } from '../../core/effects.js';
import { mesosConstraintsOf } from './offer-constraints.js';
import { operationsOf } from './offer-operations.js';
import { killPolicyOf } from './task-info.js';

const values = (ids: readonly string[]): { value: string }[] => ids.map((value) => ({ value }));

/** A call of the core's in Mesos' form; `frameworkInfo`: what the framework says of itself when it has these roles. */
export function schedulerCallOf(
  call: ClusterCall,
  frameworkInfo: (roles: readonly string[]) => FrameworkInfo,
): SchedulerCall {
  switch (call.type) {
    case 'accept':
      return {
        type: 'ACCEPT',
        accept: {
          offer_ids: [{ value: call.offerId }],
          operations: operationsOf(call.operations, {
            role: call.role,
            principal: frameworkInfo([call.role]).principal,
          }),
          // what is left over may be offered again at once: whether it is wanted is for the core to say
          filters: { refuse_seconds: 0 },
        },
      };
    case 'decline':
      return {
        type: 'DECLINE',
        decline: { offer_ids: values(call.offerIds), filters: { refuse_seconds: call.refuseSeconds } },
      };
    case 'subscribeRoles':
      return {
        type: 'UPDATE_FRAMEWORK',
        update_framework: {
          framework_info: frameworkInfo(call.roles),
          suppressed_roles: call.suppressedRoles,
          ...(call.offerConstraints === undefined
            ? {}
            : { offer_constraints: mesosConstraintsOf(call.offerConstraints) }),
        },
      };
    case 'revive':
      return { type: 'REVIVE', revive: { roles: call.roles } };
    case 'suppress':
      return { type: 'SUPPRESS', suppress: { roles: call.roles } };
    case 'kill':
      return {
        type: 'KILL',
        kill: {
          task_id: { value: call.taskId },
          agent_id: { value: call.agentId },
          ...(call.gracePeriodSeconds === undefined ? {} : { kill_policy: killPolicyOf(call.gracePeriodSeconds) }),
        },
      };
    case 'acknowledge':
      return {
        type: 'ACKNOWLEDGE',
        acknowledge: { agent_id: { value: call.agentId }, task_id: { value: call.taskId }, uuid: call.uuid },
      };
    case 'reconcile':
      return {
        type: 'RECONCILE',
        reconcile: {
          tasks: call.tasks.map(({ taskId, agentId }) => ({
            task_id: { value: taskId },
            agent_id: { value: agentId },
          })),
        },
      };
    default:
      return unreachable(call);
  }
}
