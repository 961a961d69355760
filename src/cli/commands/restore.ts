import { StartupError, UsageError } from '../../common/errors.js';
import { formatKinds } from '../../scheduler/backup/kinds.js';
import { BackupError, readBackupFile } from '../../scheduler/backup/read-backup.js';
import type { Backup } from '../../scheduler/backup/read-backup.js';
import { restoreBackup } from '../../scheduler/backup/restore-backup.js';
import { changeStoredState, nameOfPlace } from '../../scheduler/backup/stored-state.js';
import type { Invocation } from '../settings.js';
import { backupFile, statePlace } from './state-place.js';

async function readBackup(file: string): Promise<Backup> {
  try {
    return await readBackupFile(file);
  } catch (error) {
    throw error instanceof BackupError ? new StartupError(error.message, { cause: error }) : error;
  }
}

/** `ekiden restore`: replaces the whole state by that of a backup, and says what was there and what is. */
export async function run(invocation: Invocation): Promise<number> {
  const file = backupFile(invocation);
  if (file === undefined) throw new UsageError('--file -: a backup is looked at before it is restored, give a file');
  const place = statePlace(invocation, 'restore');
  const backup = await readBackup(file);
  const { header } = backup;
  const { without_framework_id: withoutFrameworkId } = invocation.settings;
  const { before, now, frameworkId } = await changeStoredState(place, { mustExist: false }, (store) =>
    restoreBackup(store, backup, { withoutFrameworkId }),
  );
  const framework =
    frameworkId !== undefined
      ? `${frameworkId}: its tasks are taken over where they still run, those launched after the backup are killed`
      : header.frameworkId === null
        ? 'none in the backup: the scheduler registers as a new framework'
        : `${header.frameworkId} is left out: the scheduler registers as a new framework`;
  process.stdout.write(`${nameOfPlace(place)} is restored from ${file}, of ${header.time}, by Ekiden ${header.ekiden}
  before:    ${formatKinds(before)}
  now:       ${formatKinds(now)}
  framework: ${framework}
`);
  return 0;
}
