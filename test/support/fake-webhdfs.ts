import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Test } from 'tap';
import { listenOnFreePort } from './listen.js';

interface FakeFile {
  content: Buffer | undefined;
  modifiedMs: number;
}

/** An HDFS in memory, with a name node and a data node on loopback that speak WebHDFS as Hadoop 3 does. */
export interface FakeWebHdfs {
  readonly nameNode: string;
  /** Another name node of the same HDFS, which is not the active one. */
  readonly standby: string;
  /** The absolute paths of all files, sorted. */
  files(): readonly string[];
  /** Of all directories, sorted. */
  directories(): readonly string[];
  plant(path: string, content: string, modifiedMs: number): void;
  /** What the name node was asked, `METHOD OP /path`. */
  readonly asked: readonly string[];
}

class RemoteException extends Error {
  readonly status: number;
  readonly exception: string;
  constructor(status: number, exception: string, message: string) {
    super(message);
    this.status = status;
    this.exception = exception;
  }
}

const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));

function sendJson(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(json));
}

function sendException(response: ServerResponse, error: unknown): void {
  if (!(error instanceof RemoteException)) throw error;
  const { status, exception, message } = error;
  sendJson(response, status, {
    RemoteException: { exception, javaClassName: `org.apache.hadoop.${exception}`, message },
  });
}

/** Whom the fake lets in; others get what HDFS tells those who may not write. */
export const hdfsUser = 'marathon';

