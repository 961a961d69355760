import type { CatalogView } from '../../catalog/catalog.js';
import type { ProxySettings, Report, Routing } from '../compile/routing-model.js';
import { isHostOf } from './route-verdict.js';
import type { ExplainedConnection } from './explanation.js';

/** What is asked about, as far as it decides on who takes the connection. */
export interface ConnectionParts {
  readonly routing: Routing;
  readonly settings: ProxySettings;
  readonly catalog: CatalogView;
  readonly reports: readonly Report[];
}

const none = (text: string): ExplainedConnection => ({ kind: 'none', frontend: null, app: null, mode: 'http', text });

/** What is said of a port or of its owner, where somebody has reported it. */
function reasonFor(reports: readonly Report[], port: number): string | undefined {
  const words = new RegExp(`\\b(?:service )?port ${port}\\b`);
  return reports.find(({ kind, id, reason }) => (kind === 'port' && id === String(port)) || words.test(reason))?.reason;
}

/** Why nobody listens on a port: the app that wants it and what is in its way, or that nobody wants it. */
function whyNobody({ catalog, reports }: ConnectionParts, port: number): string {
  const owners = [...catalog.apps.values()].filter(({ ports }) =>
    ports.some(({ servicePort }) => servicePort === port),
  );
  const reason = reasonFor(reports, port);
  if (owners.length === 0) {
    return reason === undefined
      ? `nobody listens on port ${port}: no app has it as a service port`
      : `nobody listens on port ${port}: ${reason}`;
  }
  const who = owners
    .slice(0, 5)
    .map(({ id }) => id)
    .join(', ');
  const own = reason ?? reports.find(({ kind, id }) => kind === 'app' && owners.some((app) => app.id === id))?.reason;
  return `nobody listens on port ${port}, which ${who} wants: ${own ?? 'the app is not served here (its group, or its settings)'}`;
}

/** Who takes a TLS session for a name; undefined when somebody does. */
function refusedName(onlyNames: readonly string[] | null, sni: string | null): string | undefined {
  if (onlyNames === null || (sni !== null && onlyNames.some((host) => isHostOf(host, sni.toLowerCase()))))
    return undefined;
  return sni === null
    ? 'clients that name no host get no TLS session'
    : `the name ${sni} gets no TLS session: no certificate and no route is for it`;
}

/** Who takes a connection to a port, or why nobody does. Pure. */
export function connectionTo(parts: ConnectionParts, port: number, sni: string | null): ExplainedConnection {
  const { routing, settings, reports } = parts;
  const { model } = routing;
  const shared = (kind: 'http' | 'https' | 'appId', what: string, isThere: boolean): ExplainedConnection =>
    isThere
      ? { kind, frontend: kind.toLowerCase(), app: null, mode: 'http', text: `${what} takes it` }
      : none(`${what} is not served: ${reasonFor(reports, port) ?? 'it has no configuration (yet)'}`);
  const listener = model.listeners.find((one) => one.port === port);
  if (listener !== undefined) {
    const { name, app, mode } = listener;
    return { kind: 'service', frontend: name, app, mode, text: `port ${port} is the service port of ${app}` };
  }
  if (settings.bindsHttpAndHttps && port === settings.httpPort) {
    return shared('http', 'the HTTP frontend', model.http !== null);
  }
  if (settings.bindsHttpAndHttps && port === settings.httpsPort) {
    const refused = model.https === null ? undefined : refusedName(model.https.onlyNames, sni);
    if (refused !== undefined) return none(refused);
    return shared('https', 'the HTTPS frontend', model.https !== null);
  }
  if (port === settings.appIdPort) return shared('appId', 'the frontend of app ids', model.appId !== null);
  if (port === settings.statsPort && model.stats !== null) {
    return { kind: 'statistics', frontend: null, app: null, mode: 'http', text: "it gets HAProxy's statistics" };
  }
  if (settings.reservedPorts.includes(port)) {
    return { kind: 'api', frontend: null, app: null, mode: 'http', text: 'it is the API of this load balancer' };
  }
  return none(whyNobody(parts, port));
}
