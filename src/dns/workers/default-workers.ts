import { availableParallelism } from 'node:os';

/** More are of no use, and are refused. */
const maxWorkers = 64;

/**
 * How many processes answer queries when nobody says: one per core. Where there is one core it is one as well, so that whatever the
 * process does that follows the cluster, queries are answered in between.
 */
export function defaultWorkers(cores = availableParallelism()): number {
  return Math.max(1, Math.min(cores, maxWorkers));
}
