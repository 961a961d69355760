import type { Instance } from '../../model/instance.js';
import type { RunSpec } from '../../model/run-spec.js';
import { isOld } from '../deployment/actions.js';
import { isParked } from '../resident/phase.js';
import { instancesOf } from '../state.js';
import type { SchedulerState } from '../state.js';

/** Instances that constraints count: those of the present configuration, so that an upgrade is free of the old ones (marathon.md §10). */
export function countedInstances(state: SchedulerState, runSpec: RunSpec): readonly Instance[] {
  return instancesOf(state, runSpec.id).filter((instance) => !isOld(runSpec, instance) && !isParked(instance));
}
