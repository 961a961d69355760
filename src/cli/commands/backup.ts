import { messageOf, StartupError } from '../../common/errors.js';
import { formatKinds } from '../../scheduler/backup/kinds.js';
import { nameOfPlace, readStoredState } from '../../scheduler/backup/stored-state.js';
import { requireDirectory, writeBackupFile, writeBackupStream } from '../../scheduler/backup/write-backup.js';
import type { Invocation } from '../settings.js';
import { backupFile, statePlace } from './state-place.js';

function print(bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error instanceof Error ? reject(error) : resolve()));
  });
}

/** What stands in the way of writing is outside of this program: one line. */
async function written<Result>(target: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    throw new StartupError(`the backup could not be written to ${target}: ${messageOf(error)}`, { cause: error });
  }
}

/** `ekiden backup`: writes the state to a file, or to the standard output; then the summary goes to the standard error. */
export async function run(invocation: Invocation): Promise<number> {
  const file = backupFile(invocation);
  const target = file ?? 'the standard output';
  // Whoever reads it may go before its end; writing then fails, and says so
  process.stdout.on('error', () => undefined);
  const place = statePlace(invocation, 'backup');
  if (file !== undefined) await written(target, () => requireDirectory(file));
  const { header, kinds } = await readStoredState(place, (source) =>
    written(target, () =>
      file === undefined ? writeBackupStream(print, source, Date.now()) : writeBackupFile(file, source, Date.now()),
    ),
  );
  const summary = file === undefined ? process.stderr : process.stdout;
  const { epoch, holder } = header;
  const held = epoch === null ? '' : `, as of epoch ${epoch}${holder === null || holder === '' ? '' : ` (${holder})`}`;
  summary.write(`${nameOfPlace(place)} is backed up to ${target}: ${formatKinds(kinds)}${held}\n`);
  return 0;
}
