import type { AppDefinition } from '../../model/app-definition.js';
import type { AppDraft } from './app-draft.js';
import type { PortMapping } from '../../model/container.js';

/** The port mappings of an app's container; empty when it has none. */
export function portMappingsOf(app: AppDraft): readonly PortMapping[] {
  return app.container?.portMappings ?? [];
}

/**
 * The ports by which load balancers know an app, in the order of its ports: those of its port mappings if it has any, else of
 * its port definitions (Marathon's `servicePorts`). 0 = not assigned yet.
 */
export function servicePortsOf(app: AppDraft): readonly number[] {
  const mappings = portMappingsOf(app);
  return mappings.length > 0
    ? mappings.map(({ servicePort }) => servicePort)
    : app.portDefinitions.map(({ port }) => port);
}

/**
 * Gives every service port that is 0 a number from `range` (both ends included): first the one that the previous version had at
 * the same place, then others that it had and no longer uses, then the lowest that is not taken (`lowestFree`: from a number on;
 * undefined = none). Numbers that are given stay, in the range or not. Not ok: the range is used up.
 */
export function assignServicePorts(
  draft: AppDraft,
  previous: AppDefinition | undefined,
  lowestFree: (from: number) => number | undefined,
  range: { readonly min: number; readonly max: number },
): { readonly ok: true; readonly draft: AppDraft } | { readonly ok: false } {
  const wanted = servicePortsOf(draft);
  if (!wanted.includes(0)) return { ok: true, draft };
  const used = new Set(wanted);
  const isReusable = (port: number | undefined): port is number =>
    port !== undefined && port >= range.min && port <= range.max && !used.has(port);
  const former = previous === undefined ? [] : servicePortsOf(previous);
  const assigned = wanted.map((port, i) => {
    const before = former[i];
    if (port !== 0 || !isReusable(before)) return port;
    used.add(before);
    return before;
  });
  const spare = former.filter(isReusable);
  let next = range.min;
  for (const [i, port] of assigned.entries()) {
    if (port !== 0) continue;
    let free = spare.shift();
    if (free === undefined) {
      do {
        free = lowestFree(next);
        if (free === undefined) return { ok: false };
        next = free + 1;
      } while (used.has(free));
    }
    used.add(free);
    assigned[i] = free;
  }
  return { ok: true, draft: withServicePorts(draft, assigned) };
}

function withServicePorts(draft: AppDraft, ports: readonly number[]): AppDraft {
  const mappings = portMappingsOf(draft);
  if (draft.container === undefined || mappings.length === 0) {
    return {
      ...draft,
      portDefinitions: draft.portDefinitions.map((definition, i) => ({ ...definition, port: ports[i] ?? 0 })),
    };
  }
  const portMappings = mappings.map((mapping, i) => ({ ...mapping, servicePort: ports[i] ?? 0 }));
  return { ...draft, container: { ...draft.container, portMappings } };
}
