import { realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { codeOf, messageOf } from '../../common/errors.js';
import { pathOfFileUri } from './file-uri.js';

/** A request names a file that it may not, or that is none. */
export class RequestedFileError extends Error {
  override readonly name = 'RequestedFileError';
  readonly parameter: 'backup' | 'restore';

  constructor(parameter: 'backup' | 'restore', message: string) {
    super(message);
    this.parameter = parameter;
  }
}

/**
 * The path of the file that a parameter of a request names. Whoever may use the API must not write to, or read, any file of this host:
 * the file must be in the directory of `--backup_location` or below it, whatever links there are. Throws RequestedFileError.
 */
export async function requestedFile(
  parameter: 'backup' | 'restore',
  uri: string,
  backupLocation: string | undefined,
): Promise<string> {
  const refuse = (why: string): never => {
    throw new RequestedFileError(parameter, why);
  };
  const path = pathOfFileUri(uri) ?? refuse('must be a URI like file:///path/to/file');
  const location = backupLocation === undefined ? undefined : pathOfFileUri(backupLocation);
  if (location === undefined) {
    return refuse(
      'needs --backup_location, with which the scheduler is told what directory backups are in: without it a request could overwrite any file',
    );
  }
  const real = async (what: string, kind: string): Promise<string> => {
    try {
      return await realpath(what);
    } catch (error) {
      return refuse(codeOf(error) === 'ENOENT' ? `there is no ${kind} ${what}` : messageOf(error));
    }
  };
  const allowed = await real(dirname(location), 'directory');
  const found =
    parameter === 'restore' ? await real(path, 'file') : join(await real(dirname(path), 'directory'), basename(path));
  if (!found.startsWith(allowed.endsWith(sep) ? allowed : allowed + sep)) {
    return refuse(`must be in ${dirname(location)}, the directory of --backup_location, or below it`);
  }
  return found;
}
