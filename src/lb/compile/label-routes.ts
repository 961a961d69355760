import type { PathId } from '../../common/path-id.js';
import type { ServiceSettings } from '../labels/service-settings.js';
import { labelRouteName } from './names.js';
import type { Route } from './routing-model.js';

/** Hosts times paths; what a label can say is far below. */
const maxRoutes = 2_000;

/**
 * marathon-lb's weight is 1 for a service with paths and 0 for one without, so that paths go first. Here the longest path does,
 * so both are the same, and hosts with and without paths can be looked up together.
 */
function priorityOf({ priority }: ServiceSettings): number {
  return priority === null || priority === 1 ? 0 : priority;
}

/** The hosts of a service, in the order in which they were given, each once. */
export function hostsOf({ hosts, aliases }: ServiceSettings): readonly string[] {
  return aliases.length === 0 ? hosts : [...new Set([...hosts, ...aliases])];
}

/** The routes that the labels of a service ask for: each of its hosts with each of its paths. */
export function labelRoutes(id: PathId, settings: ServiceSettings, backend: string): Route[] {
  const paths = settings.paths.length === 0 ? [{ path: '/', ignoreCase: false }] : settings.paths;
  const routes: Route[] = [];
  for (const host of hostsOf(settings)) {
    for (const { path, ignoreCase } of paths) {
      if (routes.length === maxRoutes) return routes;
      const prefix = path.replace(/\/+$/, '');
      routes.push({
        name: labelRouteName(id, settings.portIndex, `${host}${prefix}${ignoreCase ? ' -i' : ''}`),
        source: { kind: 'label', app: settings.app.id, portIndex: settings.portIndex },
        backend,
        app: id,
        priority: priorityOf(settings),
        host,
        path: prefix === '' ? null : prefix,
        ignoreCase: ignoreCase && prefix !== '',
        acl: null,
      });
    }
  }
  return routes;
}
