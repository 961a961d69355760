import { StartupError } from '../../../common/errors.js';

/** Where an HDFS is, and what of it is the store. */
export interface HdfsLocation {
  /** What tasks fetch from: `hdfs://namenode:8020/path`, without a `/` at the end. */
  readonly uri: string;
  /** The store's directory in HDFS, absolute, without a `/` at the end; empty = the root. Not encoded. */
  readonly directory: string;
  /** Of each name node: `http://namenode:9870`. At least one. */
  readonly nameNodes: readonly string[];
  /** Who is said to act (`user.name`); undefined: the one that this process runs as. */
  readonly user: string | undefined;
}

/** Of a name node in Hadoop 3 (dfs.namenode.http-address). */
const defaultHttpPort = 9870;

function nameNodeOf(text: string): string {
  const problem = new StartupError(
    `--artifact_store: webhdfs=${text} is not the address of a name node's web server: write http://host:${defaultHttpPort}`,
  );
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw problem;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw problem;
  return url.origin;
}

/**
 * Reads `hdfs://[user@]host[:port]/path[?webhdfs=http://host:port[,…]]`. The host and port are those that tasks fetch from (RPC, 8020
 * as a rule); files are written through WebHDFS, for which every name node has another port: `webhdfs` names it, or them. Without it,
 * it is port 9870 of the host. Throws StartupError.
 */
export function parseHdfsUrl(url: URL): HdfsLocation {
  if (url.hostname === '') throw new StartupError('--artifact_store: write hdfs://namenode:8020/path, with a host');
  const given = url.searchParams
    .getAll('webhdfs')
    .flatMap((value) => value.split(','))
    .filter((value) => value !== '');
  const path = url.pathname.replace(/\/+$/, '');
  let directory: string;
  let user: string;
  try {
    directory = decodeURIComponent(path);
    user = decodeURIComponent(url.username);
  } catch {
    throw new StartupError('--artifact_store: a % in the URL is not followed by two hexadecimal digits');
  }
  return {
    uri: `hdfs://${url.host}${path}`,
    directory,
    nameNodes: given.length === 0 ? [`http://${url.hostname}:${defaultHttpPort}`] : given.map(nameNodeOf),
    user: user === '' ? undefined : user,
  };
}
