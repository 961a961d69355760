import type { Edge } from '../../../api/edges.js';
import type { AppPorts } from '../../../api/ports.js';
import type { Explanation, ListedRoute, RouteList, RouteSource } from '../../../api/routing.js';
import { CopyButton } from '../../../components/copy.js';
import { Loading } from '../../../components/loading.js';
import { Notice } from '../../../components/notice.js';
import { urlHost } from '../../../components/web-url.js';
import { edgeRequest } from '../../../http/edge-request.js';
import { idPath, request } from '../../../http/request.js';
import { problemOf, useLoaded } from '../../../live/use-loaded.js';
import { links } from '../../../router/links.js';
import { edgeAddress } from './edge-address.js';
import type { EdgeAddress } from './edge-address.js';
import { curlCommand, targetOf, targetUrl } from './route-url.js';
import { servicePortsOf } from './service-ports.js';
import type { ServicePort } from './service-ports.js';
import { ServerList } from './server-list.js';

/** So many ports and routes of an app are asked for one by one. */
const maxPorts = 10;
const maxRoutes = 10;

interface PortRead {
  readonly port: ServicePort;
  readonly explanation: Explanation;
}

interface RouteRead {
  readonly route: ListedRoute;
  /** Undefined where a host and a path do not say what the route takes. */
  readonly explanation: Explanation | undefined;
}

interface LoadBalancedRead {
  readonly ports: readonly PortRead[];
  readonly morePorts: number;
  readonly routes: readonly RouteRead[];
  readonly moreRoutes: number;
}

interface Asked {
  readonly edge: string;
  readonly id: string;
  readonly kind: 'app' | 'pod';
  readonly host: string;
}

async function read({ edge, id, kind, host }: Asked, signal: AbortSignal): Promise<LoadBalancedRead> {
  const explain = (query: Readonly<Record<string, string | number>>): Promise<Explanation> =>
    edgeRequest(edge, 'ekiden/v1/explain', { query, signal });
  const [definition, list] = await Promise.all([
    kind === 'pod' ? undefined : request<AppPorts>(`v2/apps/${idPath(id)}`, { query: { embed: 'app.counts' }, signal }),
    edgeRequest<RouteList>(edge, 'ekiden/v1/routes', { query: { limit: 5000 }, signal }),
  ]);
  const all = definition === undefined ? [] : servicePortsOf(definition);
  const own = list.routes.filter((route) => route.app === id);
  const [ports, routes] = await Promise.all([
    Promise.all(
      all.slice(0, maxPorts).map(async (port) => ({ port, explanation: await explain({ host, port: port.port }) })),
    ),
    Promise.all(
      own.slice(0, maxRoutes).map(async (route) => {
        const target = targetOf(route.condition);
        return { route, explanation: target === undefined ? undefined : await explain({ ...target }) };
      }),
    ),
  ]);
  return {
    ports,
    morePorts: Math.max(0, all.length - maxPorts),
    routes,
    moreRoutes: Math.max(0, own.length - maxRoutes),
  };
}

function Command({ text }: { readonly text: string }) {
  return (
    <p class="command">
      <code class="wrap">{text}</code> <CopyButton text={text} what={text} />
    </p>
  );
}

function PortView({
  id,
  address,
  read: { port, explanation },
}: {
  readonly id: string;
  readonly address: EdgeAddress;
  readonly read: PortRead;
}) {
  const { connection, backend } = explanation;
  const isServed = connection.kind === 'service' && connection.app === id;
  const url = `http://${urlHost(address.host)}:${port.port}/`;
  return (
    <li class="endpoint">
      <p class="endpoint-head">
        {isServed && backend?.mode === 'http' ? (
          <a class="mono wrap" href={url} rel="noreferrer">
            {url}
          </a>
        ) : (
          <span class="mono">
            {urlHost(address.host)}:{port.port}
          </span>
        )}
        <span class="muted">
          service port {port.index}
          {port.name === undefined ? '' : ` “${port.name}”`}, {backend?.mode ?? port.protocol}
        </span>
      </p>
      {isServed ? (
        <ServerList id={id} backend={backend} />
      ) : (
        <p class="not-served">
          {connection.text}. {explanation.leftOut.map(({ id: name, reason }) => `${name}: ${reason}`).join('; ')}
        </p>
      )}
    </li>
  );
}

