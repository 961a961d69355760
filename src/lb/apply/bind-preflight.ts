import { createServer } from 'node:net';
import { codeOf, messageOf } from '../../common/errors.js';

/** An address and port that a configuration listens on. */
export interface Bind {
  readonly host: string;
  readonly port: number;
}

/** A port that cannot be had now, and why. */
export interface TakenPort extends Bind {
  readonly reason: string;
}

/** The TCP addresses of the `bind` lines of a configuration. Unix sockets, port ranges and inherited descriptors are left out. */
export function bindsOf(text: string): Bind[] {
  const binds: Bind[] = [];
  for (const [, words = ''] of text.matchAll(/^[ \t]*bind[ \t]+(\S+)/gm)) {
    for (const entry of words.replaceAll(/['"]/g, '').split(',')) {
      const address = entry.replace(/^ipv[46]@/, '');
      const match = /^(.*):(\d{1,5})$/.exec(address);
      if (match === null || address.includes('@') || address.startsWith('/')) continue;
      const host = (match[1] ?? '').replace(/^\[(.*)\]$/, '$1');
      binds.push({ host: host === '' || host === '*' ? '0.0.0.0' : host, port: Number(match[2]) });
    }
  }
  return binds;
}

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

/**
 * What has to be tried before a process with `owned` binds is replaced by one with `wanted`. An address whose port the old process
 * has on all addresses, or the other way round, cannot be listened on while that one runs, though the new HAProxy can; what can be
 * tried is whether the machine has it: with port 0.
 */
export function bindsToTry(wanted: readonly Bind[], owned: readonly Bind[]): (Bind & { readonly listenOn: number })[] {
  const hosts = new Map<number, Set<string>>();
  for (const { host, port } of owned) hosts.set(port, (hosts.get(port) ?? new Set<string>()).add(host));
  return wanted.flatMap((bind) => {
    const known = hosts.get(bind.port);
    if (known?.has(bind.host) === true) return [];
    const overlaps = known !== undefined && (isWildcard(bind.host) || [...known].some(isWildcard));
    return [{ ...bind, listenOn: overlaps ? 0 : bind.port }];
  });
}

function tryListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      switch (codeOf(error)) {
        case 'EADDRINUSE':
          resolve('in use by another program');
          break;
        case 'EACCES':
          resolve('this user may not listen on it');
          break;
        case 'EADDRNOTAVAIL':
          resolve(`${host} is not an address of this machine`);
          break;
        default:
          resolve(messageOf(error));
      }
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

const batchSize = 64;

/**
 * Tries each address by listening on it for a moment. HAProxy's own test (`-c`) does not, and a reload that meets a taken port
 * stops all listeners for two seconds before it gives up.
 */
export async function findTakenPorts(binds: readonly (Bind & { readonly listenOn?: number })[]): Promise<TakenPort[]> {
  const taken: TakenPort[] = [];
  for (let at = 0; at < binds.length; at += batchSize) {
    const results = await Promise.all(
      binds.slice(at, at + batchSize).map(async ({ host, port, listenOn = port }) => ({
        host,
        port,
        reason: await tryListen(host, listenOn),
      })),
    );
    for (const { host, port, reason } of results) if (reason !== undefined) taken.push({ host, port, reason });
  }
  return taken;
}
