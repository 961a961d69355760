import { safePathOf } from '../../../common/path-id.js';
import type { Instance } from '../../model/instance.js';
import type { Offer } from '../../model/offer.js';
import type { RunSpec } from '../../model/run-spec.js';
import { publishInstanceChanged } from '../instance-events.js';
import type { PickedPorts } from '../match/ports.js';
import { attributesFor } from '../match/spread.js';
import type { Tx } from '../tx.js';

/** The id of a new instance of an app or pod. */
export function newInstanceId(tx: Tx, { id }: Pick<RunSpec, 'id'>): string {
  return `${safePathOf(id)}.instance-${tx.surroundings.uuid()}`;
}

/** What a new instance has of its own, or one that is launched again. */
export type OwnFacts = PickedPorts & Pick<Instance, 'id' | 'taskId' | 'containers' | 'reservation'>;

/** An instance of `runSpec` on the agent of an offer. */
export function instanceOn(
  tx: Tx,
  runSpec: RunSpec,
  offer: Offer,
  { ports, containerPorts, id, taskId, containers, reservation }: OwnFacts,
  condition: Instance['condition'],
): Instance {
  return {
    id,
    taskId,
    ...(containers === undefined ? {} : { containers }),
    appId: runSpec.id,
    appVersion: runSpec.version,
    goal: 'Running',
    condition,
    agentId: offer.agentId,
    host: offer.hostname,
    ...(offer.region === undefined ? {} : { region: offer.region }),
    ...(offer.zone === undefined ? {} : { zone: offer.zone }),
    role: runSpec.role,
    ...(runSpec.constraints.length === 0 ? {} : { attributes: attributesFor(runSpec, offer) }),
    ports,
    ...(containerPorts === undefined ? {} : { containerPorts }),
    ipAddresses: [],
    stagedAt: tx.now,
    ...(reservation === undefined ? {} : { reservation }),
  };
}

/**
 * Stores and announces an instance that is launched on an offer, before its ACCEPT goes out. It is given up if Mesos has not confirmed it in
 * `--task_launch_confirm_timeout`.
 */
export function provision(tx: Tx, runSpec: RunSpec, offer: Offer, own: OwnFacts): Instance {
  const instance = instanceOn(tx, runSpec, offer, own, 'Provisioned');
  tx.putInstance(instance);
  publishInstanceChanged(tx, instance);
  tx.setDeadline(`instance:${instance.id}`, tx.nowMs + tx.settings.taskLaunchConfirmTimeoutMs);
  return instance;
}
