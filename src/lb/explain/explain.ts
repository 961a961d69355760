import type { Backend, ProxySettings, Report, Routing } from '../compile/routing-model.js';
import type { CatalogView } from '../../catalog/catalog.js';
import type { PathId } from '../../common/path-id.js';
import type { Rule } from '../rules/rule.js';
import { leftOutFor, similarHosts } from './absence.js';
import type { AskedRequest } from './asked-request.js';
import { connectionTo } from './connection.js';
import { explainedBackend, serversText } from './explained-backend.js';
import type { ExplainedBackend, ExplainedConnection, Explanation } from './explanation.js';
import { findRoute } from './find-route.js';
import type { FoundRoutes } from './find-route.js';
import { onTheWay } from './on-the-way.js';
import type { Way } from './on-the-way.js';
import { explainedRoute, sourceText } from './route-words.js';
import type { ServerState } from './server-states.js';

/** What an explanation is made from: what HAProxy was last given, and what that was made from. Nothing of it is changed. */
export interface ExplainParts {
  readonly routing: Routing;
  readonly settings: ProxySettings;
  readonly catalog: CatalogView;
  readonly rules: ReadonlyMap<PathId, Rule>;
  /** Of the routing, and what was found when it was brought into force. */
  readonly reports: readonly Report[];
}

/** Who takes a request: what is found without asking HAProxy. */
export interface Decision {
  readonly connection: ExplainedConnection;
  readonly routes: FoundRoutes;
  /** Where the request goes; undefined = nowhere, or that is not certain. */
  readonly backend: Backend | undefined;
}

const noRoutes: FoundRoutes = { taker: undefined, possible: [], shadowed: [], isCut: false };

/** The header that the frontend of app ids looks at. */
const appIdHeader = 'x-marathon-app-id';

/** The backend that a value of `X-Marathon-App-Id` stands for. */
function backendOfAppId({ model, maps }: Routing, request: AskedRequest): string | undefined {
  const id = request.headers.get(appIdHeader)?.at(-1)?.toLowerCase();
  const files = new Set(
    model.appId?.steps.flatMap((step) => (step.kind === 'map' && step.key === 'appId' ? [step.file] : [])),
  );
  const map = maps.find(({ path }) => files.has(path));
  return id === undefined ? undefined : map?.entries.get(id);
}

/** Follows a request from the port to the backend. Pure. */
export function decide(parts: ExplainParts, request: AskedRequest): Decision {
  const { routing } = parts;
  const { model, routes } = routing;
  const connection = connectionTo(parts, request.port, request.sni);
  const named = (name: string | undefined): Backend | undefined => model.backends.find((one) => one.name === name);
  switch (connection.kind) {
    case 'none':
    case 'statistics':
    case 'api':
      return { connection, routes: noRoutes, backend: undefined };
    case 'service': {
      const listener = model.listeners.find(({ name }) => name === connection.frontend);
      return { connection, routes: noRoutes, backend: named(listener?.backend) };
    }
    case 'appId':
      return { connection, routes: noRoutes, backend: named(backendOfAppId(routing, request)) };
    case 'http':
    case 'https': {
      const statsPath = model[connection.kind]?.statsPath ?? null;
      if (statsPath !== null && model.stats !== null && request.path.startsWith(statsPath)) {
        const text = `${statsPath} is where HAProxy's statistics are`;
        return { connection: { ...connection, kind: 'statistics', text }, routes: noRoutes, backend: undefined };
      }
      const found = findRoute(routes, request);
      return {
        connection,
        routes: found,
        backend: found.possible.length > 0 ? undefined : named(found.taker?.backend),
      };
    }
  }
}

const list = (texts: readonly string[]): string =>
  texts.length > 3 ? `${texts.slice(0, 3).join(', ')} and ${texts.length - 3} more` : texts.join(', ');

function requestText({ method, host, path, port }: AskedRequest): string {
  return `${method} ${host ?? ''}${path} at port ${port}`;
}

interface Told {
  readonly decision: Decision;
  readonly backend: ExplainedBackend | null;
  readonly way: Way;
  readonly hosts: readonly string[];
  readonly leftOut: Explanation['leftOut'];
}

