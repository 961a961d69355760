import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { Clock } from '../../common/time.js';
import type { ClusterView } from '../source/cluster-view.js';
import { saveKept } from './cluster-file.js';
import { saveHeard } from './heard-file.js';
import { clusterNow } from './kept-cluster.js';
import type { KeptFor } from './kept-lines.js';
import { keptPaths } from './last-known-good.js';

/** How the keeping goes. Times in milliseconds since 1970. */
export interface KeepStatus {
  /** When the cluster was as it was last written to disk by this process. */
  readonly savedAtMs: number | undefined;
  /** How often it was, and how often it could not be. */
  readonly saves: number;
  readonly failures: number;
  /** Why the last attempt failed; undefined when it did not. */
  readonly problem: string | undefined;
}

export interface Keeper {
  readonly status: KeepStatus;
  /** Writes what is not on disk yet, and ends. Never rejects. */
  stop(): Promise<void>;
}

/** A change is on disk after about this long, and no sooner after the last one was. */
const saveEveryMs = 2_000;
/** At most a twentieth of the time is spent on saving, however large the cluster is. */
const restPerSave = 19;
/** After a failure: the disk may stay full for long. */
const retryMs = 30_000;
/** However long the last save has taken, and also when the clock was moved back meanwhile. */
const maxRestMs = 60_000;
/** How exactly it is known after a restart when a master was last heard of. */
const heardEveryMs = 15_000;

/**
 * Keeps on disk, below `directory`, what is known of the cluster. What cannot be written is a warning, the first time, and nothing else:
 * answers go on.
 */
export function startKeeper(options: {
  readonly directory: string;
  readonly whose: KeptFor;
  readonly view: ClusterView;
  /** As RecordOptions has them. */
  readonly masters: () => readonly string[];
  /** When a master was last heard of, by this process or the one before; undefined: never, so there is nothing to keep. */
  readonly heardAtMs: () => number | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often it is looked whether there is something to do. */
  readonly everyMs?: number;
}): Keeper {
  const { view, whose, masters, heardAtMs, clock, logger, everyMs = saveEveryMs } = options;
  const paths = keptPaths(options.directory);
  let changes = view.observe();
  let status: KeepStatus = { savedAtMs: undefined, saves: 0, failures: 0, problem: undefined };
  /** The last attempt failed. */
  let unsaved = false;
  let nextMs = 0;
  let heardSavedMs = heardAtMs() ?? 0;
  let work: Promise<void> | undefined;

  async function save(heard: number): Promise<void> {
    const startedMs = clock();
    const noted = changes;
    noted.stop();
    changes = view.observe();
    try {
      await saveKept(paths.cluster, whose, { savedAtMs: startedMs, heardAtMs: heard }, clusterNow(view, masters()));
      if (status.problem !== undefined) logger.info({ path: paths.cluster }, 'the cluster is kept on disk again');
      status = { ...status, savedAtMs: startedMs, saves: status.saves + 1, problem: undefined };
      unsaved = false;
      heardSavedMs = heard;
      nextMs = clock() + Math.min(maxRestMs, restPerSave * (clock() - startedMs));
    } catch (error) {
      unsaved = true;
      const problem = messageOf(error);
      if (status.problem === undefined) {
        logger.warn({ path: paths.cluster, reason: problem }, 'what is known of the cluster cannot be kept on disk');
      }
      status = { ...status, failures: status.failures + 1, problem };
      nextMs = clock() + retryMs;
    }
  }

  /** One look at what there is to do. Never rejects. */
  async function look(ending: boolean): Promise<void> {
    const heard = heardAtMs();
    const restMs = nextMs - clock();
    if (heard === undefined || (restMs > 0 && restMs <= maxRestMs && !ending)) return;
    if (unsaved || changes.touched.size > 0) {
      await save(heard);
    } else if (Math.abs(heard - heardSavedMs) >= (ending ? 1 : heardEveryMs)) {
      heardSavedMs = heard;
      // Without it the age after a restart is greater than it should be, no more
      await saveHeard(paths.heard, whose, heard).catch(() => undefined);
    }
  }

  const timer = setInterval(() => {
    work ??= look(false).finally(() => (work = undefined));
  }, everyMs);

  return {
    get status() {
      return status;
    },
    async stop() {
      clearInterval(timer);
      await work;
      await look(true);
      changes.stop();
    },
  };
}
