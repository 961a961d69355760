import type { EdgeRegistry } from '../../../catalog/edges.js';

/** `GET /ekiden/v1/edges`. */
export function renderEdges(edges: EdgeRegistry): object {
  const newest = edges.position.seq;
  return {
    edges: edges.edges().map(({ edge, role, isLive, apiUrl, seq }) => ({
      edge,
      role,
      live: isLive,
      reachable: isLive && apiUrl !== undefined,
      behind: seq === undefined ? null : newest - seq,
    })),
  };
}
