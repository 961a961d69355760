import type { KeptCluster } from './kept-cluster.js';

/** Of a file of another version nothing is read. Fields, and kinds of lines, that are not known are no other version: they are passed over. */
export const keptVersion = 1;
/** What the first line says that it is. */
export const keptKind = 'ekiden-dns-cluster';

/** Whose cluster it is: nothing is taken from a file that was kept for other masters or another domain. */
export interface KeptFor {
  /** `--master`, without a password. */
  readonly master: string;
  readonly domain: string;
}

/** Times in milliseconds since 1970. */
export interface KeptTimes {
  readonly savedAtMs: number;
  /** When a master was last heard of. */
  readonly heardAtMs: number;
}

/** The lines of a file (without line ends), but for the last one, which is about the others. */
export function* keptLines(whose: KeptFor, times: KeptTimes, cluster: KeptCluster): Generator<string, void, undefined> {
  const { leader, masters } = cluster;
  yield JSON.stringify({ kind: keptKind, version: keptVersion, ...whose, ...times, leader, masters });
  for (const framework of cluster.frameworks) yield JSON.stringify({ framework });
  for (const agent of cluster.agents) yield JSON.stringify({ agent });
  for (const [host, addresses] of cluster.hostAddresses) yield JSON.stringify({ host, addresses });
  for (const task of cluster.tasks) yield JSON.stringify({ task });
  for (const [taskId, is] of cluster.standings) yield JSON.stringify({ standing: { taskId, is } });
}

/** The last line: by its digest of all bytes before it a damaged file is told from a whole one. */
export function endLine(sha256: string): string {
  return JSON.stringify({ end: { sha256 } });
}
