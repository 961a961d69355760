import { InstanceTallies } from '../../src/scheduler/core/instance-tallies.js';
import { standingOf } from '../../src/scheduler/core/standing.js';
import type { SchedulerState } from '../../src/scheduler/core/state.js';

/** Throws if the instances that were counted one change after the other are not those that a census counts. */
export function requireSameTallies(state: SchedulerState): void {
  const census = new InstanceTallies();
  for (const instance of state.instances.values()) census.set(instance, standingOf(state, instance));
  for (const id of new Set([...state.instancesOf.keys(), ...state.apps.keys(), ...state.pods.keys()])) {
    const [known, expected] = [state.tallies, census].map((tallies) =>
      JSON.stringify([[...tallies.versionsOf(id)].sort(), tallies.of(id)]),
    );
    if (known !== expected) throw new Error(`${id} is counted as ${known}, a census says ${expected}`);
  }
}
