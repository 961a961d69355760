import type { Readable } from 'node:stream';

/** What is known of a stored artifact. */
export interface ArtifactInfo {
  readonly bytes: number;
  readonly lastModifiedMs: number;
}

/** The path would lead out of the store, or is empty. */
export class ArtifactPathError extends Error {
  override readonly name = 'ArtifactPathError';
}

/** More bytes than one artifact may have. */
export class ArtifactTooLargeError extends Error {
  override readonly name = 'ArtifactTooLargeError';

  constructor(maxBytes: number) {
    super(`The artifact is larger than ${maxBytes} bytes, which is what is accepted here (--artifact_max_bytes)`);
  }
}

/**
 * Files by relative path (`a/b.tgz`), for `/v2/artifacts` and `storeUrls`. A file appears whole or not at all. Every method throws
 * ArtifactPathError for a path that is not below the store. A folder is there as long as something is in it.
 */
export interface ArtifactStore {
  /** The URI by which a task's fetcher gets the artifact (`http://leader:8080/v2/artifacts/…`, `file:///…`, `hdfs://…`). */
  uriOf(path: string): string;
  /** Undefined: there is none. */
  info(path: string): Promise<ArtifactInfo | undefined>;
  /** Undefined: there is none. The content has to be read or destroyed. */
  read(path: string): Promise<{ readonly info: ArtifactInfo; readonly content: Readable } | undefined>;
  /**
   * Returns whether there was none before. Throws ArtifactTooLargeError, or the error with which `content` ends; nothing is stored
   * then. In any case `content` is destroyed in the end.
   */
  write(path: string, content: Readable): Promise<{ readonly created: boolean }>;
  /** Returns whether there was one. */
  remove(path: string): Promise<boolean>;
  /** Returns when all writes have ended. */
  close(): Promise<void>;
}

/** Brings the content of a URL into the artifact store. */
export interface ArtifactResolver {
  /**
   * Downloads `url` once, however often and from wherever it is asked for, and returns the URI by which tasks fetch it. Rejects
   * with a message for people.
   */
  resolve(url: string): Promise<string>;
}
