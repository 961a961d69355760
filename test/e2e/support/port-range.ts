import { createServer } from 'node:net';

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Whether this process may bind `port` of 127.0.0.1 now. */
export const canBind = isFree;

/**
 * The first of `count` ports in a row that nobody uses now, below the range from which the kernel gives ports to clients.
 * `random` in [0, 1) spreads test runs that share a machine.
 */
export async function freePortRange(count: number, random: () => number = Math.random): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = 12_000 + Math.floor(random() * (32_000 - 12_000 - count));
    const ports = Array.from({ length: count }, (_, n) => first + n);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return first;
  }
  throw new Error(`no ${count} free ports in a row`);
}
