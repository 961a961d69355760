import type { Edge, Edges } from '../api/edges.js';
import { request } from '../http/request.js';
import { apps } from '../stores/overview.js';
import { useLoaded } from './use-loaded.js';
import type { Loaded } from './use-loaded.js';
import { usePaced } from './use-paced.js';

/** How far edges are changes with every change of an app: it is read again at most so often. */
const distanceMs = 5_000;

/** The name servers or load balancers that follow this scheduler, those that can be asked first. */
export function useEdges(role: Edge['role']): Loaded<readonly Edge[]> {
  const changes = usePaced(apps.value, distanceMs);
  return useLoaded<readonly Edge[]>(
    async (signal) => {
      const { edges } = await request<Edges>('ekiden/v1/edges', { signal });
      const able = (edge: Edge): number => Number(edge.reachable) * 2 + Number(edge.live);
      return edges
        .filter((edge) => edge.role === role)
        .sort((a, b) => able(b) - able(a) || a.edge.localeCompare(b.edge));
    },
    [role],
    [changes],
  );
}
