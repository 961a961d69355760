import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogInstance } from '../../catalog/types.js';
import { parseIpAddress } from '../../common/ip-address.js';
import type { Backend, Routing } from '../compile/routing-model.js';
import type { ExplainedBackend, ExplainedServer } from './explanation.js';
import type { ServerState } from './server-states.js';

const maxServers = 500;

/** The instance that is reached at an endpoint, as far as that can be told without asking for the addresses of hosts. */
function taskAt(instances: readonly CatalogInstance[], endpoint: string): string | null {
  const colon = endpoint.lastIndexOf(':');
  const [address, port] = [endpoint.slice(0, colon), Number(endpoint.slice(colon + 1))];
  const isAt = ({ host, ports, ipAddresses, containerPorts }: CatalogInstance): boolean =>
    (parseIpAddress(host)?.address === address && ports.includes(port)) ||
    (ipAddresses.includes(address) && (containerPorts ?? ports).includes(port));
  const certain = instances.find(isAt);
  if (certain !== undefined) return certain.taskId;
  const [likely, other] = instances.filter(
    ({ host, ports }) => parseIpAddress(host) === undefined && ports.includes(port),
  );
  return likely !== undefined && other === undefined ? likely.taskId : null;
}

function stateOf(status: string): ExplainedServer['state'] {
  if (/^(?:UP|no check)/.test(status)) return 'up';
  if (/^(?:DRAIN|NOLB)/.test(status)) return 'draining';
  if (status.startsWith('MAINT')) return 'disabled';
  return status.startsWith('DOWN') ? 'down' : 'unknown';
}

/** A backend with its servers, those that are about to go among them. `states`: what HAProxy says, by `backend/server`. */
export function explainedBackend(
  { name, mode, balance, servers, app }: Backend,
  { leaving }: Pick<Routing, 'leaving'>,
  catalog: CatalogView,
  states: ReadonlyMap<string, ServerState> | undefined,
): ExplainedBackend {
  const instances = [...catalog.instancesOf(app.id)];
  const explained = (
    server: string,
    endpoint: string,
    rest: Pick<ExplainedServer, 'state' | 'taskId'>,
  ): ExplainedServer => {
    const told = states?.get(`${name}/${server}`);
    return {
      name: server,
      endpoint,
      state: told === undefined ? rest.state : stateOf(told.status),
      status: told?.status ?? null,
      sessions: told?.sessions ?? null,
      check: told === undefined || told.check === '' ? null : told.check,
      taskId: rest.taskId,
    };
  };
  return {
    name,
    app: catalog.apps.has(app.id) ? app.id : null,
    mode,
    balance,
    statesFrom: states === undefined ? 'configuration' : 'haproxy',
    servers: [
      ...servers.map(({ name: server, endpoint, disabled }) =>
        explained(server, endpoint, { state: disabled ? 'disabled' : 'unknown', taskId: taskAt(instances, endpoint) }),
      ),
      ...leaving
        .filter(({ backend }) => backend === name)
        .map(({ server, endpoint, taskId }) => explained(server, endpoint, { state: 'draining', taskId })),
    ].slice(0, maxServers),
  };
}

/** How many servers of a backend there are to take requests, in words. */
export function serversText({ servers, statesFrom }: ExplainedBackend): string {
  const count = (state: ExplainedServer['state']): number => servers.filter((server) => server.state === state).length;
  const draining = count('draining');
  const rest = draining === 0 ? '' : `, ${draining} more being drained`;
  const total = servers.length - draining;
  if (statesFrom === 'configuration') {
    const usable = count('unknown');
    return usable === 0
      ? `which has no server to take it${rest}`
      : `with ${usable} of ${total} servers to take it${rest}`;
  }
  const up = count('up');
  return total === 0
    ? `which has no server: it is answered 503${rest}`
    : up === 0
      ? `none of whose ${total} servers is up: it is answered 503${rest}`
      : `where ${up} of ${total} servers are up${rest}`;
}
