import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { problemOf } from '../../live/use-loaded.js';
import { useEdges } from '../../live/use-edges.js';
import type { PageProps } from '../../router/page-view.js';
import { place } from '../../router/place.js';
import { DnsAnswer } from './answer.js';
import { NameForm } from './name-form.js';
import { NameServers } from './name-servers.js';
import { typeOf } from './names.js';
import { RecordList } from './record-list.js';
import './dns.css';

/** Asks a name server: what it answers, why, and all that it knows. */
export default function DnsPage({ params }: PageProps) {
  const edges = useEdges('dns');
  const { query } = place.value;
  const name = params['name'] ?? '';
  const all = edges.data ?? [];
  const able = all.filter(({ reachable }) => reachable);
  const chosen = (able.find(({ edge }) => edge === query['edge']) ?? able[0])?.edge;
  const type = typeOf(query['type'], name);
  const problem = problemOf(edges);
  return (
    <>
      <h1>DNS</h1>
      {problem === undefined ? null : (
        <Notice level="bad" title="The name servers are not known">
          {problem}
        </Notice>
      )}
      {edges.data === undefined ? (
        problem === undefined ? (
          <Loading what="the name servers" />
        ) : null
      ) : all.length === 0 ? (
        <Notice level="warning" title="No name server follows this scheduler">
          Names are served where one does: <code>ekiden up</code> starts one with the rest; alone it is{' '}
          <code>ekiden dns --master … --marathon {location.origin}</code>. A Mesos-DNS, or an <code>ekiden dns</code>{' '}
          without --marathon, is not known here.
        </Notice>
      ) : (
        <>
          {chosen === undefined ? (
            <Notice level="warning" title="No name server can be asked">
              None of them has said where its API is.
            </Notice>
          ) : (
            <>
              <NameForm edge={chosen} name={name} type={type} />
              {name === '' ? null : <DnsAnswer edge={chosen} name={name} type={type} />}
            </>
          )}
          <NameServers edges={all} chosen={chosen} />
          {chosen === undefined ? null : <RecordList edge={chosen} />}
        </>
      )}
    </>
  );
}
