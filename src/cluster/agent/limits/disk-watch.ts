import { opendir, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../../common/logger.js';
import type { Limited } from './limit-watch.js';
import { LimitWatch } from './limit-watch.js';

/** Mesos' `--container_disk_watch_interval`. */
const defaultIntervalMs = 15_000;
/** A sandbox with more entries is not counted to its end. */
const maxEntries = 1_000_000;
const bytesPerBlock = 512;

interface WatchedDirectory extends Limited {
  readonly directory: string;
}

export type DiskWatch = LimitWatch<WatchedDirectory>;

/** What a directory takes on its disk, links not followed; stops counting above `enoughBytes`. Files that vanish count for nothing. */
export async function diskUsage(directory: string, enoughBytes: number): Promise<number> {
  let used = 0;
  let entries = 0;
  const waiting = [directory];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    let open;
    try {
      open = await opendir(next);
    } catch {
      continue;
    }
    for await (const entry of open) {
      if (++entries > maxEntries || used > enoughBytes) return used;
      const path = join(next, entry.name);
      const stats = await lstat(path).catch(() => undefined);
      if (stats === undefined) continue;
      used += stats.blocks * bytesPerBlock;
      if (stats.isDirectory()) waiting.push(path);
    }
  }
  return used;
}

/** Looks from time to time, one after the other, how much the sandboxes of running tasks take. */
export function createDiskWatch(options: {
  readonly logger: Logger;
  readonly intervalMs?: number | undefined;
}): DiskWatch {
  const { logger, intervalMs = defaultIntervalMs } = options;
  return new LimitWatch<WatchedDirectory>({
    logger,
    intervalMs,
    maxShare: 1,
    look: () => Promise.resolve(({ directory, limitBytes }) => diskUsage(directory, limitBytes)),
    logExceeded: ({ directory }, used) =>
      logger.info({ directory, used }, 'a sandbox takes more disk than its task may'),
  });
}
