import type { OfferOperation as MesosOperation, TaskInfo } from '../../../mesos/types.js';
import type { OfferOperation } from '../../model/offer.js';
import { taskInfoOf } from './task-info.js';

/** Operations of the core's in Mesos' form, on an offer that was made to `role`; tasks that are launched one after the other are one LAUNCH. */
export function operationsOf(operations: readonly OfferOperation[], role: string): MesosOperation[] {
  const result: MesosOperation[] = [];
  let tasks: TaskInfo[] | undefined;
  for (const operation of operations) {
    if (tasks === undefined) {
      tasks = [];
      result.push({ type: 'LAUNCH', launch: { task_infos: tasks } });
    }
    tasks.push(taskInfoOf(operation.task, role));
  }
  return result;
}
