import { useEffect, useState } from 'preact/hooks';
import type { DnsName, DnsRecords } from '../../api/dns.js';
import { Button } from '../../components/button.js';
import { Empty, Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { TitleRow } from '../../components/title-row.js';
import { ApiError } from '../../http/api-error.js';
import { edgeRequest } from '../../http/edge-request.js';
import { useDebounced } from '../../live/use-debounced.js';
import { usePaced } from '../../live/use-paced.js';
import { problemOf, useLoaded } from '../../live/use-loaded.js';
import { links } from '../../router/links.js';
import { apps } from '../../stores/overview.js';

const pageNames = 50;
/** So many records are shown of a name; its own answer has all. */
const maxRecords = 6;
const distanceMs = 3_000;

function NameRow({ entry: { name, count, records } }: { readonly entry: DnsName }) {
  const shown = records.slice(0, maxRecords);
  return (
    <tr>
      <td>
        <a class="mono wrap" href={links.dns(name)}>
          {name}
        </a>
      </td>
      <td>
        <ul class="plain-list mono">
          {shown.map(({ type, data }) => (
            <li key={`${type} ${data}`}>
              <span class="muted">{type}</span> <span class="wrap">{data}</span>
            </li>
          ))}
          {count > shown.length ? <li class="muted">and {count - shown.length} more</li> : null}
        </ul>
      </td>
    </tr>
  );
}

/** All names of the zone with their records, by the alphabet, a page at a time. */
export function RecordList({ edge }: { readonly edge: string }) {
  const [text, setText] = useState('');
  const filter = useDebounced(text.trim().toLowerCase());
  /** What each page begins behind; the last one is shown. */
  const [starts, setStarts] = useState<readonly string[]>(['']);
  useEffect(() => setStarts(['']), [edge, filter]);
  const after = starts.at(-1) ?? '';
  const changes = usePaced(apps.value, distanceMs);
  const loaded = useLoaded<DnsRecords>(
    (signal) => edgeRequest(edge, 'ekiden/v1/records', { query: { filter, after, limit: pageNames }, signal }),
    [edge, filter, after],
    [changes],
  );
  const { data, error } = loaded;
  const problem = problemOf(loaded);
  return (
    <section aria-labelledby="all-records">
      <TitleRow>
        <h2 id="all-records">All records</h2>
        <input
          type="search"
          aria-label="Filter the names"
          placeholder="Part of a name"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </TitleRow>
      {error instanceof ApiError && error.status === 404 ? (
        <Notice level="info">This name server does not list its zone (--dns_enumeration_on=false).</Notice>
      ) : problem !== undefined ? (
        <Notice level="bad" title="The records could not be read">
          {problem}
        </Notice>
      ) : null}
      {data === undefined ? (
        problem === undefined ? (
          <Loading what="the records" />
        ) : null
      ) : (
        <>
          <p class="muted">
            {data.totalNames} names with {data.totalRecords} records in all.
          </p>
          {data.names.length === 0 ? (
            <Empty>{filter === '' ? 'There are no names.' : `No name has “${filter}” in it.`}</Empty>
          ) : (
            <div class="scroll-x">
              <table class="names" aria-label="Names and their records">
                <thead>
                  <tr>
                    <th scope="col">Name</th>
                    <th scope="col">Records</th>
                  </tr>
                </thead>
                <tbody>
                  {data.names.map((entry) => (
                    <NameRow key={entry.name} entry={entry} />
                  ))}
                </tbody>
              </table>
            </div>
          )}
          <div class="row pager">
            <Button disabled={starts.length === 1} onClick={() => setStarts(starts.slice(0, -1))}>
              Previous
            </Button>
            <span class="muted">Page {starts.length}</span>
            <Button
              disabled={data.next === null}
              onClick={() => data.next !== null && setStarts([...starts, data.next])}
            >
              Next
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
