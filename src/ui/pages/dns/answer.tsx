import type { DnsExplanation } from '../../api/dns.js';
import { CopyButton } from '../../components/copy.js';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { TitleRow } from '../../components/title-row.js';
import { edgeRequest } from '../../http/edge-request.js';
import { usePaced } from '../../live/use-paced.js';
import { problemOf, useLoaded } from '../../live/use-loaded.js';
import { links } from '../../router/links.js';
import { apps } from '../../stores/overview.js';
import { digText } from './dig-text.js';
import type { QuestionType } from './names.js';
import { OwnerText } from './owner.js';

/** Names change with apps: it is asked again at most so often. */
const distanceMs = 1_000;
/** So many owners are listed of each record. */
const maxOwners = 10;

function Records({ explanation: { records, isCut } }: { readonly explanation: DnsExplanation }) {
  if (records.length === 0) return null;
  return (
    <>
      <h3>Whose they are</h3>
      <div class="scroll-x">
        <table class="record-owners" aria-label="Records and whose they are">
          <thead>
            <tr>
              <th scope="col">Type</th>
              <th scope="col">Data</th>
              <th scope="col">Of</th>
            </tr>
          </thead>
          <tbody>
            {records.map(({ type, data, owners }) => (
              <tr key={`${type} ${data}`}>
                <td>{type}</td>
                <td class="mono wrap">{data}</td>
                <td>
                  <ul class="plain-list">
                    {owners.slice(0, maxOwners).map((owner, index) => (
                      <li key={index}>
                        <OwnerText owner={owner} />
                      </li>
                    ))}
                    {owners.length > maxOwners ? <li class="muted">and {owners.length - maxOwners} more</li> : null}
                  </ul>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {isCut ? <p class="muted">There are more records or owners than are shown.</p> : null}
    </>
  );
}

function Why({ explanation }: { readonly explanation: DnsExplanation }) {
  const { text, staleSince, leftOut, similar, apps: named, resolvers, status } = explanation;
  const level = status === 'NXDOMAIN' || status === 'REFUSED' ? 'warning' : status === 'SERVFAIL' ? 'bad' : 'info';
  return (
    <>
      <Notice level={level}>
        <p class="why-text">{text}</p>
        {similar.length === 0 ? null : (
          <p class="why-text">
            Did you mean{' '}
            {similar.map((name, index) => (
              <span key={name}>
                {index === 0 ? '' : ', '}
                <a class="mono" href={links.dns(name)}>
                  {name}
                </a>
              </span>
            ))}
            ?
          </p>
        )}
        {named.length === 0 ? null : (
          <p class="why-text">
            {named.map(({ id }, index) => (
              <span key={id}>
                {index === 0 ? 'The name of ' : ', '}
                <a href={links.app(id)}>{id}</a>
              </span>
            ))}
          </p>
        )}
      </Notice>
      {staleSince === null ? null : (
        <Notice level="warning" title="This may be old">
          No master has told of the cluster since {staleSince}.
        </Notice>
      )}
      {resolvers.length === 0 ? null : <p class="muted">Resolvers for it: {resolvers.join(', ')}</p>}
      <Records explanation={explanation} />
      {leftOut.length === 0 ? null : (
        <>
          <h3>Left out, and why</h3>
          <ul class="left-out">
            {leftOut.map(({ why, ...owner }, index) => (
              <li key={index}>
                <OwnerText owner={owner} />: <strong>{why}</strong>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** What a name server answers to a question, as `dig` shows it, and why. */
export function DnsAnswer({
  edge,
  name,
  type,
}: {
  readonly edge: string;
  readonly name: string;
  readonly type: QuestionType;
}) {
  const changes = usePaced(apps.value, distanceMs);
  const loaded = useLoaded<DnsExplanation>(
    (signal) => edgeRequest(edge, `ekiden/v1/explain/${encodeURIComponent(name)}`, { query: { type }, signal }),
    [edge, name, type],
    [changes],
  );
  const { data } = loaded;
  const problem = problemOf(loaded);
  if (data === undefined) {
    return problem === undefined ? (
      <Loading what="the answer" />
    ) : (
      <Notice level="bad" title={`${name} could not be asked for`}>
        {problem}
      </Notice>
    );
  }
  const text = digText(data);
  return (
    <section aria-label={`Answer for ${name} ${type}`}>
      {problem === undefined ? null : <Notice level="warning">{problem}</Notice>}
      {text === undefined ? null : (
        <div class="dig">
          <TitleRow>
            <h2>Answer</h2>
            <CopyButton text={text} what="the answer" />
          </TitleRow>
          <pre tabIndex={0} aria-label="The answer as dig shows it">
            {text}
          </pre>
        </div>
      )}
      <h2>Why</h2>
      <Why explanation={data} />
    </section>
  );
}
