import type { EdgeRegistry, EdgeState, Propagation } from '../../../catalog/edges.js';
import type { DrainWatch } from '../../drain/drain-watch.js';

const maxDrains = 1_000;

const iso = (ms: number): string => new Date(ms).toISOString();

function renderEdge({ edge, role, apiUrl, isLive, seq, seenAtMs, drained }: EdgeState, newest: number): object {
  return {
    edge,
    role,
    ...(apiUrl === undefined ? {} : { apiUrl }),
    live: isLive,
    ...(seq === undefined ? {} : { seq, behind: newest - seq }),
    seenAt: iso(seenAtMs),
    drained: drained.size,
  };
}

/** `role edge` apart; only those of one role where that is asked for. */
function edgesOf(keys: Iterable<string>, role: string | undefined): { edge: string; role: string }[] {
  return Array.from(keys, (key) => {
    const blank = key.indexOf(' ');
    return { edge: key.slice(blank + 1), role: key.slice(0, blank) };
  }).filter((edge) => role === undefined || edge.role === role);
}

function renderChange(change: Propagation, role: string | undefined): object {
  const reached = edgesOf(change.reached.keys(), role).map((edge) => ({
    ...edge,
    ms: change.reached.get(`${edge.role} ${edge.edge}`) ?? 0,
  }));
  const missing = edgesOf(change.missing, role);
  const slowest = Math.max(...reached.map(({ ms }) => ms));
  return {
    seq: change.seq,
    publishedAt: iso(change.publishedAtMs),
    apps: change.apps,
    reached,
    missing,
    // Nobody to reach is not the same as having reached all
    ...(missing.length > 0 || reached.length === 0 ? {} : { everywhereAfterMs: slowest }),
  };
}

/** `GET /ekiden/v1/propagation`. */
export function renderPropagation(
  { edges, drains }: { readonly edges: EdgeRegistry; readonly drains: DrainWatch },
  { app, role, limit }: { readonly app: string | undefined; readonly role: string | undefined; readonly limit: number },
  nowMs: number,
): object {
  const { epoch, seq } = edges.position;
  return {
    now: iso(nowMs),
    position: { epoch, seq },
    edges: edges
      .edges()
      .filter((edge) => role === undefined || edge.role === role)
      .map((edge) => renderEdge(edge, seq)),
    draining: drains
      .drains(maxDrains)
      .filter(({ appId }) => app === undefined || appId === app)
      .map(({ taskId, appId, until, waitsFor }) => ({ taskId, app: appId, until, waitsFor: edgesOf(waitsFor, role) })),
    changes: edges.changes(limit, app).map((change) => renderChange(change, role)),
  };
}
