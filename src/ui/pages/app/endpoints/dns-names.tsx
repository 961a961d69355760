import type { DnsExplanation, DnsRecords } from '../../../api/dns.js';
import type { Info } from '../../../api/info.js';
import type { Edge } from '../../../api/edges.js';
import { CopyButton } from '../../../components/copy.js';
import { Loading } from '../../../components/loading.js';
import { Notice } from '../../../components/notice.js';
import { edgeRequest } from '../../../http/edge-request.js';
import { request } from '../../../http/request.js';
import { problemOf, useLoaded } from '../../../live/use-loaded.js';
import { links } from '../../../router/links.js';
import { usualType } from '../../dns/names.js';
import { likelyNames, nameFilter, usualName } from './app-names.js';
import { digCommand, edgeAddress } from './edge-address.js';

/** So many names of an app are asked for. */
const maxNames = 8;
const maxLines = 8;

function explain(edge: string, name: string, signal: AbortSignal): Promise<DnsExplanation> {
  const query = { type: usualType(name) };
  return edgeRequest(edge, `ekiden/v1/explain/${encodeURIComponent(name)}`, { query, signal });
}

function isOf({ apps, records }: DnsExplanation, id: string): boolean {
  const hasApp = records.some(({ owners }) => owners.some((owner) => owner.kind === 'task' && owner.app === id));
  return hasApp || apps.some((app) => app.id === id);
}

/** Where the zone may not be listed, the usual name is all that can be asked for. */
async function listedNames(edge: string, id: string, signal: AbortSignal): Promise<readonly string[]> {
  const query = { filter: nameFilter(id), limit: 500 };
  try {
    const { names } = await edgeRequest<DnsRecords>(edge, 'ekiden/v1/records', { query, signal });
    return names.map(({ name }) => name);
  } catch (error) {
    if (signal.aborted) throw error;
    return [];
  }
}

async function usualNameOf(edge: string, id: string, signal: AbortSignal): Promise<string> {
  const [{ marathon_config: config }, { zone }] = await Promise.all([
    request<Info>('v2/info', { signal }),
    explain(edge, 'zone', signal),
  ]);
  const framework = config['framework_name'];
  return usualName(id, typeof framework === 'string' ? framework : 'marathon', zone);
}

async function namesOf(edge: string, id: string, signal: AbortSignal): Promise<readonly DnsExplanation[]> {
  const likely = likelyNames(await listedNames(edge, id, signal), id, maxNames);
  const all = await Promise.all(likely.map((name) => explain(edge, name, signal)));
  const own = all.filter((explanation) => isOf(explanation, id));
  if (own.length > 0) return own;
  const usual = await explain(edge, await usualNameOf(edge, id, signal), signal);
  return isOf(usual, id) ? [usual] : [];
}

function dataOf(line: string): string {
  return line.split(' ').slice(4).join(' ');
}

function NameRow({ explanation, command }: { readonly explanation: DnsExplanation; readonly command: string }) {
  const { name, type, status, answer, text, leftOut } = explanation;
  return (
    <tr>
      <td>
        <a class="mono wrap" href={links.dns(name)} title="What it answers, and why">
          {name}
        </a>
      </td>
      <td>{type}</td>
      <td>
        {answer.length === 0 ? (
          <>
            <strong>{status}</strong>: {text}
          </>
        ) : (
          <ul class="plain-list mono">
            {answer.slice(0, maxLines).map((line) => (
              <li key={line} class="wrap">
                {dataOf(line)}
              </li>
            ))}
            {answer.length > maxLines ? <li class="muted">and {answer.length - maxLines} more</li> : null}
          </ul>
        )}
        {leftOut.length > 0 && answer.length > 0 ? (
          <a href={links.dns(name)}>{leftOut.length} left out, and why</a>
        ) : null}
      </td>
      <td>
        <span class="command">
          <code class="wrap">{command}</code> <CopyButton text={command} what={command} />
        </span>
      </td>
    </tr>
  );
}

/** The names of an app or pod, with what a name server answers now. */
export function DnsNames({
  id,
  edge,
  apiUrl,
  changes,
}: {
  readonly id: string;
  readonly edge: Edge;
  readonly apiUrl: string | undefined;
  readonly changes: unknown;
}) {
  const loaded = useLoaded((signal) => namesOf(edge.edge, id, signal), [edge.edge, id], [changes]);
  const { data } = loaded;
  const problem = problemOf(loaded);
  const address = edgeAddress(edge.edge, apiUrl);
  if (data === undefined) {
    return problem === undefined ? (
      <Loading what="its names" />
    ) : (
      <Notice level="bad" title={`${edge.edge} could not be asked`}>
        {problem}
      </Notice>
    );
  }
  if (data.length === 0) {
    return (
      <p class="muted">
        It has no name in DNS now. Names begin with the first instance that runs; <a href={links.dns()}>look one up</a>{' '}
        to see why it is not there.
      </p>
    );
  }
  return (
    <>
      {problem === undefined ? null : <Notice level="warning">{problem}</Notice>}
      <div class="scroll-x">
        <table class="dns-names" aria-label="Names in DNS">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Type</th>
              <th scope="col">Answer now</th>
              <th scope="col">In a shell</th>
            </tr>
          </thead>
          <tbody>
            {data.map((explanation) => (
              <NameRow
                key={explanation.name}
                explanation={explanation}
                command={digCommand(address, explanation.name, explanation.type)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
