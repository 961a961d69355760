import { readFile, readdir, readlink } from 'node:fs/promises';

/** TCP_ESTABLISHED, SYN_SENT and the like; TIME_WAIT (06) and LISTEN (0A) are no connections that anybody uses. */
const unused = new Set(['06', '07', '0A']);

/** `0100007F` as the kernel writes 127.0.0.1, and four such words for an IPv6 address, in the byte order of the machine. */
export function kernelAddress(address: string): readonly string[] {
  const little = (bytes: readonly number[]): string =>
    [...bytes]
      .reverse()
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')
      .toUpperCase();
  const ipv4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)?.slice(1).map(Number);
  if (ipv4 !== undefined) return [little(ipv4), `0000000000000000${little([0, 0, 255, 255])}${little(ipv4)}`];
  const bytes = ipv6Bytes(address);
  if (bytes === undefined) return [];
  return [[0, 4, 8, 12].map((at) => little(bytes.slice(at, at + 4))).join('')];
}

function ipv6Bytes(address: string): number[] | undefined {
  const [head = '', tail] = address.split('::');
  const words = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16));
  const [before, after] = [words(head), words(tail ?? '')];
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...new Array<number>(Math.max(0, missing)).fill(0), ...after];
  if (all.length !== 8 || all.some((word) => !Number.isInteger(word))) return undefined;
  return all.flatMap((word) => [word >> 8, word & 255]);
}

/** The endpoint of the other side and the socket of each connection, from /proc/PID/net/tcp or tcp6. */
function connectionsOf(table: string): { readonly remote: string; readonly inode: string }[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [, , remote, state] = fields;
      const inode = fields[9];
      return remote === undefined || inode === undefined || state === undefined || unused.has(state)
        ? []
        : [{ remote, inode }];
    });
}

/** The inodes of the sockets that a process has open. Throws when it may not be looked at. */
async function socketsOf(pid: number): Promise<Set<string>> {
  const directory = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(directory)).map((fd) => readlink(`${directory}/${fd}`).catch(() => '')),
  );
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}

/**
 * Which of these endpoints (`address`, `port`) a process has a TCP connection to, by what the kernel says. All of them when that
 * cannot be told; none when the process has ended.
 */
export async function connectedEndpoints<T extends { readonly address: string; readonly port: number }>(
  pid: number,
  endpoints: readonly T[],
): Promise<T[]> {
  if (endpoints.length === 0) return [];
  const wanted = new Map<string, T[]>();
  for (const endpoint of endpoints) {
    const port = endpoint.port.toString(16).padStart(4, '0').toUpperCase();
    for (const address of kernelAddress(endpoint.address)) {
      const key = `${address}:${port}`;
      wanted.set(key, [...(wanted.get(key) ?? []), endpoint]);
    }
  }
  try {
    const tables = await Promise.all([
      readFile(`/proc/${pid}/net/tcp`, 'latin1'),
      readFile(`/proc/${pid}/net/tcp6`, 'latin1').catch(() => ''),
    ]);
    const candidates = tables.flatMap(connectionsOf).filter(({ remote }) => wanted.has(remote));
    if (candidates.length === 0) return [];
    const sockets = await socketsOf(pid);
    const found = candidates
      .filter(({ inode }) => sockets.has(inode))
      .flatMap(({ remote }) => wanted.get(remote) ?? []);
    return [...new Set(found)];
  } catch (error) {
    const hasEnded =
      (error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH';
    return hasEnded ? [] : [...endpoints];
  }
}
