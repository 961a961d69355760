import type { Instance } from '../model/instance.js';
import type { TaskStatusUpdate } from '../model/task-status.js';
import type { Tx } from './tx.js';

/** Tells that an instance has another condition now. */
export function publishInstanceChanged(tx: Tx, instance: Instance): void {
  tx.publish({
    type: 'instance_changed_event',
    instanceId: instance.id,
    condition: instance.condition,
    runSpecId: instance.appId,
    agentId: instance.agentId,
    host: instance.host,
    runSpecVersion: instance.appVersion,
  });
}

/** The host ports of a task: of a pod's, those of its container. */
function hostPortsOf({ containers = [], ports }: Instance, taskId: string): readonly number[] {
  return containers.find((container) => container.taskId === taskId)?.ports ?? ports;
}

/** Tells what Mesos said about one of an instance's tasks. */
export function publishStatus(tx: Tx, instance: Instance, status: TaskStatusUpdate): void {
  tx.publish({
    type: 'status_update_event',
    slaveId: instance.agentId,
    taskId: status.taskId,
    taskStatus: status.state,
    message: status.message,
    appId: instance.appId,
    host: instance.host,
    ipAddresses: instance.ipAddresses,
    ports: hostPortsOf(instance, status.taskId),
    version: instance.appVersion,
  });
}
