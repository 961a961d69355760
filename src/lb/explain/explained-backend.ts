import type { CatalogView } from '../../catalog/catalog.js';
import type { Backend, Routing } from '../compile/routing-model.js';
import type { ExplainedBackend, ExplainedServer } from './explanation.js';
import type { ServerState } from './server-states.js';

const maxServers = 500;

function stateOf(status: string): ExplainedServer['state'] {
  if (/^(?:UP|no check)/.test(status)) return 'up';
  if (/^(?:DRAIN|NOLB)/.test(status)) return 'draining';
  if (status.startsWith('MAINT')) return 'disabled';
  return status.startsWith('DOWN') ? 'down' : 'unknown';
}

/** A backend with its servers, those that are about to go among them. `states`: what HAProxy says, by `backend/server`. */
export function explainedBackend(
  backend: Backend,
  { model, tasks, leaving }: Pick<Routing, 'model' | 'tasks' | 'leaving'>,
  catalog: CatalogView,
  states: ReadonlyMap<string, ServerState> | undefined,
): ExplainedBackend {
  const { name, mode, balance, servers, app } = backend;
  const taskOf = tasks[model.backends.indexOf(backend)];
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
        explained(server, endpoint, { state: disabled ? 'disabled' : 'unknown', taskId: taskOf?.get(server) ?? null }),
      ),
      ...leaving
        .filter((task) => task.backend === name)
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
