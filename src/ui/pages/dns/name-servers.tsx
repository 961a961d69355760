import type { DnsStatus } from '../../api/dns.js';
import type { Edge } from '../../api/edges.js';
import { Label } from '../../components/status-label.js';
import { spanText } from '../../components/text.js';
import { Ago } from '../../components/time.js';
import { edgeRequest } from '../../http/edge-request.js';
import { usePaced } from '../../live/use-paced.js';
import { problemOf, useLoaded } from '../../live/use-loaded.js';
import { setQuery } from '../../router/place.js';
import { apps } from '../../stores/overview.js';

const distanceMs = 5_000;

function State({ edge, status }: { readonly edge: Edge; readonly status: DnsStatus | undefined }) {
  if (!edge.live) return <Label level="bad">away</Label>;
  if (status === undefined) return <Label level="off">live</Label>;
  if (!status.synced) return <Label level="bad">has not seen the cluster yet: answers SERVFAIL</Label>;
  if (status.staleSince !== null) {
    return (
      <Label level="warning">
        no master heard since <Ago at={status.staleSince} />
      </Label>
    );
  }
  if (status.catalog?.connected === false) return <Label level="warning">without a scheduler</Label>;
  return <Label level="good">synced</Label>;
}

function BehindText({ behind }: Edge) {
  if (behind === null) return <span class="muted">not said</span>;
  return <>{behind === 0 ? 'up to date' : `${behind} behind`}</>;
}

function ServerRow({
  edge,
  isChosen,
  hasOthers,
}: {
  readonly edge: Edge;
  readonly isChosen: boolean;
  readonly hasOthers: boolean;
}) {
  const changes = usePaced(apps.value, distanceMs);
  const loaded = useLoaded<DnsStatus | undefined>(
    async (signal) => (edge.reachable ? edgeRequest<DnsStatus>(edge.edge, 'ekiden/v1/status', { signal }) : undefined),
    [edge.edge, edge.reachable],
    [changes],
  );
  const { data } = loaded;
  const problem = problemOf(loaded);
  return (
    <tr>
      <th scope="row">
        {hasOthers ? (
          <label class="row">
            <input
              type="radio"
              name="name-server"
              checked={isChosen}
              disabled={!edge.reachable}
              onChange={() => setQuery({ edge: edge.edge })}
            />
            <span class="mono">{edge.edge}</span>
          </label>
        ) : (
          <span class="mono">{edge.edge}</span>
        )}
      </th>
      <td>
        <State edge={edge} status={data} />
        {problem === undefined ? null : <p class="server-problem">{problem}</p>}
        {edge.reachable ? null : <p class="server-problem">It has not said where its API is.</p>}
      </td>
      <td>
        <BehindText {...edge} />
      </td>
      <td class="number">{data?.names ?? '–'}</td>
      <td class="number">{data?.records ?? '–'}</td>
      <td class="number">{data?.serial ?? '–'}</td>
      <td>{data === undefined || data.ageMs === null ? '–' : `${spanText(data.ageMs)} (by ${data.source})`}</td>
      <td>
        <Ago at={data?.lastChangeAt} />
      </td>
    </tr>
  );
}

/** The name servers that follow this scheduler, and how each of them is; one of them is asked. */
export function NameServers({
  edges,
  chosen,
}: {
  readonly edges: readonly Edge[];
  readonly chosen: string | undefined;
}) {
  return (
    <section aria-labelledby="name-servers">
      <h2 id="name-servers">Name servers</h2>
      <div class="scroll-x" role="region" aria-label="How each of them is" tabIndex={0}>
        <table class="name-servers" aria-label="Name servers">
          <thead>
            <tr>
              <th scope="col">Name server</th>
              <th scope="col">State</th>
              <th scope="col">Catalog</th>
              <th scope="col" class="number">
                Names
              </th>
              <th scope="col" class="number">
                Records
              </th>
              <th scope="col" class="number">
                Serial
              </th>
              <th scope="col">Master heard</th>
              <th scope="col">Last change</th>
            </tr>
          </thead>
          <tbody>
            {edges.map((edge) => (
              <ServerRow key={edge.edge} edge={edge} isChosen={edge.edge === chosen} hasOthers={edges.length > 1} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
