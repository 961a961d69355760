import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { messageOf, StartupError } from '../../../common/errors.js';
import type { HttpClient } from '../../../common/http-client.js';
import type { Logger } from '../../../common/logger.js';
import type { Clock } from '../../../common/time.js';
import { ArtifactPathError } from '../../ports/artifact-store.js';
import type { ArtifactInfo, ArtifactStore } from '../../ports/artifact-store.js';
import { encodedPath, namesOf, uploadsFolder } from './artifact-path.js';
import { limited } from './limited.js';
import { PendingWrites, staleAfterMs } from './uploads.js';
import type { HdfsStatus, WebHdfs } from './webhdfs-client.js';
import { createWebHdfs, WebHdfsError } from './webhdfs-client.js';
import type { HdfsLocation } from './webhdfs-url.js';

export interface WebHdfsStoreOptions {
  readonly location: HdfsLocation;
  readonly maxBytes: number;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often a folder that somebody else removes, because it was empty, is made again. */
const maxAttempts = 5;

const exceptionOf = (error: unknown): string | undefined =>
  error instanceof WebHdfsError ? error.exception : undefined;

const infoOf = ({ bytes, modifiedMs }: HdfsStatus): ArtifactInfo => ({ bytes, lastModifiedMs: modifiedMs });

function parentError(path: string): ArtifactPathError {
  return new ArtifactPathError(`'${path}' cannot be stored: a part of it is an artifact, not a folder`);
}

/** HDFS's own rules for names are stricter than ours: no `:`. */
function pathErrorOf(path: string, error: unknown): unknown {
  switch (exceptionOf(error)) {
    case 'InvalidPathException':
    case 'IllegalArgumentException':
      return new ArtifactPathError(`'${path}' is not a path that HDFS takes: ${messageOf(error)}`);
    case 'ParentNotDirectoryException':
      return parentError(path);
    default:
      return error;
  }
}

/** A part of the path is a file. Old versions of HDFS say that it may not be entered. */
function leadsThroughFile(error: unknown): boolean {
  const exception = exceptionOf(error);
  return (
    exception === 'ParentNotDirectoryException' ||
    (exception === 'AccessControlException' && /is not a directory/i.test(messageOf(error)))
  );
}

class WebHdfsStore implements ArtifactStore {
  readonly #hdfs: WebHdfs;
  readonly #options: WebHdfsStoreOptions;
  readonly #uploads: string;
  readonly #writes = new PendingWrites();
  #sweptAtMs = -Infinity;

  constructor(hdfs: WebHdfs, options: WebHdfsStoreOptions) {
    this.#hdfs = hdfs;
    this.#options = options;
    this.#uploads = `${options.location.directory}/${uploadsFolder}`;
  }

  uriOf(path: string): string {
    return `${this.#options.location.uri}/${encodedPath(namesOf(path))}`;
  }

  async info(path: string): Promise<ArtifactInfo | undefined> {
    const status = await this.#statusOf(path, namesOf(path));
    return status?.isFile === true ? infoOf(status) : undefined;
  }

  async read(path: string): Promise<{ readonly info: ArtifactInfo; readonly content: Readable } | undefined> {
    const names = namesOf(path);
    const status = await this.#statusOf(path, names);
    if (status?.isFile !== true) return undefined;
    const answer = await this.#hdfs.open(this.#placeOf(names));
    if (answer === undefined) return undefined;
    // It may have been replaced in between: what the data node says is of the content that it sends.
    const length = answer.headers['content-length'];
    return {
      info: { ...infoOf(status), ...(length === undefined ? {} : { bytes: Number(length) }) },
      content: Readable.from(answer.body, { objectMode: false }),
    };
  }

  async write(path: string, content: Readable): Promise<{ readonly created: boolean }> {
    return this.#writes.run(content, async () => {
      const names = namesOf(path);
      // Said before a large file is sent in vain.
      if ((await this.#statusOf(path, names))?.isFile === false) {
        throw new ArtifactPathError(`'${path}' is a folder of the artifact store: it holds other artifacts`);
      }
      await this.#sweepIfDue();
      const temporary = `${this.#uploads}/${randomUUID()}`;
      try {
        await this.#fill(temporary, content);
        return { created: await this.#publish(temporary, path, this.#placeOf(names)) };
      } catch (error) {
        await this.#discard(temporary);
        throw pathErrorOf(path, error);
      }
    });
  }

