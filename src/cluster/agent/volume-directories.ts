import { chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../../common/errors.js';
import { LaunchError } from './launch-error.js';
import type { TaskUser } from './task-user.js';

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/**
 * Makes a directory and those it is in; false when something is there already. The recursive mkdir of Node never ends where the
 * kernel lets nobody make directories (/proc), so each is tried twice at most.
 */
async function makeDirectories(path: string): Promise<boolean> {
  for (let isSecond = false; ; isSecond = true) {
    try {
      await mkdir(path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      if (codeOf(error) !== 'ENOENT' || isSecond) throw error;
      await makeDirectories(dirname(path));
    }
  }
}

/**
 * Makes the directory of a volume when nothing is there; a file or a socket is mounted as it is (`/var/run/docker.sock`). What
 * the agent makes below its own directory belongs to the task's user, what it makes elsewhere to itself. Throws LaunchError.
 */
export async function makeVolumeDirectory(path: string, user: TaskUser | undefined, ownedBelow: string): Promise<void> {
  try {
    const isNew = await makeDirectories(path);
    if (isNew && user !== undefined && path.startsWith(`${ownedBelow}/`)) {
      await chown(path, user.uid, user.gid);
    }
  } catch (error) {
    throw new LaunchError(`the directory '${path}' of a volume cannot be made: ${messageOf(error)}`);
  }
}

/** Gives the directories of persistent volumes to the task's user, as Mesos does. Throws LaunchError when one is gone. */
export async function claimPersistentVolumes(
  volumes: ReadonlyMap<string, string>,
  user: TaskUser | undefined,
): Promise<void> {
  for (const [path, directory] of volumes) {
    const stats = await stat(directory).catch(() => undefined);
    if (stats?.isDirectory() !== true) throw new LaunchError(`the persistent volume '${path}' is gone: ${directory}`);
    if (user !== undefined) await chown(directory, user.uid, user.gid);
  }
}
