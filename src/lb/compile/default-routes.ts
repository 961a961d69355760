import { defaultRouteName } from './names.js';
import type { ProxySettings, Report, Route } from './routing-model.js';
import { byText } from './by-text.js';
import { isTcp } from './services.js';
import type { Service } from './services.js';

/** An app that is reached by its id: its first TCP port. */
export function defaultService(services: readonly Service[]): Service | undefined {
  return services.find(({ settings }) => isTcp(settings.port));
}

/**
 * The routes of apps by their ids, in any case. With `bamboo` an id takes all that begins with it, and the first in the order of
 * ids wins: those that begin with another one are never reached, which is reported.
 */
export function defaultRoutes(
  services: readonly Service[],
  {
    rule,
    priority,
    backendOf,
  }: {
    readonly rule: ProxySettings['defaultRule'];
    readonly priority: number;
    readonly backendOf: (service: Service) => string;
  },
): { routes: Route[]; reports: Report[] } {
  const routes: Route[] = [];
  const reports: Report[] = [];
  let last: Service | undefined;
  for (const service of [...services].sort((a, b) => byText(a.id, b.id))) {
    const { id, settings } = service;
    const prefix = id.toLowerCase();
    const isBamboo = rule === 'bamboo';
    if (isBamboo && last !== undefined && prefix.startsWith(last.id.toLowerCase())) {
      reports.push({
        kind: 'app',
        id,
        reason: `${id} cannot be reached by its id: ${last.id} takes all that begins with it`,
      });
      continue;
    }
    last = service;
    routes.push({
      name: defaultRouteName(service.name),
      source: { kind: 'default', app: settings.app.id },
      backend: backendOf(service),
      app: id,
      priority,
      host: null,
      path: isBamboo ? null : id,
      ignoreCase: !isBamboo,
      acl: isBamboo
        ? { fetch: 'path', args: '', converters: [], method: 'beg', ignoreCase: true, patterns: [id] }
        : null,
    });
  }
  return { routes, reports };
}