  async remove(path: string): Promise<boolean> {
    const names = namesOf(path);
    const status = await this.#statusOf(path, names);
    if (status?.isFile !== true || !(await this.#hdfs.remove(this.#placeOf(names)))) return false;
    await this.#removeEmptyFolders(names);
    return true;
  }

  async close(): Promise<void> {
    await this.#writes.ended();
  }

  /** Makes the store's folders, and removes what dead processes left behind. */
  async prepare(): Promise<void> {
    const { clock, logger } = this.#options;
    this.#sweptAtMs = clock();
    await this.#hdfs.makeDirectories(this.#uploads);
    for (const { name, modifiedMs } of await this.#hdfs.list(this.#uploads)) {
      if (modifiedMs > clock() - staleAfterMs) continue;
      logger.info({ path: `${this.#uploads}/${name}` }, 'an upload that was never finished is removed');
      await this.#hdfs.remove(`${this.#uploads}/${name}`);
    }
  }

  async #sweepIfDue(): Promise<void> {
    if (this.#options.clock() >= this.#sweptAtMs + staleAfterMs) await this.prepare();
  }

  #placeOf(names: readonly string[]): string {
    return [this.#options.location.directory, ...names].join('/');
  }

  async #statusOf(path: string, names: readonly string[]): Promise<HdfsStatus | undefined> {
    try {
      return await this.#hdfs.status(this.#placeOf(names));
    } catch (error) {
      if (leadsThroughFile(error)) return undefined;
      throw pathErrorOf(path, error);
    }
  }

  async #fill(temporary: string, content: Readable): Promise<void> {
    const source = Readable.from(limited(content, this.#options.maxBytes), { objectMode: false });
    // The client reports in its own words why a request failed; what matters is why its content ended.
    let broken: Error | undefined;
    source.once('error', (error) => (broken = error));
    try {
      await this.#hdfs.create(temporary, source);
    } catch (error) {
      throw broken ?? error;
    } finally {
      source.destroy();
    }
  }

  /** Gives a whole file its name. Returns whether there was none of that name before. */
  async #publish(temporary: string, path: string, place: string): Promise<boolean> {
    let overwrite = false;
    for (let attempt = 1; ; attempt++) {
      await this.#makeFolder(path, place.slice(0, place.lastIndexOf('/')));
      try {
        await this.#hdfs.rename(temporary, place, overwrite);
        return !overwrite;
      } catch (error) {
        if (attempt === maxAttempts) throw error;
        const exception = exceptionOf(error);
        if (exception === 'FileAlreadyExistsException') overwrite = true;
        // The last file of the folder was removed in between, and the folder with it.
        else if (exception !== 'FileNotFoundException') throw error;
      }
    }
  }

  async #makeFolder(path: string, folder: string): Promise<void> {
    try {
      await this.#hdfs.makeDirectories(folder === '' ? '/' : folder);
    } catch (error) {
      throw exceptionOf(error) === 'FileAlreadyExistsException' ? parentError(path) : error;
    }
  }

  async #discard(temporary: string): Promise<void> {
    try {
      await this.#hdfs.remove(temporary);
    } catch (error) {
      this.#options.logger.warn({ path: temporary, reason: messageOf(error) }, 'an unfinished upload is left in HDFS');
    }
  }

  async #removeEmptyFolders(names: readonly string[]): Promise<void> {
    for (let depth = names.length - 1; depth > 0; depth--) {
      try {
        await this.#hdfs.remove(this.#placeOf(names.slice(0, depth)));
      } catch {
        return; // something else is in it
      }
    }
  }
}

/** As Hadoop's own clients do it without Kerberos: the name of the user that this process runs as. */
function ownUser(): string {
  try {
    return userInfo().username;
  } catch {
    throw new StartupError(
      '--artifact_store: this user has no name: say who to be in HDFS, as in hdfs://user@namenode:8020/path',
    );
  }
}

/**
 * Opens a store in HDFS, through WebHDFS. Throws StartupError when HDFS refuses; when it does not answer, the scheduler starts
 * nevertheless, and artifacts work as soon as it does.
 */
export async function openWebHdfsStore(options: WebHdfsStoreOptions): Promise<ArtifactStore> {
  const { location, http, logger } = options;
  const { nameNodes, user = ownUser() } = location;
  const store = new WebHdfsStore(createWebHdfs(http, { nameNodes, user }), options);
  try {
    await store.prepare();
  } catch (error) {
    if (error instanceof WebHdfsError && error.exception !== 'StandbyException') {
      throw new StartupError(`--artifact_store: ${location.uri} cannot be used as '${user}': ${error.message}`);
    }
    logger.warn({ artifactStore: location.uri, reason: messageOf(error) }, 'the artifact store cannot be reached yet');
  }
  return store;
}
