import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, extname, join } from 'node:path';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { codeOf, messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { watchDirectory, watchFile } from '../../common/watch-file.js';
import type { FileWatch } from '../../common/watch-file.js';
import type { Report, SecureFrontend } from '../compile/routing-model.js';
import { readCertificate } from './certificate-file.js';
import type { CheckedCertificate } from './certificate-file.js';
import { certificateList } from './certificate-list.js';
import { makeSelfSigned } from './self-signed.js';

/** The certificates that can be used now, followed as their files change. */
export interface Certificates {
  /** In the order in which they were given, those of a directory by name; the same array as long as nothing has changed. */
  readonly list: readonly CheckedCertificate[];
  /** Their files by the names under which labels may ask for them: the path, the base name, that without its ending. */
  readonly byName: ReadonlyMap<string, string>;
  readonly reports: readonly Report[];
  /** The list that `keepList` would write for this frontend, and where. */
  readonly listFor: (frontend: SecureFrontend | null) => { readonly path: string; readonly text: string } | null;
  /** Writes down which certificate is for which names, where HAProxy has to be told; null = it need not be. */
  keepList(frontend: SecureFrontend | null): Promise<string | null>;
  close(): Promise<void>;
}

/** What may stand beside certificates in a directory. */
const others = new Set(['.key', '.issuer', '.ocsp', '.sctl']);
const maxFiles = 10_000;
const maxKeptLists = 20;
const dayMs = 86_400_000;
/** Whether one has expired meanwhile is looked at this often. */
const recheckMs = 3_600_000;

interface Found {
  readonly list: readonly CheckedCertificate[];
  readonly byName: ReadonlyMap<string, string>;
  readonly reports: readonly Report[];
}

/** The files that a setting names: itself, or what a directory holds. */
async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => !name.startsWith('.') && !others.has(extname(name))).sort();
  if (names.length > maxFiles) throw new Error(`more than ${maxFiles} files`);
  const files: string[] = [];
  for (const name of names) {
    const file = join(path, name);
    if ((await stat(file)).isFile()) files.push(file);
  }
  return files;
}

async function read(paths: readonly string[], now: Date): Promise<Found> {
  const list: CheckedCertificate[] = [];
  const byName = new Map<string, string>();
  const reports: Report[] = [];
  const leaveOut = (id: string, error: unknown): void => {
    reports.push({
      kind: 'certificate',
      id,
      reason: codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error),
    });
  };
  const seen = new Set<string>();
  for (const path of paths) {
    try {
      for (const file of await filesOf(path)) {
        if (seen.has(file)) continue;
        seen.add(file);
        try {
          list.push(await readCertificate(file, now));
        } catch (error) {
          leaveOut(file, error);
          continue;
        }
        const base = basename(file);
        for (const name of [file, base, basename(base, extname(base))]) if (!byName.has(name)) byName.set(name, file);
      }
    } catch (error) {
      leaveOut(path, error);
    }
  }
  return { list, byName, reports };
}

/** Makes the certificate that nobody trusts, or keeps the one there is, at `path`. */
async function keepSelfSigned(path: string, now: Date): Promise<CheckedCertificate> {
  try {
    const kept = await readCertificate(path, new Date(now.getTime() + 30 * dayMs));
    return kept;
  } catch {
    // There is none, or it ends soon.
  }
  const name = hostname().toLowerCase();
  const isName = /^(?=.{1,64}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name);
  const names = [...new Set([...(isName ? [name] : []), 'localhost'])];
  const from = new Date(now.getTime() - dayMs);
  await writeFileAtomic(path, makeSelfSigned(names, { from, until: new Date(now.getTime() + 825 * dayMs) }), 0o600);
  return readCertificate(path, now);
}

/** Those that a configuration in the archive may name are kept. */
async function removeOldLists(directory: string): Promise<void> {
  const lists = (await readdir(directory)).filter((name) => /^list-[0-9a-f]{16}\.txt$/.test(name));
  const dated = await Promise.all(
    lists.map(async (name) => ({ path: join(directory, name), at: (await stat(join(directory, name))).mtimeMs })),
  );
  for (const { path } of dated.sort((a, b) => b.at - a.at).slice(maxKeptLists)) await rm(path, { force: true });
}

const isSame = (a: Found, b: Found): boolean => {
  const text = ({ list, reports }: Found): string =>
    JSON.stringify([list.map(({ path, fingerprint }) => [path, fingerprint]), reports]);
  return text(a) === text(b);
};

/**
 * Reads the certificates (files with key and certificate in PEM, and directories of them) and follows changes; what cannot be
 * used is left out and reported. Where there is none at all, one is made and kept in `directory`.
 */
export async function openCertificates(options: {
  /** `--ssl_certs`. */
  readonly paths: readonly string[];
  readonly directory: string;
  readonly logger: Logger;
  readonly onChange: () => void;
}): Promise<Certificates> {
  const { paths, directory, logger, onChange } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });

  async function readAll(): Promise<Found> {
    const now = new Date();
    const found = await read(paths, now);
    if (found.list.length > 0) return found;
    return { ...found, list: [await keepSelfSigned(join(directory, 'self-signed.pem'), now)] };
  }
  const tell = (found: Found): void => {
    for (const { id, reason } of found.reports) logger.error({ path: id, reason }, 'a certificate is left out');
  };

  let found = await readAll();
  tell(found);
  let keptList: string | undefined;
  let reading: Promise<void> | undefined;
  let hasChanged = false;
  let isClosed = false;

  async function reread(): Promise<void> {
    while (hasChanged && !isClosed) {
      hasChanged = false;
      try {
        const now = await readAll();
        if (isSame(found, now)) continue;
        found = now;
        tell(found);
        onChange();
      } catch (error) {
        logger.error({ reason: messageOf(error) }, 'the certificates cannot be read again; those in force are kept');
      }
    }
    reading = undefined;
  }
  function look(): void {
    hasChanged = true;
    reading ??= reread();
  }

  const watches: FileWatch[] = [];
  const onError = (error: unknown): void => {
    logger.warn({ reason: messageOf(error) }, 'changes of certificates may go unnoticed');
  };
  for (const path of paths) {
    const isDirectory = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (isDirectory) watches.push(watchDirectory(path, { onChange: look, onError }));
    else for (const file of [path, `${path}.key`]) watches.push(watchFile(file, { onChange: look, onError }));
  }
  const timer = setInterval(look, recheckMs);
  timer.unref();

  const listFor: Certificates['listFor'] = (frontend) => {
    const list = frontend === null ? null : certificateList(frontend, found.list);
    return list === null ? null : { path: join(directory, list.name), text: list.text };
  };

  return {
    get list() {
      return found.list;
    },
    get byName() {
      return found.byName;
    },
    get reports() {
      return found.reports;
    },
    listFor,
    async keepList(frontend) {
      const list = listFor(frontend);
      if (list === null) return null;
      const { path } = list;
      if (keptList !== path) {
        await writeFileAtomic(path, list.text, 0o600);
        await removeOldLists(directory);
      }
      keptList = path;
      return path;
    },
    async close() {
      isClosed = true;
      clearInterval(timer);
      await Promise.all(watches.map((watch) => watch.close()));
      await reading;
    },
  };
}
