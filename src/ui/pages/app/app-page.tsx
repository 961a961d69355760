import { lazyTab } from './lazy-tab.js';
import { ApiError } from '../../http/api-error.js';
import { idPath, request } from '../../http/request.js';
import type { Explanation } from '../../api/explanation.js';
import { Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { Tabs } from '../../components/tabs.js';
import { problemOf, useLoaded } from '../../live/use-loaded.js';
import { links } from '../../router/links.js';
import type { PageProps } from '../../router/page-view.js';
import { appNow } from '../../stores/overview.js';
import { AppHeader } from './app-header.js';
import { waitingText } from './debug/reasons.js';
import { GroupPath } from './group-path.js';
import { InstancesTab } from './instances/instances-tab.js';
import { loadSubject } from './load-subject.js';
import { NoSuchApp } from './no-such-app.js';
import { factsOf } from './subject.js';
import type { Subject, SubjectFacts } from './subject.js';
import './app-page.css';

const ConfigurationTab = lazyTab(() => import('./configuration/configuration-tab.js'), 'the configuration');
const EndpointsTab = lazyTab(() => import('./endpoints/endpoints-tab.js'), 'the endpoints');
const DebugTab = lazyTab(() => import('./debug/debug-tab.js'), 'why');
const VolumesTab = lazyTab(() => import('./volumes/volumes-tab.js'), 'the volumes');
const TimelineTab = lazyTab(() => import('./timeline/timeline-tab.js'), 'the timeline');

function tabsOf({ id, volumes, rows }: SubjectFacts) {
  const hasVolumes = volumes.length > 0 || rows.some((row) => row.volumes.length > 0);
  return [
    { id: 'instances', text: 'Instances', href: links.app(id) },
    { id: 'configuration', text: 'Configuration', href: links.app(id, 'configuration') },
    { id: 'debug', text: 'Debug', href: links.app(id, 'debug') },
    ...(hasVolumes ? [{ id: 'volumes', text: 'Volumes', href: links.app(id, 'volumes') }] : []),
    { id: 'timeline', text: 'Timeline', href: links.app(id, 'timeline') },
    { id: 'endpoints', text: 'Endpoints', href: links.app(id, 'endpoints') },
  ];
}

function Content({ subject, tab }: { readonly subject: Subject; readonly tab: string }) {
  const facts = factsOf(subject);
  const { id, kind } = facts;
  const line = appNow(id);
  const revision = line?.revision ?? 0;
  const waits = (line?.counts.unscheduled ?? 0) > 0 || line?.status === 'Waiting' || line?.status === 'Delayed';
  const explained = useLoaded(
    async (signal) =>
      waits || tab === 'debug' ? await request<Explanation>(`ekiden/v1/explain/${idPath(id)}`, { signal }) : undefined,
    [id],
    [revision, waits, tab === 'debug'],
  );
  const why = waits && explained.data !== undefined ? waitingText(explained.data) : undefined;
  const tabs = tabsOf(facts);
  const current = tabs.find((one) => one.id === tab)?.id ?? 'instances';
  const own = { id, kind, revision };
  return (
    <>
      <AppHeader facts={facts} line={line} />
      {why === undefined || current === 'debug' ? null : (
        <Notice level="warning">
          {why} <a href={links.app(id, 'debug')}>Debug</a>
        </Notice>
      )}
      <Tabs label={`Views of ${id}`} tabs={tabs} current={current} />
      {current === 'configuration' ? (
        <ConfigurationTab {...own} />
      ) : current === 'debug' ? (
        <DebugTab subject={subject} facts={facts} line={line} explained={explained} />
      ) : current === 'volumes' ? (
        <VolumesTab facts={facts} />
      ) : current === 'timeline' ? (
        <TimelineTab {...own} />
      ) : current === 'endpoints' ? (
        <EndpointsTab {...own} />
      ) : (
        <InstancesTab facts={facts} draining={line?.draining ?? 0} revision={revision} />
      )}
    </>
  );
}

/** An app or pod: how it is, what can be done with it, and its views. */
export default function AppPage({ params }: PageProps) {
  const id = params['id'] ?? '/';
  const line = appNow(id);
  const loaded = useLoaded((signal) => loadSubject(id, line?.kind, signal), [id], [line?.revision, line?.kind]);
  const { data, error } = loaded;
  const isMissing = error instanceof ApiError && error.status === 404;
  const problem = problemOf(loaded);
  return (
    <>
      <GroupPath id={id} />
      {isMissing ? (
        <NoSuchApp id={id} wasThere={data !== undefined} />
      ) : data !== undefined ? (
        <>
          {problem === undefined ? null : (
            <Notice level="warning" title="What is shown may be old">
              {problem}
            </Notice>
          )}
          <Content key={id} subject={data} tab={params['tab'] ?? 'instances'} />
        </>
      ) : problem !== undefined ? (
        <>
          <h1>{id}</h1>
          <Notice level="bad" title={`${id} could not be read`}>
            {problem}
          </Notice>
        </>
      ) : (
        <>
          <h1>{id}</h1>
          <Loading what={id} />
        </>
      )}
    </>
  );
}
