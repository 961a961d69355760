import type { Readable } from 'node:stream';
import { messageOf } from '../../../common/errors.js';
import type { HttpClient, HttpResponse, HttpStream } from '../../../common/http-client.js';
import { readText } from '../../../common/http-client.js';

/** WebHDFS has said no. `exception` is the name of Hadoop's exception, e.g. `FileAlreadyExistsException`. */
export class WebHdfsError extends Error {
  override readonly name = 'WebHdfsError';
  readonly exception: string;

  constructor(exception: string, message: string) {
    super(`HDFS: ${message} (${exception})`);
    this.exception = exception;
  }
}

/** What GETFILESTATUS and LISTSTATUS tell of a file or directory. */
export interface HdfsStatus {
  /** Its name in the directory that was listed; empty when it was asked for itself. */
  readonly name: string;
  readonly isFile: boolean;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** The operations of Hadoop's WebHDFS REST API that a store needs. Paths are absolute and not encoded. */
export interface WebHdfs {
  /** Undefined: there is none. */
  status(path: string): Promise<HdfsStatus | undefined>;
  /** What a directory holds; nothing when it is not there. */
  list(path: string): Promise<readonly HdfsStatus[]>;
  makeDirectories(path: string): Promise<void>;
  /** Writes a new file. When it fails, a part of it may be left. */
  create(path: string, content: Readable): Promise<void>;
  /** Undefined: there is none. */
  open(path: string): Promise<HttpStream | undefined>;
  /** Moves a file, at once. Throws FileAlreadyExistsException when there is a file of that name and `overwrite` is not said. */
  rename(from: string, to: string, overwrite: boolean): Promise<void>;
  /** A file or an empty directory. Returns whether there was one. */
  remove(path: string): Promise<boolean>;
}

/** Between two pieces of a file. */
const idleTimeoutMs = 60_000;

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorOf(status: number, text: string): WebHdfsError {
  const remote = member(jsonOf(text), 'RemoteException');
  const exception = member(remote, 'exception');
  const message = member(remote, 'message');
  return new WebHdfsError(
    typeof exception === 'string' ? exception : `status ${status}`,
    // Hadoop appends its stack to some messages.
    typeof message === 'string' ? (message.split('\n')[0] ?? '') : `an answer that is not WebHDFS's`,
  );
}

function statusOf(value: unknown): HdfsStatus {
  const [type, name, bytes, modifiedMs] = ['type', 'pathSuffix', 'length', 'modificationTime'].map((key) =>
    member(value, key),
  );
  if (typeof bytes !== 'number' || typeof modifiedMs !== 'number') {
    throw new Error('HDFS: a file status without length or modificationTime');
  }
  return { name: typeof name === 'string' ? name : '', isFile: type === 'FILE', bytes, modifiedMs };
}

/** FileNotFoundException, which is an answer to most questions. */
const isNotFound = (error: unknown): boolean =>
  error instanceof WebHdfsError && error.exception === 'FileNotFoundException';

async function unlessNotFound<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

const urlPath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

/**
 * Speaks WebHDFS with one of `nameNodes` (`http://host:port`), the active one: a standby says so, and one that does not answer is
 * passed over, too. `user` is who is said to act (simple authentication).
 */
export function createWebHdfs(
  http: HttpClient,
  { nameNodes, user }: { readonly nameNodes: readonly string[]; readonly user: string },
): WebHdfs {
  /** The one that answered last. */
  let current = 0;

  /** Asks a name node; returns its answer when it has one of these statuses. */
  async function ask(
    method: 'GET' | 'PUT' | 'DELETE',
    operation: string,
    path: string,
    accepted: readonly number[],
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<HttpResponse> {
    const query = new URLSearchParams({ op: operation, 'user.name': user, ...parameters }).toString();
    let failure: unknown;
    for (let tried = 0; tried < nameNodes.length; tried++) {
      const chosen = (current + tried) % nameNodes.length;
      const nameNode = nameNodes[chosen] ?? '';
      let response: HttpResponse;
      try {
        response = await http.request({ method, url: `${nameNode}/webhdfs/v1${urlPath(path)}?${query}` });
      } catch (error) {
        failure = new Error(`HDFS: ${nameNode} does not answer: ${messageOf(error)}`, { cause: error });
        continue;
      }
      if (accepted.includes(response.status)) {
        current = chosen;
        return response;
      }
      const error = errorOf(response.status, response.body);
      if (error.exception !== 'StandbyException') throw error;
      failure = error;
    }
    throw failure;
  }

  function locationOf({ headers }: HttpResponse): string {
    const { location } = headers;
    if (location === undefined || !/^https?:/.test(location)) {
      throw new Error('HDFS: the name node names no data node to go to');
    }
    return location;
  }

  return {
    async status(path) {
      const response = await unlessNotFound(ask('GET', 'GETFILESTATUS', path, [200]));
      return response === undefined ? undefined : statusOf(member(jsonOf(response.body), 'FileStatus'));
    },

    async list(path) {
      const response = await unlessNotFound(ask('GET', 'LISTSTATUS', path, [200]));
      const statuses = member(member(jsonOf(response?.body ?? ''), 'FileStatuses'), 'FileStatus');
      return Array.isArray(statuses) ? statuses.map(statusOf) : [];
    },

    async makeDirectories(path) {
      await ask('PUT', 'MKDIRS', path, [200]);
    },

    async create(path, content) {
      // The name node takes no content, it only says where to send it.
      const answer = await ask('PUT', 'CREATE', path, [307], { overwrite: 'false' });
      const response = await http.stream({
        method: 'PUT',
        url: locationOf(answer),
        headers: { 'content-type': 'application/octet-stream' },
        content,
        idleTimeoutMs,
      });
      const text = await readText(response.body);
      if (response.status !== 201) throw errorOf(response.status, text);
    },

    async open(path) {
      const answer = await unlessNotFound(ask('GET', 'OPEN', path, [307]));
      if (answer === undefined) return undefined;
      const response = await http.stream({ method: 'GET', url: locationOf(answer), idleTimeoutMs });
      if (response.status === 200) return response;
      const error = errorOf(response.status, await readText(response.body));
      if (isNotFound(error)) return undefined;
      throw error;
    },

    async rename(from, to, overwrite) {
      // With options, it is the rename that never moves a file into a directory of that name, and tells why it did not.
      const answer = await ask('PUT', 'RENAME', from, [200], {
        destination: to,
        renameoptions: overwrite ? 'OVERWRITE' : 'NONE',
      });
      // HttpFS knows no options, and answers as if there were none.
      if (member(jsonOf(answer.body), 'boolean') === false) {
        throw new WebHdfsError(
          'RENAME',
          `${from} was not renamed to ${to}: name the name node's own WebHDFS, not an HttpFS`,
        );
      }
    },

    async remove(path) {
      const response = await unlessNotFound(ask('DELETE', 'DELETE', path, [200], { recursive: 'false' }));
      return response !== undefined && member(jsonOf(response.body), 'boolean') === true;
    },
  };
}
