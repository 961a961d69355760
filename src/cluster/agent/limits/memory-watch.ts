import type { Logger } from '../../../common/logger.js';
import { chargedBytesOfSession, usageBySession } from '../process-table.js';
import type { Limited } from './limit-watch.js';
import { LimitWatch } from './limit-watch.js';

const defaultIntervalMs = 1000;
/** Looking costs a pass over the process table. */
const maxShare = 0.02;

interface WatchedSession extends Limited {
  /** The session of the task's processes; undefined while there is none. */
  readonly session: () => number | undefined;
}

export type MemoryWatch = LimitWatch<WatchedSession>;

/** Looks from time to time how much memory the processes of running tasks have, for nothing else holds them to their limit. */
export function createMemoryWatch(options: {
  readonly logger: Logger;
  readonly intervalMs?: number | undefined;
}): MemoryWatch {
  const { logger, intervalMs = defaultIntervalMs } = options;
  return new LimitWatch<WatchedSession>({
    logger,
    intervalMs,
    maxShare,
    look: async () => {
      const usage = await usageBySession();
      return async ({ session, limitBytes }) => {
        const id = session();
        const resident = id === undefined ? 0 : (usage.get(id)?.residentBytes ?? 0);
        // Pages that processes share are in the resident size of each: only what is their own counts.
        return id === undefined || resident <= limitBytes ? resident : chargedBytesOfSession(id);
      };
    },
    logExceeded: ({ session }, used) => logger.info({ session: session(), used }, 'a task has more memory than it may'),
  });
}
