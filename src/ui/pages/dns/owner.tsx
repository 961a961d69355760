import type { DnsOwner } from '../../api/dns.js';
import { links } from '../../router/links.js';

function ports(hostPorts: readonly number[]): string {
  const shown = hostPorts.slice(0, 4).join(', ');
  return hostPorts.length === 0 ? '' : `:${shown}${hostPorts.length > 4 ? ' …' : ''}`;
}

/** Whose a record is, with a link to it where it is shown here. */
export function OwnerText({ owner }: { readonly owner: DnsOwner }) {
  switch (owner.kind) {
    case 'task': {
      const { id, app, framework, host, hostPorts, healthy, standing } = owner;
      return (
        <>
          {app === null ? (
            <>
              <code class="wrap">{id}</code> of {framework}
            </>
          ) : (
            <>
              <a href={links.app(app)}>{app}</a>{' '}
              <a class="mono wrap" href={links.task(app, id)}>
                {id}
              </a>
            </>
          )}{' '}
          <span class="muted">
            on {host ?? 'an unknown agent'}
            {ports(hostPorts)}
            {healthy === null ? '' : healthy ? ', healthy' : ', unhealthy'}
            {standing === 'in' ? '' : `, ${standing}`}
          </span>
        </>
      );
    }
    case 'agent':
      return (
        <>
          the agent <a href={links.nodes(owner.host)}>{owner.host}</a>
        </>
      );
    case 'framework':
      return (
        <>
          the framework <strong>{owner.framework}</strong>
        </>
      );
    case 'masters':
      return <>the masters of the cluster</>;
    case 'name server':
      return <>this name server</>;
  }
}
