import { createHash } from 'node:crypto';
import type { CatalogApp } from '../../catalog/types.js';
import type { PathId } from '../../common/path-id.js';

/** How often a port is looked for by the hash, before the first free one is taken. */
const maxAttempts = 50;

/**
 * The service ports of apps that have ports at addresses of their own and no service port, as with Marathon's `ipAddress`: by the
 * app and the index of its port. They come from `range` (first and last) by marathon-lb's way, the hash of id and port, so that
 * every edge, and marathon-lb itself, gives the same ones; on a clash the app whose id comes first has it. Pure and the same for
 * the same set of apps, in whatever order. A service port that another app has by its definition is not given away. Apps for
 * whom the range has no port left get none.
 */
export function assignServicePorts(
  apps: Iterable<CatalogApp>,
  range: readonly [number, number] | null,
): ReadonlyMap<PathId, ReadonlyMap<number, number>> {
  const assigned = new Map<PathId, Map<number, number>>();
  if (range === null) return assigned;
  const [first, last] = range;
  const taken = new Set<number>();
  const inNeed: CatalogApp[] = [];
  for (const app of apps) {
    if (needsPorts(app)) inNeed.push(app);
    else
      for (const { servicePort } of app.ports) if (servicePort >= first && servicePort <= last) taken.add(servicePort);
  }
  inNeed.sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const app of inNeed) {
    const ports = new Map<number, number>();
    app.ports.forEach(({ containerPort }, index) => {
      const port = choosePort(app.id, containerPort ?? 0, [first, last], taken);
      if (port === undefined) return;
      taken.add(port);
      ports.set(index, port);
    });
    assigned.set(app.id, ports);
  }
  return assigned;
}

function needsPorts(app: CatalogApp): boolean {
  return app.ports.length > 0 && app.ports.every((port) => port.servicePort === 0 && (port.containerPort ?? 0) > 0);
}

function choosePort(
  id: PathId,
  taskPort: number,
  [first, last]: readonly [number, number],
  taken: ReadonlySet<number>,
): number | undefined {
  const size = last - first + 1;
  if (size <= 0 || taken.size >= size) return undefined;
  for (let i = 0; i < maxAttempts; i += 1) {
    const hash = createHash('sha1').update(`${id}-${taskPort}-${i}`).digest('hex').slice(0, 8);
    const port = first + (Number.parseInt(hash, 16) % size);
    if (!taken.has(port)) return port;
  }
  for (let port = first; port <= last; port += 1) if (!taken.has(port)) return port;
  return undefined;
}
