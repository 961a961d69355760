import { createServer } from 'node:net';

/** Ports that were handed out by this process: the kernel may offer one again before its user has bound it. */
const given = new Set<number>();

/** A TCP port on 127.0.0.1 that nobody uses now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    if (address === null || typeof address === 'string' || given.has(address.port)) continue;
    given.add(address.port);
    return address.port;
  }
}
