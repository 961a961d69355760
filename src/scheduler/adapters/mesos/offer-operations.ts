import { unreachable } from '../../../common/errors.js';
import type { OfferOperation as MesosOperation, TaskInfo } from '../../../mesos/types.js';
import type { OfferOperation } from '../../model/offer.js';
import {
  createOperations,
  destroyOperations,
  reserveOperations,
  unreserveOperations,
} from './reservation-operations.js';
import type { Reserver } from './reservation-operations.js';
import { launchGroupOf } from './task-group.js';
import { taskInfoOf } from './task-info.js';

/** Operations of the core's in Mesos' form, on an offer that was made to a role; tasks that are launched one after the other are one LAUNCH. */
export function operationsOf(operations: readonly OfferOperation[], reserver: Reserver): MesosOperation[] {
  const result: MesosOperation[] = [];
  let tasks: TaskInfo[] | undefined;
  for (const operation of operations) {
    if (operation.type !== 'launch') tasks = undefined;
    switch (operation.type) {
      case 'launch':
        if (tasks === undefined) {
          tasks = [];
          result.push({ type: 'LAUNCH', launch: { task_infos: tasks } });
        }
        tasks.push(taskInfoOf(operation.task, reserver.role));
        break;
      case 'launchGroup':
        result.push(launchGroupOf(operation.group, reserver.role));
        break;
      case 'reserve':
        result.push(...reserveOperations(operation.reservation, reserver));
        break;
      case 'create':
        result.push(...createOperations(operation.reservation, reserver));
        break;
      case 'destroy':
        result.push(...destroyOperations(operation.reservation));
        break;
      case 'unreserve':
        result.push(...unreserveOperations(operation.reservation));
        break;
      default:
        unreachable(operation);
    }
  }
  return result;
}
