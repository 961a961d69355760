import { isFreePort } from '../../support/ports.js';

/**
 * The first of `count` ports in a row that nobody uses now, below the range from which the kernel gives ports to clients.
 * `random` in [0, 1) spreads test runs that share a machine.
 */
export async function freePortRange(count: number, random: () => number = Math.random): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = 12_000 + Math.floor(random() * (32_000 - 12_000 - count));
    const ports = Array.from({ length: count }, (_, n) => first + n);
    if ((await Promise.all(ports.map(isFreePort))).every(Boolean)) return first;
  }
  throw new Error(`no ${count} free ports in a row`);
}
