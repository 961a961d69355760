import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import {
  link,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { codeOf, messageOf, StartupError } from '../../../common/errors.js';
import type { Logger } from '../../../common/logger.js';
import type { Clock } from '../../../common/time.js';
import { ArtifactPathError } from '../../ports/artifact-store.js';
import type { ArtifactInfo, ArtifactStore } from '../../ports/artifact-store.js';
import { encodedPath, namesOf, uploadsFolder } from './artifact-path.js';
import { limited } from './limited.js';
import { PendingWrites, staleAfterMs } from './uploads.js';

export interface FileStoreOptions {
  /** An absolute path; made when it is absent. */
  readonly directory: string;
  readonly maxBytes: number;
  /** The URL below which tasks fetch what is stored (`http://host:8080/v2/artifacts`); undefined: the files themselves (`file:///…`). */
  readonly baseUrl: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often a folder that somebody else removes, because it was empty, is made again. */
const maxAttempts = 5;
/** O_NONBLOCK: a named pipe in the directory must not hold anybody up. */
const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const absentCodes: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'ENXIO']);

async function lstatIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (absentCodes.has(codeOf(error))) return undefined;
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function linkError(path: string): ArtifactPathError {
  return new ArtifactPathError(`'${path}' leads through a symbolic link in the artifact store: links are not followed`);
}

const infoOf = ({ size, mtimeMs }: Stats): ArtifactInfo => ({ bytes: size, lastModifiedMs: Math.floor(mtimeMs) });

/**
 * A file of its own that becomes the target at once. Returns whether there was none before. A hard link cannot be made over a file
 * that is there, so of several that are first, one is.
 */
async function place(temporary: string, target: string): Promise<boolean> {
  let existed: boolean;
  try {
    await link(temporary, target);
    await unlink(temporary);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw error;
    // Not every file system has hard links.
    existed = codeOf(error) === 'EEXIST' || (await lstatIfThere(target)) !== undefined;
  }
  await rename(temporary, target);
  return !existed;
}

class FileStore implements ArtifactStore {
  readonly #root: string;
  readonly #uploads: string;
  readonly #options: FileStoreOptions;
  readonly #writes = new PendingWrites();
  #sweptAtMs = -Infinity;

  /** `root` is a real path: no link leads to it. */
  constructor(root: string, options: FileStoreOptions) {
    this.#root = root;
    this.#uploads = join(root, uploadsFolder);
    this.#options = options;
  }

