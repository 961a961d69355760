import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../../common/errors.js';

/** A file that is in place or might be, and what it takes to put another one there. */
export interface ConfigFile {
  /** undefined: there is none. */
  readonly text: string | undefined;
  /** Permission bits; those of the new file. */
  readonly mode: number;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

/** The file as it is. Throws when it is there and cannot be read. */
export async function readConfigFile(path: string, defaultMode: number): Promise<ConfigFile> {
  try {
    const [text, { mode, uid, gid }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { text, mode: mode & 0o777, owner: { uid, gid } };
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return { text: undefined, mode: defaultMode, owner: undefined };
  }
}

/**
 * A new configuration beside the live one, under a name that nobody can foresee (the originals use a fixed one in /tmp), with the
 * mode and, where that is allowed, the owner of the one that is there.
 */
export class Candidate {
  readonly path: string;
  readonly #target: string;
  #placed = false;

  private constructor(target: string, path: string) {
    this.#target = target;
    this.path = path;
  }

  static async write(target: string, text: string, { mode, owner }: ConfigFile): Promise<Candidate> {
    const directory = dirname(target);
    await mkdir(directory, { recursive: true });
    const path = join(directory, `.haproxy-${randomBytes(8).toString('hex')}.cfg`);
    const candidate = new Candidate(target, path);
    try {
      const file = await open(path, 'wx', 0o600);
      try {
        await writeFile(file, text);
        if (owner !== undefined) await file.chown(owner.uid, owner.gid).catch(() => undefined);
        await file.chmod(mode);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      await candidate.discard();
      throw error;
    }
    return candidate;
  }

  /** Puts it in the place of the live one, whole or not at all. */
  async place(): Promise<void> {
    await rename(this.path, this.#target);
    this.#placed = true;
  }

  /** Removes it, unless it has been put in place. */
  async discard(): Promise<void> {
    if (!this.#placed) await rm(this.path, { force: true });
  }
}

/** Puts back what was there before: the next attempt has to find the difference again. */
export async function restoreConfigFile(path: string, before: ConfigFile): Promise<void> {
  if (before.text === undefined) {
    await rm(path, { force: true });
    return;
  }
  const candidate = await Candidate.write(path, before.text, before);
  await candidate.place();
}
