import type { Instance } from '../model/instance.js';
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
