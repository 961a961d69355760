import type { ExplainedBackend, ExplainedServer } from '../../../api/routing.js';
import { Label } from '../../../components/status-label.js';
import { countText } from '../../../components/text.js';
import { links } from '../../../router/links.js';
import { shortId } from '../short-id.js';

const maxServers = 20;

const levels = { up: 'good', down: 'bad', draining: 'warning', disabled: 'off', unknown: 'off' } as const;

function Server({ id, server }: { readonly id: string; readonly server: ExplainedServer }) {
  const { endpoint, state, status, sessions, check, taskId } = server;
  return (
    <li>
      <Label level={levels[state]} title={[status, check].filter((text) => text !== null).join(', ')}>
        {state}
      </Label>
      <span class="mono">{endpoint}</span>
      {taskId === null ? null : (
        <a class="mono wrap" href={links.task(id, taskId)} title={taskId}>
          {shortId(taskId)}
        </a>
      )}
      {sessions === null ? null : <span class="muted">{countText(sessions, 'session')}</span>}
    </li>
  );
}

/** The servers behind a route or a service port, with what HAProxy says of each. */
export function ServerList({ id, backend }: { readonly id: string; readonly backend: ExplainedBackend | null }) {
  if (backend === null) return <p class="muted">It leads to no backend now.</p>;
  const { servers, name, balance } = backend;
  const where = (
    <span class="muted">
      backend <code class="wrap">{name}</code>, {balance}
    </span>
  );
  if (servers.length === 0) return <p>No servers yet, {where}</p>;
  const up = servers.filter(({ state }) => state === 'up').length;
  return (
    <details class="servers" open={servers.length <= 5}>
      <summary>
        {up} of {countText(servers.length, 'server')} up {where}
      </summary>
      <ul>
        {servers.slice(0, maxServers).map((server) => (
          <Server key={server.name} id={id} server={server} />
        ))}
        {servers.length > maxServers ? <li class="muted">and {servers.length - maxServers} more</li> : null}
      </ul>
    </details>
  );
}