/** Starts one; it ends with the test. */
export async function startFakeWebHdfs(t: Test): Promise<FakeWebHdfs> {
  /** Directories have no content. */
  const tree = new Map<string, FakeFile>([['/', { content: undefined, modifiedMs: Date.now() }]]);
  const asked: string[] = [];

  function lookup(path: string): FakeFile | undefined {
    for (let above = parentOf(path); above !== '/'; above = parentOf(above)) {
      if (tree.get(above)?.content !== undefined) {
        throw new RemoteException(403, 'ParentNotDirectoryException', `${above} (is not a directory)`);
      }
    }
    return tree.get(path);
  }

  function existing(path: string): FakeFile {
    const file = lookup(path);
    if (file === undefined) throw new RemoteException(404, 'FileNotFoundException', `File does not exist: ${path}`);
    return file;
  }

  function makeDirectories(path: string): void {
    if (lookup(path)?.content !== undefined) {
      throw new RemoteException(403, 'FileAlreadyExistsException', `Path is not a directory: ${path}`);
    }
    for (let at = path; !tree.has(at); at = parentOf(at)) tree.set(at, { content: undefined, modifiedMs: Date.now() });
  }

  function childrenOf(path: string): string[] {
    return [...tree.keys()].filter((other) => other !== '/' && parentOf(other) === path);
  }

  function statusOf(file: FakeFile, pathSuffix: string): object {
    return {
      accessTime: 0,
      blockSize: file.content === undefined ? 0 : 134217728,
      group: 'supergroup',
      length: file.content?.length ?? 0,
      modificationTime: file.modifiedMs,
      owner: hdfsUser,
      pathSuffix,
      permission: '644',
      replication: 3,
      type: file.content === undefined ? 'DIRECTORY' : 'FILE',
    };
  }

  /** ClientProtocol.rename2 */
  function renameWithOptions(from: string, to: string, overwrite: boolean): void {
    const source = existing(from);
    if (tree.get(parentOf(to)) === undefined) {
      throw new RemoteException(404, 'FileNotFoundException', `rename destination parent ${parentOf(to)} not found.`);
    }
    const target = lookup(to);
    if (target !== undefined && target.content === undefined) {
      throw new RemoteException(403, 'IOException', `Source ${from} is a file and destination ${to} is a directory`);
    }
    if (target !== undefined && !overwrite) {
      throw new RemoteException(403, 'FileAlreadyExistsException', `rename destination ${to} already exists`);
    }
    tree.delete(from);
    tree.set(to, source);
  }

  /** ClientProtocol.rename: into a directory, and not over a file. */
  function rename(from: string, to: string): boolean {
    const source = lookup(from);
    const target = tree.get(to);
    const place =
      target !== undefined && target.content === undefined ? `${to}${from.slice(from.lastIndexOf('/'))}` : to;
    if (source === undefined || tree.has(place) || !tree.has(parentOf(place))) return false;
    tree.delete(from);
    tree.set(place, source);
    return true;
  }

  function remove(path: string): boolean {
    if (lookup(path) === undefined) return false;
    if (childrenOf(path).length > 0) {
      throw new RemoteException(
        403,
        'PathIsNotEmptyDirectoryException',
        `\`${path} is non empty': Directory is not empty`,
      );
    }
    return tree.delete(path);
  }

  function answerNameNode(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://name-node');
    if (!url.pathname.startsWith('/webhdfs/v1')) {
      response.writeHead(404).end('<html>Not WebHDFS</html>');
      return;
    }
    const path = decodeURIComponent(url.pathname.slice('/webhdfs/v1'.length)) || '/';
    const operation = url.searchParams.get('op') ?? '';
    asked.push(`${request.method} ${operation} ${path}`);
    // What is not read is not there to be written: content belongs to the data node.
    if (Number(request.headers['content-length'] ?? 0) > 0 || request.headers['transfer-encoding'] !== undefined) {
      throw new RemoteException(400, 'IllegalArgumentException', 'the name node takes no content');
    }
    const user = url.searchParams.get('user.name');
    if (user !== hdfsUser) {
      throw new RemoteException(
        403,
        'AccessControlException',
        `Permission denied: user=${user ?? 'dr.who'}, access=WRITE`,
      );
    }
    if (path.includes(':') || path.includes('//')) {
      throw new RemoteException(400, 'InvalidPathException', `Invalid path name Invalid file name: ${path}`);
    }
    switch (`${request.method} ${operation}`) {
      case 'GET GETFILESTATUS':
        return sendJson(response, 200, { FileStatus: statusOf(existing(path), '') });
      case 'GET LISTSTATUS': {
        existing(path);
        const FileStatus = childrenOf(path).map((child) =>
          statusOf(existing(child), child.slice(child.lastIndexOf('/') + 1)),
        );
        return sendJson(response, 200, { FileStatuses: { FileStatus } });
      }
      case 'PUT MKDIRS':
        makeDirectories(path);
        return sendJson(response, 200, { boolean: true });
      case 'PUT RENAME': {
        const options = url.searchParams.get('renameoptions') ?? '';
        const to = url.searchParams.get('destination') ?? '';
        if (options === '') return sendJson(response, 200, { boolean: rename(path, to) });
        renameWithOptions(path, to, options === 'OVERWRITE');
        response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end();
        return;
      }
      case 'DELETE DELETE':
        return sendJson(response, 200, { boolean: remove(path) });
      case 'GET OPEN':
        if (existing(path).content === undefined) {
          throw new RemoteException(404, 'FileNotFoundException', `Path is not a file: ${path}`);
        }
        break;
      case 'PUT CREATE':
        if (lookup(path) !== undefined) {
          throw new RemoteException(403, 'FileAlreadyExistsException', `${path} for client 127.0.0.1 already exists`);
        }
        break;
      default:
        throw new RemoteException(
          400,
          'IllegalArgumentException',
          `Invalid value for webhdfs parameter "op": ${operation}`,
        );
    }
    url.searchParams.set('namenoderpcaddress', 'namenode:8020');
    const location = `http://127.0.0.1:${dataPort}${url.pathname}${url.search}`;
    response.writeHead(307, { Location: location, 'Content-Length': 0 }).end();
  }

  function answerDataNode(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://data-node');
    const path = decodeURIComponent(url.pathname.slice('/webhdfs/v1'.length));
    if (url.searchParams.get('namenoderpcaddress') === null) {
      throw new RemoteException(400, 'IllegalArgumentException', 'namenoderpcaddress is not specified.');
    }
    if (request.method === 'GET') {
      const content = existing(path).content ?? Buffer.alloc(0);
      response
        .writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': content.length })
        .end(content);
      return;
    }
    makeDirectories(parentOf(path));
    // A file is there from the beginning, and what has arrived stays in it when the writer dies.
    const file: FakeFile = { content: Buffer.alloc(0), modifiedMs: Date.now() };
    tree.set(path, file);
    request.on('data', (chunk: Buffer) => (file.content = Buffer.concat([file.content ?? chunk, chunk])));
    request.on('error', () => undefined);
    request.on('end', () => response.writeHead(201, { Location: `hdfs://namenode:8020${path}` }).end());
  }

  const explaining =
    (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      try {
        answer(request, response);
      } catch (error) {
        sendException(response, error);
      }
    };
  const dataPort = await listenOnFreePort(t, createServer(explaining(answerDataNode)));
  const namePort = await listenOnFreePort(t, createServer(explaining(answerNameNode)));
  const standbyPort = await listenOnFreePort(
    t,
    createServer((_request, response) =>
      sendException(
        response,
        new RemoteException(403, 'StandbyException', 'Operation category READ is not supported in state standby'),
      ),
    ),
  );
  const pathsOf = (isFile: boolean): string[] =>
    [...tree]
      .filter(([, file]) => (file.content !== undefined) === isFile)
      .map(([path]) => path)
      .sort();
  return {
    nameNode: `http://127.0.0.1:${namePort}`,
    standby: `http://127.0.0.1:${standbyPort}`,
    files: () => pathsOf(true),
    directories: () => pathsOf(false),
    plant(path, content, modifiedMs) {
      makeDirectories(parentOf(path));
      tree.set(path, { content: Buffer.from(content), modifiedMs });
    },
    asked,
  };
}