function SourceText({ source }: { readonly source: RouteSource }) {
  switch (source.kind) {
    case 'rule':
      return (
        <>
          by the <a href={links.routes()}>rule of {source.id}</a>
        </>
      );
    case 'label':
      return <>by the labels of port {source.portIndex}</>;
    case 'default':
      return <>by the default rule</>;
  }
}

function RouteView({
  id,
  address,
  read: { route, explanation },
}: {
  readonly id: string;
  readonly address: EdgeAddress;
  readonly read: RouteRead;
}) {
  const target = targetOf(route.condition);
  const port = explanation?.request.port ?? address.port;
  const winner = explanation?.route ?? null;
  const isOther = explanation !== undefined && winner !== null && winner.name !== route.name;
  const { live, all } = route.servers;
  return (
    <li class="endpoint">
      <p class="endpoint-head">
        {target === undefined ? (
          <strong class="wrap">{route.condition}</strong>
        ) : (
          <a class="mono wrap" href={targetUrl(target, port)} rel="noreferrer">
            {targetUrl(target, port)}
          </a>
        )}
        <span class="muted">
          {route.condition}, <SourceText source={route.source} />
        </span>
      </p>
      {route.shadowedBy.length > 0 ? (
        <p class="not-served">It never gets a request: {route.shadowedBy.join(', ')} takes all of it before.</p>
      ) : isOther ? (
        <p class="not-served">{explanation.text}</p>
      ) : null}
      {target === undefined ? null : <Command text={curlCommand(target, address.host, port)} />}
      {explanation === undefined || isOther ? (
        <p class="muted">
          {live ?? '?'} of {all} servers take requests.
        </p>
      ) : (
        <ServerList id={id} backend={explanation.backend} />
      )}
    </li>
  );
}

/** Where load balancers take requests for an app: service ports, hosts and paths, with the servers behind. */
export function LoadBalanced({
  id,
  kind,
  edge,
  apiUrl,
  changes,
}: {
  readonly id: string;
  readonly kind: 'app' | 'pod';
  readonly edge: Edge;
  readonly apiUrl: string | undefined;
  readonly changes: unknown;
}) {
  const address = edgeAddress(edge.edge, apiUrl);
  const asked = { edge: edge.edge, id, kind, host: address.host };
  const loaded = useLoaded((signal) => read(asked, signal), [asked], [changes]);
  const { data } = loaded;
  const problem = problemOf(loaded);
  if (data === undefined) {
    return problem === undefined ? (
      <Loading what="its routes" />
    ) : (
      <Notice level="bad" title={`${edge.edge} could not be asked`}>
        {problem}
      </Notice>
    );
  }
  const { ports, morePorts, routes, moreRoutes } = data;
  return (
    <>
      {problem === undefined ? null : <Notice level="warning">{problem}</Notice>}
      {routes.length === 0 ? (
        <p>
          No host and no path lead to it. <a href={links.routes()}>Make a rule</a> for one.
        </p>
      ) : (
        <ul class="endpoints">
          {routes.map((one) => (
            <RouteView key={one.route.name} id={id} address={address} read={one} />
          ))}
        </ul>
      )}
      {moreRoutes > 0 ? <p class="muted">And {moreRoutes} more routes.</p> : null}
      <h3>Service ports</h3>
      {ports.length === 0 ? (
        <p class="muted">It has no service port.</p>
      ) : (
        <ul class="endpoints">
          {ports.map((one) => (
            <PortView key={one.port.port} id={id} address={address} read={one} />
          ))}
        </ul>
      )}
      {morePorts > 0 ? <p class="muted">And {morePorts} more ports.</p> : null}
    </>
  );
}
