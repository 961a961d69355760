import { useState } from 'preact/hooks';
import type { Edge } from '../../../api/edges.js';
import type { PropagationReport } from '../../../api/propagation.js';
import { Loading } from '../../../components/loading.js';
import { Notice } from '../../../components/notice.js';
import { TitleRow } from '../../../components/title-row.js';
import { request } from '../../../http/request.js';
import { useEdges } from '../../../live/use-edges.js';
import { usePaced } from '../../../live/use-paced.js';
import { problemOf, useLoaded } from '../../../live/use-loaded.js';
import type { Loaded } from '../../../live/use-loaded.js';
import type { AppTabProps } from '../tab-props.js';
import { DnsNames } from './dns-names.js';
import { LoadBalanced } from './load-balanced.js';
import { Draining, PropagationTable } from './propagation.js';
import './endpoints.css';

/** Several things are asked for each time. */
const distanceMs = 1_500;
const shownChanges = 12;

/** Which of several edges is asked; the first that can be until another is chosen. */
function useChosen(edges: Loaded<readonly Edge[]>): {
  readonly chosen: Edge | undefined;
  readonly able: readonly Edge[];
  readonly choose: (edge: string) => void;
} {
  const [name, choose] = useState<string>();
  const able = (edges.data ?? []).filter(({ reachable }) => reachable);
  return { able, chosen: able.find(({ edge }) => edge === name) ?? able[0], choose };
}

function EdgeChoice({
  label,
  able,
  chosen,
  choose,
}: {
  readonly label: string;
  readonly able: readonly Edge[];
  readonly chosen: Edge | undefined;
  readonly choose: (edge: string) => void;
}) {
  if (able.length < 2) return chosen === undefined ? null : <span class="muted">as {chosen.edge} has it</span>;
  return (
    <label class="row">
      {label}{' '}
      <select value={chosen?.edge} onChange={(event) => choose(event.currentTarget.value)}>
        {able.map(({ edge }) => (
          <option key={edge} value={edge}>
            {edge}
          </option>
        ))}
      </select>
    </label>
  );
}

function NoEdge({ edges, what }: { readonly edges: Loaded<readonly Edge[]>; readonly what: string }) {
  const problem = problemOf(edges);
  if (problem !== undefined) return <Notice level="bad">{problem}</Notice>;
  if (edges.data === undefined) return <Loading what={`the ${what}s`} />;
  return (
    <p class="muted">
      {edges.data.length === 0
        ? `No ${what} follows this scheduler.`
        : `No ${what} can be asked: none has said where its API is.`}
    </p>
  );
}

/** Where an app or pod is reached: its names, its routes and ports, and how far its last changes have come. */
export default function EndpointsTab({ id, kind, revision }: AppTabProps) {
  const changes = usePaced(revision, distanceMs);
  const dnsEdges = useEdges('dns');
  const lbEdges = useEdges('lb');
  const dns = useChosen(dnsEdges);
  const lb = useChosen(lbEdges);
  const report = useLoaded<PropagationReport>(
    (signal) => request('ekiden/v1/propagation', { query: { app: id, limit: shownChanges }, signal }),
    [id],
    [changes],
  );
  const apiUrlOf = (edge: Edge): string | undefined =>
    report.data?.edges.find((one) => one.edge === edge.edge && one.role === edge.role)?.apiUrl;
  const problem = problemOf(report);
  return (
    <div class="endpoints-tab">
      <section aria-labelledby="names">
        <TitleRow>
          <h2 id="names">Names</h2>
          <EdgeChoice label="Name server" {...dns} />
        </TitleRow>
        {dns.chosen === undefined ? (
          <NoEdge edges={dnsEdges} what="name server" />
        ) : (
          <DnsNames id={id} edge={dns.chosen} apiUrl={apiUrlOf(dns.chosen)} changes={changes} />
        )}
      </section>
      <section aria-labelledby="routes-of-app">
        <TitleRow>
          <h2 id="routes-of-app">Routes</h2>
          <EdgeChoice label="Load balancer" {...lb} />
        </TitleRow>
        {lb.chosen === undefined ? (
          <NoEdge edges={lbEdges} what="load balancer" />
        ) : (
          <LoadBalanced id={id} kind={kind} edge={lb.chosen} apiUrl={apiUrlOf(lb.chosen)} changes={changes} />
        )}
      </section>
      <section aria-labelledby="propagation">
        <h2 id="propagation">Propagation</h2>
        <p class="muted">
          When an instance comes, changes or goes, name servers and load balancers are told; this is how long each took
          to act on it.
        </p>
        {problem === undefined ? null : <Notice level="warning">{problem}</Notice>}
        {report.data === undefined ? (
          problem === undefined ? (
            <Loading what="the last changes" />
          ) : null
        ) : (
          <>
            <Draining {...report.data} />
            <PropagationTable report={report.data} />
          </>
        )}
      </section>
    </div>
  );
}
