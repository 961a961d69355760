import type { Route, RouteSource } from '../compile/routing-model.js';
import { serializeAcl } from '../rules/acl.js';
import type { ExplainedRoute } from './explanation.js';

/** Who wants a route: `the rule of /shop`. */
export function sourceText(source: RouteSource): string {
  switch (source.kind) {
    case 'rule':
      return `the rule of ${source.id}`;
    case 'label':
      return `the settings of port ${source.portIndex} of ${source.app}`;
    case 'default':
      return `the default rule of ${source.app}`;
  }
}

/** The condition of a route in words: `host shop.example.com, path below /cart`; `any request` for none. */
export function conditionText({ host, path, ignoreCase, acl }: Route): string {
  const parts = [
    ...(host === null ? [] : [`host ${host}`]),
    ...(path === null ? [] : [`path below ${path}${ignoreCase ? ' (in any case)' : ''}`]),
    ...(acl === null ? [] : [serializeAcl(acl)]),
  ];
  return parts.length === 0 ? 'any request' : parts.join(', ');
}

/** A route for people and programs; `depends`: what has to be so for it to fit. */
export function explainedRoute(route: Route, depends?: string): ExplainedRoute {
  const { name, source, priority, backend, app } = route;
  return {
    name,
    source,
    condition: conditionText(route),
    priority,
    backend,
    app,
    ...(depends === undefined ? {} : { depends }),
  };
}
