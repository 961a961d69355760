import { fileURLToPath } from 'node:url';
import { StartupError } from '../../../common/errors.js';
import type { HttpClient } from '../../../common/http-client.js';
import type { Logger } from '../../../common/logger.js';
import type { Clock } from '../../../common/time.js';
import type { ArtifactStore } from '../../ports/artifact-store.js';
import { openFileStore } from './file-store.js';
import { openWebHdfsStore } from './webhdfs-store.js';
import { parseHdfsUrl } from './webhdfs-url.js';

export interface ArtifactStoreOptions {
  /** Of one artifact. */
  readonly maxBytes: number;
  /** For HDFS; stays the caller's. */
  readonly http: HttpClient;
  /**
   * Below which URL tasks find what is stored in a directory: `http://host:8080/v2/artifacts`, as with Marathon. Undefined: tasks read
   * the files themselves, which then have to be there on every agent.
   */
  readonly baseUrl?: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

const examples = 'write file:///directory, or hdfs://namenode:8020/path?webhdfs=http://namenode:9870';

function directoryOf(url: URL): string {
  if (url.hostname !== '') {
    throw new StartupError(`--artifact_store: ${url.href} is on another machine: ${examples}`);
  }
  let directory: string;
  try {
    directory = fileURLToPath(url);
  } catch {
    throw new StartupError(`--artifact_store: ${url.href} is not the path of a directory: ${examples}`);
  }
  // Everything of this machine would be served.
  if (/^\/+$/.test(directory)) {
    throw new StartupError(`--artifact_store: ${url.href} is the whole file system: give it a directory of its own`);
  }
  return directory;
}

/**
 * Opens Marathon's `--artifact_store`: `file:///directory` or `hdfs://…` (see parseHdfsUrl). Throws StartupError when it cannot be
 * used, with what to do about it.
 */
export async function openArtifactStore(text: string, options: ArtifactStoreOptions): Promise<ArtifactStore> {
  const { maxBytes, http, baseUrl, clock, logger } = options;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new StartupError(`--artifact_store: '${text}' is not a URL: ${examples}`);
  }
  switch (url.protocol) {
    case 'file:':
      return openFileStore({ directory: directoryOf(url), maxBytes, baseUrl, clock, logger });
    case 'hdfs:':
      return openWebHdfsStore({ location: parseHdfsUrl(url), maxBytes, http, clock, logger });
    default:
      throw new StartupError(`--artifact_store: ${url.protocol}// is not supported: ${examples}`);
  }
}
