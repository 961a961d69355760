import { createServer } from 'node:net';
import { codeOf, messageOf } from '../../common/errors.js';

/** An address and port that a configuration listens on. */
export interface Bind {
  readonly host: string;
  readonly port: number;
}

/** A port that cannot be had now, and why. */
export interface TakenPort {
  readonly port: number;
  readonly reason: string;
}

/** The TCP addresses of the `bind` lines of a configuration. Unix sockets, port ranges and inherited descriptors are left out. */
export function bindsOf(text: string): Bind[] {
  const binds: Bind[] = [];
  for (const line of text.split('\n')) {
    const words = /^\s*bind\s+(\S+)/.exec(line)?.[1];
    if (words === undefined) continue;
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

function tryListen({ host, port }: Bind): Promise<string | undefined> {
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
export async function findTakenPorts(binds: readonly Bind[]): Promise<TakenPort[]> {
  const taken: TakenPort[] = [];
  for (let at = 0; at < binds.length; at += batchSize) {
    const results = await Promise.all(
      binds.slice(at, at + batchSize).map(async (bind) => ({ port: bind.port, reason: await tryListen(bind) })),
    );
    for (const { port, reason } of results) if (reason !== undefined) taken.push({ port, reason });
  }
  return taken;
}
