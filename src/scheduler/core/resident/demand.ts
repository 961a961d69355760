import type { Instance } from '../../model/instance.js';
import type { RunSpec } from '../../model/run-spec.js';
import { isOld } from '../deployment/actions.js';
import { launchedDefinition } from '../deployment/launched-definition.js';
import { publishInstanceChanged } from '../instance-events.js';
import { instancesOf } from '../state.js';
import type { Tx } from '../tx.js';
import { isEnding, isParked } from './phase.js';
import { isResident } from './volumes.js';

/** The instance shall run again, in its place; a task that was lost with its agent is taken up as it is. */
function takeUp(tx: Tx, runSpec: RunSpec, parked: Instance): void {
  const { drainUntil, killRequestedAt, ...kept } = parked;
  const appVersion = parked.condition === 'Scheduled' ? runSpec.version : parked.appVersion;
  tx.keepDefinition(runSpec);
  const wanted: Instance = { ...kept, goal: 'Running', appVersion };
  tx.putInstance(wanted);
  publishInstanceChanged(tx, wanted);
}

/**
 * How many instances of an app or pod are to be launched, those that wait in their places included, when `launches` of them have no place
 * among the running. Places that were kept are taken up first, also those whose tasks have not ended yet: nobody starts with empty volumes
 * while there are full ones.
 */
export function demandOf(tx: Tx, id: string, launches: number): number {
  const runSpec = launchedDefinition(tx.state, id);
  if (runSpec === undefined || !isResident(runSpec)) return launches;
  let missing = launches;
  if (missing > 0) {
    const instances = instancesOf(tx.state, id);
    const parked = instances
      .filter((instance) => isParked(instance) && (instance.condition === 'Scheduled' || !isOld(runSpec, instance)))
      .sort((a, b) => Number(b.condition === 'Scheduled') - Number(a.condition === 'Scheduled'))
      .slice(0, missing);
    for (const instance of parked) takeUp(tx, runSpec, instance);
    const stopping = instances.filter((instance) => instance.goal === 'Stopped' && isEnding(instance));
    missing = Math.max(0, missing - parked.length - stopping.length);
  }
  const scheduled = tx.state.scheduled.get(id)?.size ?? 0;
  return Math.min(runSpec.instances, missing + scheduled);
}