  uriOf(path: string): string {
    const names = namesOf(path);
    const { baseUrl } = this.#options;
    return baseUrl === undefined ? pathToFileURL(join(this.#root, ...names)).href : `${baseUrl}/${encodedPath(names)}`;
  }

  async info(path: string): Promise<ArtifactInfo | undefined> {
    const target = await this.#existing(path, namesOf(path));
    const stats = target === undefined ? undefined : await lstatIfThere(target);
    if (stats?.isSymbolicLink() === true) throw linkError(path);
    return stats?.isFile() === true ? infoOf(stats) : undefined;
  }

  async read(path: string): Promise<{ readonly info: ArtifactInfo; readonly content: Readable } | undefined> {
    const target = await this.#existing(path, namesOf(path));
    if (target === undefined) return undefined;
    let file: FileHandle;
    try {
      file = await open(target, readFlags);
    } catch (error) {
      if (absentCodes.has(codeOf(error))) return undefined;
      throw codeOf(error) === 'ELOOP' ? linkError(path) : error;
    }
    const stats = await file.stat();
    if (!stats.isFile()) {
      await file.close();
      return undefined;
    }
    return { info: infoOf(stats), content: file.createReadStream() };
  }

  async write(path: string, content: Readable): Promise<{ readonly created: boolean }> {
    return this.#writes.run(content, async () => {
      const names = namesOf(path);
      await this.sweep();
      const temporary = join(this.#uploads, randomUUID());
      try {
        await this.#fill(temporary, content);
        return { created: await this.#publish(temporary, path, names) };
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  async remove(path: string): Promise<boolean> {
    const names = namesOf(path);
    const target = await this.#existing(path, names);
    const stats = target === undefined ? undefined : await lstatIfThere(target);
    if (stats?.isSymbolicLink() === true) throw linkError(path);
    if (target === undefined || stats?.isFile() !== true) return false;
    try {
      await unlink(target);
    } catch (error) {
      if (absentCodes.has(codeOf(error))) return false;
      throw error;
    }
    await syncFolder(dirname(target)).catch(() => undefined);
    await this.#removeEmptyFolders(names);
    return true;
  }

  async close(): Promise<void> {
    await this.#writes.ended();
  }

  /** Removes what dead processes left behind, at most once in the time after which it counts as that. */
  async sweep(): Promise<void> {
    const nowMs = this.#options.clock();
    if (nowMs < this.#sweptAtMs + staleAfterMs) return;
    this.#sweptAtMs = nowMs;
    for (const name of await readdir(this.#uploads)) {
      const path = join(this.#uploads, name);
      const stats = await lstatIfThere(path);
      if (stats === undefined || stats.mtimeMs > nowMs - staleAfterMs) continue;
      this.#options.logger.info({ path }, 'an upload that was never finished is removed');
      await rm(path, { recursive: true, force: true });
    }
  }

  async #fill(temporary: string, content: Readable): Promise<void> {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await writeFile(file, limited(content, this.#options.maxBytes));
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #publish(temporary: string, path: string, names: readonly string[]): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        const target = await this.#made(path, names);
        const created = await place(temporary, target);
        await this.#syncFolders(names);
        return created;
      } catch (error) {
        const code = codeOf(error);
        if (code === 'EISDIR' || code === 'ENOTEMPTY') {
          throw new ArtifactPathError(`'${path}' is a folder of the artifact store: it holds other artifacts`);
        }
        // The last file of a folder was removed in between, and the folder with it.
        if (code !== 'ENOENT' || attempt === maxAttempts) throw error;
      }
    }
  }

  /** The place of an artifact whose folders exist; undefined: they do not. Throws ArtifactPathError when one of them is a link. */
  async #existing(path: string, names: readonly string[]): Promise<string | undefined> {
    let place = this.#root;
    for (const folder of names.slice(0, -1)) {
      place = join(place, folder);
      const stats = await lstatIfThere(place);
      if (stats?.isSymbolicLink() === true) throw linkError(path);
      if (stats?.isDirectory() !== true) return undefined;
    }
    return join(place, names.at(-1) ?? '');
  }

  /** The place of an artifact; its folders are made. One at a time: what makes them all at once follows links. */
  async #made(path: string, names: readonly string[]): Promise<string> {
    let place = this.#root;
    for (const folder of names.slice(0, -1)) {
      place = join(place, folder);
      try {
        await mkdir(place);
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
        const stats = await lstat(place);
        if (stats.isSymbolicLink()) throw linkError(path);
        if (!stats.isDirectory()) {
          throw new ArtifactPathError(`'${path}' cannot be stored: '${folder}' is an artifact, not a folder`);
        }
      }
    }
    return join(place, names.at(-1) ?? '');
  }

  /** Makes names durable, from the artifact's up to that of its topmost folder. */
  async #syncFolders(names: readonly string[]): Promise<void> {
    for (let depth = names.length - 1; depth >= 0; depth--) {
      await syncFolder(join(this.#root, ...names.slice(0, depth)));
    }
  }

  async #removeEmptyFolders(names: readonly string[]): Promise<void> {
    for (let depth = names.length - 1; depth > 0; depth--) {
      try {
        await rmdir(join(this.#root, ...names.slice(0, depth)));
      } catch {
        return; // something else is in it
      }
    }
  }
}

/** Node's own recursive mkdir never returns where nothing can be made, as in /proc (ENOENT below a directory that exists). */
async function makeDirectories(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path || (await lstatIfThere(parent)) !== undefined) throw error;
    await makeDirectories(parent);
    await makeDirectories(path);
  }
}

/**
 * Opens a store in a directory, Marathon's `--artifact_store file:///directory`. Links in it are not followed. Throws StartupError
 * when the directory cannot be made or written to.
 */
export async function openFileStore(options: FileStoreOptions): Promise<ArtifactStore> {
  const { directory } = options;
  try {
    await makeDirectories(directory);
    const root = await realpath(directory);
    await mkdir(join(root, uploadsFolder), { recursive: true, mode: 0o700 });
    const store = new FileStore(root, options);
    const probe = join(root, uploadsFolder, randomUUID());
    await (await open(probe, 'wx')).close();
    await unlink(probe);
    await store.sweep();
    return store;
  } catch (error) {
    const code = codeOf(error);
    const reason =
      code === 'EEXIST' || code === 'ENOTDIR'
        ? 'it, or what it should lie in, is a file and not a directory'
        : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
          ? 'this user may not write there'
          : messageOf(error);
    throw new StartupError(`--artifact_store: ${directory} cannot be used: ${reason}`);
  }
}
