import { join } from 'node:path';
import type { Logger } from '../../common/logger.js';
import { loadKept, removeLeftovers } from './cluster-file.js';
import { loadHeard } from './heard-file.js';
import type { KeptCluster } from './kept-cluster.js';
import type { KeptFor } from './kept-lines.js';

/** What was known longer ago than this is of no use: every task may be elsewhere by now. */
export const maxKeptAgeMs = 7 * 24 * 3600 * 1000;

/** Below `<work_dir>/dns`. */
export interface KeptPaths {
  readonly cluster: string;
  readonly heard: string;
}

export function keptPaths(directory: string): KeptPaths {
  return { cluster: join(directory, 'cluster.jsonl'), heard: join(directory, 'heard.json') };
}

export interface LastKnownGood {
  readonly cluster: KeptCluster;
  /** When a master was last heard of, in milliseconds since 1970; not after now. */
  readonly heardAtMs: number;
}

/**
 * What an earlier name server in this directory knew last of this cluster. Undefined when there was none, and, with a warning,
 * when what it left is damaged, of other masters or another domain, or too old.
 */
export async function loadLastKnownGood(
  directory: string,
  whose: KeptFor,
  { nowMs, logger }: { readonly nowMs: number; readonly logger: Logger },
): Promise<LastKnownGood | undefined> {
  const paths = keptPaths(directory);
  await removeLeftovers(directory, nowMs);
  const ignored = (reason: string): undefined => {
    logger.warn({ path: paths.cluster, reason }, 'what was kept of the cluster is not used');
  };
  const reading = await loadKept(paths.cluster);
  if (reading.type === 'absent') return undefined;
  if (reading.type === 'unusable') return ignored(reading.reason);
  const { master, domain } = reading.whose;
  if (master !== whose.master) return ignored(`it is about the masters ${master}, not ${whose.master}`);
  if (domain !== whose.domain) return ignored(`it is about the domain ${domain}, not ${whose.domain}`);
  const heardAtMs = Math.max(reading.times.heardAtMs, (await loadHeard(paths.heard, whose)) ?? 0);
  const ageMs = Math.max(0, nowMs - heardAtMs);
  if (ageMs > maxKeptAgeMs) {
    return ignored(`it is of ${new Date(heardAtMs).toISOString()}, more than ${maxKeptAgeMs / 86_400_000} days ago`);
  }
  logger.info(
    { path: paths.cluster, ageSeconds: Math.round(ageMs / 1000), tasks: reading.cluster.tasks.length },
    'names are answered from what was known of the cluster last, until a master is reached',
  );
  return { cluster: reading.cluster, heardAtMs: nowMs - ageMs };
}
