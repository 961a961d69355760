import { availableParallelism } from 'node:os';

/** More are of no use, and are refused. */
const maxWorkers = 64;

/** How many processes answer queries when nobody says: one per core, and none where there is one core: two would share it. */
export function defaultWorkers(cores = availableParallelism()): number {
  return cores === 1 ? 0 : Math.min(cores, maxWorkers);
}
