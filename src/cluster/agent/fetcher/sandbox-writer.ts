import { constants } from 'node:fs';
import { chmod, link, lstat, mkdir, open, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../../../common/errors.js';
import type { FetchLimits } from './limits.js';
import { FetchError } from './fetch-uri.js';

/**
 * Writes what an archive holds below one directory, and nothing outside of it: whatever the names, links and order of the
 * entries, and whatever an earlier archive has left there. Entries that would leave are skipped and told to `onSkip`.
 *
 * - A path is used by its plain segments; one with `..` is skipped, a leading `/` is dropped (as tar does).
 * - A parent that is not a real directory is never written through.
 * - A symbolic link may only go up by leading `..` that stay inside, and then down: as every link is like that, following any
 *   number of them stays inside. Links are made after all files.
 * - A hard link may only name a regular file inside.
 * - Of the mode only the permission bits are kept: no setuid, setgid or sticky bit.
 */
export class SandboxWriter {
  readonly #root: string;
  readonly #limits: FetchLimits;
  readonly #onSkip: (name: string, why: string) => void;
  /** Directories below the root known to be real, by relative path. */
  readonly #directories = new Set<string>(['']);
  readonly #symlinks: { readonly path: string; readonly target: string }[] = [];
  #entries = 0;
  #bytes = 0;

  constructor(root: string, limits: FetchLimits, onSkip: (name: string, why: string) => void) {
    this.#root = root;
    this.#limits = limits;
    this.#onSkip = onSkip;
  }

  #countEntry(): void {
    if (++this.#entries > this.#limits.maxExtractedEntries) {
      throw new FetchError(`the archive holds more than ${this.#limits.maxExtractedEntries} entries`);
    }
  }

  /** The relative path of an entry; undefined when it is skipped. */
  #pathOf(name: string): string | undefined {
    const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
    const problem = segments.includes('..')
      ? 'its path leads upwards'
      : name.includes('\0')
        ? 'its path holds a NUL character'
        : segments.some((segment) => Buffer.byteLength(segment) > 255)
          ? 'a name in its path is too long'
          : undefined;
    if (problem === undefined) return segments.join('/');
    this.#onSkip(name, problem);
    return undefined;
  }

  /** Makes sure that a relative path is a real directory; false when something else is in the way. */
  async #ensureDirectory(path: string): Promise<boolean> {
    if (this.#directories.has(path)) return true;
    const parent = dirname(path);
    if (!(await this.#ensureDirectory(parent === '.' ? '' : parent))) return false;
    const full = join(this.#root, path);
    try {
      await mkdir(full, { mode: 0o755 });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (!(await lstat(full)).isDirectory()) return false;
    }
    this.#directories.add(path);
    return true;
  }

  async #ensureParent(name: string, path: string): Promise<boolean> {
    const parent = dirname(path);
    if (await this.#ensureDirectory(parent === '.' ? '' : parent)) return true;
    this.#onSkip(name, 'a part of its path is not a directory');
    return false;
  }

  /** Removes a file or link that is in the way; false when it is a directory. */
  async #clear(name: string, path: string): Promise<boolean> {
    try {
      await rm(join(this.#root, path), { force: true });
      return true;
    } catch (error) {
      if (codeOf(error) !== 'ERR_FS_EISDIR') throw error;
      this.#onSkip(name, 'there is a directory of that name');
      return false;
    }
  }

  async addDirectory(name: string): Promise<void> {
    this.#countEntry();
    const path = this.#pathOf(name);
    if (path !== undefined && !(await this.#ensureDirectory(path))) {
      this.#onSkip(name, 'a part of its path is not a directory');
    }
  }

  /** `content` is read to its end in any case. */
  async addFile(name: string, mode: number, content: AsyncIterable<Uint8Array>): Promise<void> {
    this.#countEntry();
    const path = this.#pathOf(name);
    const usable =
      path !== undefined && path !== '' && (await this.#ensureParent(name, path)) && (await this.#clear(name, path));
    if (!usable) {
      for await (const chunk of content) this.#countBytes(chunk);
      return;
    }
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const file = await open(join(this.#root, path), flags, 0o600);
    try {
      for await (const chunk of content) {
        this.#countBytes(chunk);
        await file.write(chunk);
      }
      // The owner can always read and write what was fetched; who else may, the archive says.
      await file.chmod((mode & 0o777) | 0o600);
    } finally {
      await file.close();
    }
  }

  #countBytes(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.maxExtractedBytes) {
      throw new FetchError(`the archive holds more than ${this.#limits.maxExtractedBytes} bytes`);
    }
  }

  addSymlink(name: string, target: string): void {
    this.#countEntry();
    const path = this.#pathOf(name);
    if (path === undefined || path === '') return;
    const depth = path.split('/').length - 1;
    const up = /^(?:\.\.\/+|\.\/+)*(?:\.\.?$)?/.exec(target)?.[0] ?? '';
    const ups = up.split('/').filter((segment) => segment === '..').length;
    const down = target.slice(up.length).split('/');
    if (target === '' || target.startsWith('/') || target.includes('\0') || ups > depth || down.includes('..')) {
      this.#onSkip(name, `it is a link to ${JSON.stringify(target)}, which may be outside of the sandbox`);
      return;
    }
    this.#symlinks.push({ path, target });
  }

  async addHardLink(name: string, target: string): Promise<void> {
    this.#countEntry();
    const path = this.#pathOf(name);
    const source = this.#pathOf(target);
    if (path === undefined || source === undefined || path === source) return;
    const isFile =
      (await this.#ensureParent(name, source)) &&
      (await lstat(join(this.#root, source)).catch(() => undefined))?.isFile();
    if (isFile !== true) {
      this.#onSkip(name, `it is a link to ${JSON.stringify(target)}, which is not a file of the archive`);
      return;
    }
    if (!(await this.#ensureParent(name, path)) || !(await this.#clear(name, path))) return;
    await link(join(this.#root, source), join(this.#root, path));
  }

  /** For entries of other kinds: devices, FIFOs, sockets. */
  skip(name: string, why: string): void {
    this.#countEntry();
    this.#onSkip(name, why);
  }

  /** Makes the links. */
  async finish(): Promise<void> {
    for (const { path, target } of this.#symlinks) {
      if (!(await this.#ensureParent(path, path)) || !(await this.#clear(path, path))) continue;
      await symlink(target, join(this.#root, path));
    }
  }
}

/** Makes a fetched file executable for everybody who may read it. */
export async function makeExecutable(path: string): Promise<void> {
  await chmod(path, 0o755);
}
