import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createServer } from 'node:tls';
import type { Test } from 'tap';
import type { Authority } from './certificate-authority.js';
import { listenOnFreePort } from './listen.js';

/** Speaks TLS for a server at `127.0.0.1:port` that does not. Returns where it does; ends with the test. */
export async function startTlsFront(t: Test, authority: Authority, target: string): Promise<string> {
  const { certificatePath, keyPath } = await authority.sign('127.0.0.1');
  const server = createServer({ cert: readFileSync(certificatePath), key: readFileSync(keyPath) }, (client) => {
    const upstream = connect(Number(target.split(':')[1]), '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  return `127.0.0.1:${await listenOnFreePort(t, server)}`;
}