/** Where the request ends up, in a sentence. */
function outcomeText(request: AskedRequest, { decision, backend, way, hosts }: Told): string {
  const { connection, routes } = decision;
  const { taker, possible } = routes;
  const asked = requestText(request);
  if (connection.kind === 'none') return `${asked}: ${connection.text}.`;
  if (connection.kind === 'statistics' || connection.kind === 'api') return `${asked}: ${connection.text}.`;
  if (possible.length > 0) {
    const all = possible.map(({ route, depends }) => `${sourceText(route.source)} (${depends})`);
    const otherwise = taker === undefined ? 'nothing does, and it is answered 503' : `${sourceText(taker.source)} does`;
    return `${asked}: ${connection.text}; it is up to what was not given whether ${list(all)} takes it, otherwise ${otherwise}.`;
  }
  if (backend === null) {
    if (connection.kind === 'appId') {
      return `${asked}: ${connection.text}, which looks at X-Marathon-App-Id; ${
        request.headers.has(appIdHeader) ? 'no app that is served has this id' : 'the header is not there'
      }, so it is answered 503.`;
    }
    const similar = hosts.length === 0 ? '' : ` Did you mean ${list(hosts)}?`;
    return `${asked}: ${connection.text}, but no route fits, so it is answered 503.${similar}`;
  }
  const by = taker === undefined ? 'and it goes' : `and by ${sourceText(taker.source)} it goes`;
  const end = way.ends === undefined ? serversText(backend) : `which does not pass it on: ${way.ends}`;
  return `${asked}: ${connection.text}, ${by} to the backend ${backend.name}, ${end}.`;
}

function textOf(request: AskedRequest, told: Told): string {
  const { shadowed } = told.decision.routes;
  const others = shadowed.map((route) => sourceText(route.source));
  const rest = told.leftOut.filter(({ kind }) => kind === 'app' || kind === 'rule');
  return [
    outcomeText(request, told),
    ...told.way.sentences,
    ...(others.length === 0 ? [] : [`In its shadow: ${list(others)}.`]),
    ...(rest.length === 0
      ? []
      : [`Left out: ${list(rest.map(({ kind, id, reason }) => `the ${kind} ${id} (${reason})`))}.`]),
  ].join(' ');
}

/**
 * Makes the explanation of what `decide` has found. `states`: what HAProxy says of the servers of the backend, by `backend/server`;
 * undefined when it was not asked. Pure.
 */
export function explain(
  parts: ExplainParts,
  request: AskedRequest,
  decision: Decision,
  states: ReadonlyMap<string, ServerState> | undefined,
): Explanation {
  const { routing, catalog } = parts;
  const { connection, routes } = decision;
  const backend = decision.backend === undefined ? null : explainedBackend(decision.backend, routing, catalog, states);
  const via =
    connection.kind === 'http' || connection.kind === 'https' || connection.kind === 'appId'
      ? connection.kind
      : 'service';
  const way =
    decision.backend === undefined ? { sentences: [], ends: undefined } : onTheWay(decision.backend, request, via);
  const apps = new Set([connection.app, routes.taker?.app ?? null, backend?.app ?? null].filter((app) => app !== null));
  const isLost = (connection.kind === 'http' || connection.kind === 'https') && routes.taker === undefined;
  const told: Told = {
    decision,
    backend,
    way,
    hosts: isLost && request.host !== null ? similarHosts(routing.routes, request.host) : [],
    leftOut: leftOutFor({ ...parts, routes: routing.routes }, request, apps),
  };
  return {
    text: textOf(request, told),
    request: {
      host: request.host,
      path: request.query === null ? request.path : `${request.path}?${request.query}`,
      method: request.method,
      port: request.port,
      scheme: connection.mode === 'tcp' ? 'tcp' : request.isSecure ? 'https' : 'http',
      sni: request.sni,
      source: request.source,
    },
    connection,
    route: routes.taker === undefined || routes.possible.length > 0 ? null : explainedRoute(routes.taker),
    possible: [
      ...routes.possible.map(({ route, depends }) => explainedRoute(route, depends)),
      ...(routes.taker === undefined || routes.possible.length === 0
        ? []
        : [explainedRoute(routes.taker, 'none of those before it takes it')]),
    ],
    shadowed: routes.shadowed.map((route) => explainedRoute(route)),
    backend,
    onTheWay: way.sentences,
    leftOut: told.leftOut,
    similarHosts: told.hosts,
    isCut: routes.isCut,
  };
}
