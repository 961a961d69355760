import { messageOf } from '../common/errors.js';
import type { Logger } from '../common/logger.js';
import type { RoleContext } from '../common/role.js';
import type { Clock } from '../common/time.js';
import { pathOfFileUri } from './backup/file-uri.js';
import { formatKinds } from './backup/kinds.js';
import type { Backup } from './backup/read-backup.js';
import { BackupError, readBackupFile } from './backup/read-backup.js';
import { RequestedFileError, requestedFile } from './backup/requested-file.js';
import { restoreBackup } from './backup/restore-backup.js';
import { requireDirectory, writeBackupFile } from './backup/write-backup.js';
import type { Engine } from './engine.js';
import { exitStatus } from './exit-status.js';
import type { LeaderNames } from './leader-address.js';
import { leaderAddress } from './leader-address.js';
import type { SchedulerOptions } from './options.js';
import type { Store } from './ports/store.js';

/** The answer that says so leaves the process first. */
const delayMs = 500;

/** Nothing is decided while a backup is written: a file system that takes it no more must not leave a leader that does nothing for ever. */
const defaultPauseLimitMs = 600_000;

/** What is to be done before the leadership is given up: URIs as in Marathon's `DELETE /v2/leader?backup=…&restore=…`. */
export interface AbdicationWish {
  readonly backup?: string;
  readonly restore?: string;
}

/** The leadership was not given up as was asked; `status` is that of the answer. */
export class AbdicationError extends Error {
  override readonly name = 'AbdicationError';
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

export interface AbdicationParts {
  readonly engine: Pick<Engine, 'pause' | 'resume'>;
  readonly store: Store;
  readonly options: Pick<SchedulerOptions, 'backupLocation'> & LeaderNames;
  readonly fatal: RoleContext['fatal'];
  readonly logger: Logger;
  readonly clock: Clock;
  /** The process ends when a backup and a restore have taken so long together. */
  readonly pauseLimitMs?: number;
}

/** What a wish comes to. */
interface Plan {
  readonly backup: string | undefined;
  readonly restore: { readonly path: string; readonly backup: Backup } | undefined;
}

async function planOf(wish: AbdicationWish, backupLocation: string | undefined): Promise<Plan> {
  const path = wish.restore === undefined ? undefined : await requestedFile('restore', wish.restore, backupLocation);
  const uri = wish.backup ?? backupLocation;
  if (path === undefined && wish.backup === undefined) {
    return { backup: uri === undefined ? undefined : pathOfFileUri(uri), restore: undefined };
  }
  const backup = uri === undefined ? undefined : await requestedFile('backup', uri, backupLocation);
  if (path === undefined) return { backup, restore: undefined };
  if (path === backup) {
    const why = 'is the file that the present state is written to first: name another one with backup';
    throw new RequestedFileError('restore', why);
  }
  try {
    return { backup, restore: { path, backup: await readBackupFile(path) } };
  } catch (error) {
    if (error instanceof BackupError) throw new RequestedFileError('restore', error.message);
    throw error;
  }
}

/**
 * What gives up the leadership: first the state is written to a file, then replaced by that of another file, as is asked; then the process
 * ends, a moment later, by `fatal`. Without a wish for a backup it goes to `--backup_location`, when that is set. From the beginning of a
 * backup on nothing is decided any more, so that it holds all that was answered. Rejects with RequestedFileError or AbdicationError when
 * that cannot be done: the scheduler then goes on to lead, unless it is unknown what is stored. One that takes too long ends the process.
 * To be called any number of times.
 */
export function createAbdication(parts: AbdicationParts): (wish: AbdicationWish) => Promise<void> {
  const { engine, store, options, fatal, logger, clock, pauseLimitMs = defaultPauseLimitMs } = parts;
  let busy = false;
  let timer: NodeJS.Timeout | undefined;

  function end(): void {
    const why = new Error('a client has asked to give up the leadership');
    timer ??= setTimeout(() => fatal(why, exitStatus.leadership), delayMs);
  }

  async function writeBackup(path: string): Promise<void> {
    try {
      await requireDirectory(path);
      const source = { store, epoch: store.epoch, holder: leaderAddress(options) };
      const { kinds } = await writeBackupFile(path, source, clock());
      logger.info({ path }, `the state is backed up: ${formatKinds(kinds)}`);
    } catch (error) {
      const why = `The backup could not be written to ${path}, and the leadership is kept: ${messageOf(error)}`;
      logger.error({ err: error, path }, why);
      throw new AbdicationError(500, why, { cause: error });
    }
  }

  async function restore({ path, backup }: NonNullable<Plan['restore']>): Promise<void> {
    try {
      const { now } = await restoreBackup(store, backup, { withoutFrameworkId: false });
      logger.info({ path, of: backup.header.time }, `the state is restored: ${formatKinds(now)}`);
    } catch (error) {
      const why = `The state could not be restored from ${path}, what is stored is unknown and the process ends: ${messageOf(error)}`;
      fatal(new Error(why, { cause: error }), exitStatus.storeOrFramework);
      throw new AbdicationError(500, why, { cause: error });
    }
  }

  async function prepare(wish: AbdicationWish): Promise<void> {
    const plan = await planOf(wish, options.backupLocation);
    if (plan.backup === undefined && plan.restore === undefined) return;
    const limit = setTimeout(() => {
      fatal(new Error(`the backup or restore was not done within ${pauseLimitMs} ms`), exitStatus.leadership);
    }, pauseLimitMs);
    try {
      await saveAndReplace(plan);
    } finally {
      clearTimeout(limit);
    }
  }

  async function saveAndReplace(plan: Plan): Promise<void> {
    await engine.pause('The leadership is being given up: ask again in a moment');
    if (plan.backup !== undefined) {
      try {
        await writeBackup(plan.backup);
      } catch (error) {
        engine.resume();
        throw error;
      }
    }
    if (plan.restore !== undefined) await restore(plan.restore);
  }

  return async (wish) => {
    const asksForMore = wish.backup !== undefined || wish.restore !== undefined;
    if (busy || (timer !== undefined && asksForMore)) {
      throw new AbdicationError(503, 'The leadership is being given up already');
    }
    if (timer !== undefined) return;
    busy = true;
    try {
      await prepare(wish);
      end();
    } finally {
      busy = false;
    }
  };
}
