import type { PropagationEdge } from '../../api/propagation.js';
import { Label } from '../../components/status-label.js';
import { webUrl } from '../../components/web-url.js';
import { links } from '../../router/links.js';

function Pages({ edge: { role, apiUrl } }: { readonly edge: PropagationEdge }) {
  const own = role === 'lb' ? links.routes() : links.dns();
  const url = webUrl(apiUrl);
  return (
    <>
      <a href={own}>{role === 'lb' ? 'Routes' : 'DNS'}</a>
      {url !== undefined ? (
        <>
          {', '}
          <a href={role === 'lb' ? `${url.replace(/\/$/, '')}/ui/` : url} rel="noreferrer">
            {role === 'lb' ? 'its own pages' : 'its API'}
          </a>
        </>
      ) : null}
    </>
  );
}

/** Who follows this scheduler, and how far each of them is. */
export function EdgeTable({ edges }: { readonly edges: readonly PropagationEdge[] }) {
  if (edges.length === 0) {
    return <p class="muted">No name server and no load balancer follows this scheduler.</p>;
  }
  return (
    <div class="scroll-x">
      <table class="edge-table" aria-label="Name servers and load balancers">
        <thead>
          <tr>
            <th scope="col">Edge</th>
            <th scope="col">Role</th>
            <th scope="col">State</th>
            <th scope="col">Catalog</th>
            <th scope="col">Pages</th>
          </tr>
        </thead>
        <tbody>
          {edges.map((edge) => (
            <tr key={`${edge.role} ${edge.edge}`}>
              <td class="mono">{edge.edge}</td>
              <td>{edge.role === 'lb' ? 'load balancer' : 'name server'}</td>
              <td>{edge.live ? <Label level="good">live</Label> : <Label level="bad">away</Label>}</td>
              <td>
                {edge.behind === undefined ? (
                  <span class="muted">not said</span>
                ) : edge.behind === 0 ? (
                  'up to date'
                ) : (
                  `${edge.behind} behind`
                )}
              </td>
              <td>
                <Pages edge={edge} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
