import { useState } from 'preact/hooks';
import type { Explanation } from '../../api/explanation.js';
import { Button } from '../../components/button.js';
import { CopyButton } from '../../components/copy.js';
import { Label } from '../../components/status-label.js';
import { Tabs } from '../../components/tabs.js';
import { Ago, At } from '../../components/time.js';
import { idPath, request } from '../../http/request.js';
import { useLoaded } from '../../live/use-loaded.js';
import { links } from '../../router/links.js';
import type { PageProps } from '../../router/page-view.js';
import { go, place, setQuery } from '../../router/place.js';
import { appNow } from '../../stores/overview.js';
import { GroupPath } from './group-path.js';
import { killInstances } from './instances/kill-instances.js';
import { stateLevel, stateText } from './instances/state-text.js';
import { loadSubject } from './load-subject.js';
import { LogView } from './sandbox/log-view.js';
import { SandboxBrowser } from './sandbox/sandbox-browser.js';
import { taskFactsOf } from './sandbox/task-facts.js';
import type { TaskFacts } from './sandbox/task-facts.js';
import { containerOf, shortId, shortVersion } from './short-id.js';
import { factsOf } from './subject.js';
import './app-page.css';
import './task-page.css';

function Facts({ appId, task }: { readonly appId: string; readonly task: TaskFacts }) {
  const { row, container, host, version, startedAt, endedAt, end } = task;
  const ports = container?.ports ?? row?.ports ?? [];
  const message = container?.message ?? row?.healthText;
  return (
    <dl class="app-facts">
      <div>
        <dt>{row === undefined && host !== undefined ? 'Ran on' : 'Host'}</dt>
        <dd>
          {host === undefined ? <span class="muted">not known</span> : <a href={links.nodes(host)}>{host}</a>}
          {row?.zone === undefined ? null : <span class="muted"> {row.zone}</span>}
        </dd>
      </div>
      {ports.length === 0 ? null : (
        <div>
          <dt>Ports</dt>
          <dd>
            {ports.map(({ text, name, href }, i) => (
              <span key={text}>
                {i === 0 ? '' : ', '}
                {href === undefined ? text : <a href={href}>{text}</a>}
                {name === undefined ? null : <span class="muted"> {name}</span>}
              </span>
            ))}
          </dd>
        </div>
      )}
      {row === undefined || row.addresses.length === 0 ? null : (
        <div>
          <dt>Addresses</dt>
          <dd>{row.addresses.join(', ')}</dd>
        </div>
      )}
      {version === undefined ? null : (
        <div>
          <dt>Version</dt>
          <dd>
            <a href={links.app(appId, 'configuration')} title={version}>
              {shortVersion(version)}
            </a>
            {row?.isOutdated === true ? ' (outdated)' : ''}
          </dd>
        </div>
      )}
      {startedAt === undefined ? null : (
        <div>
          <dt>Started</dt>
          <dd>
            <At at={startedAt} />{' '}
            <span class="muted">
              <Ago at={startedAt} />
            </span>
          </dd>
        </div>
      )}
      {endedAt === undefined ? null : (
        <div>
          <dt>Ended</dt>
          <dd>
            <At at={endedAt} />{' '}
            <span class="muted">
              <Ago at={endedAt} />
            </span>
          </dd>
        </div>
      )}
      {end === undefined ? null : (
        <div class="app-facts-wide">
          <dt>Why it ended</dt>
          <dd>{end}</dd>
        </div>
      )}
      {message === undefined ? null : (
        <div class="app-facts-wide">
          <dt>Last message</dt>
          <dd>{message}</dd>
        </div>
      )}
    </dl>
  );
}

/** A log beside another: each is followed, or not, for itself. */
function OneOfTwo({ taskId, path }: { readonly taskId: string; readonly path: string }) {
  const [isFollowing, setFollowing] = useState(true);
  return <LogView taskId={taskId} path={path} isFollowing={isFollowing} onFollow={setFollowing} />;
}

/** A task: what it is at, and its sandbox, as long as its agent has that. */
export default function TaskPage({ params }: PageProps) {
  const appId = params['id'] ?? '/';
  const taskId = params['task'] ?? '';
  const line = appNow(appId);
  const revision = line?.revision ?? 0;
  const loaded = useLoaded((signal) => loadSubject(appId, line?.kind, signal), [appId], [revision, line?.kind]);
  const subject = loaded.error === undefined ? loaded.data : undefined;
  const facts = subject === undefined ? undefined : factsOf(subject);
  const isThere = facts?.rows.some(
    (row) => row.taskId === taskId || row.containers.some((container) => container.taskId === taskId),
  );
  // Of those that have ended only the explanation tells
  const explained = useLoaded(
    async (signal) =>
      isThere === false ? await request<Explanation>(`ekiden/v1/explain/${idPath(appId)}`, { signal }) : undefined,
    [appId, taskId],
    [isThere, isThere === false ? revision : 0],
  );
  const task = taskFactsOf(taskId, subject, facts, explained.data);
  const { row, container } = task;
  const state = container?.state ?? row?.state;

  const { path = '', file, follow, view } = place.value.query;
  const isBoth = view === 'both';
  const isFollowing = follow === 'true';
  const to = (query: Readonly<Record<string, string | undefined>>): string => links.task(appId, taskId, query);
  const isOther = file !== undefined && file !== 'stdout' && file !== 'stderr';
  const tabs = [
    { id: 'files', text: 'Files', href: to({ path }) },
    { id: 'stdout', text: 'stdout', href: to({ file: 'stdout', follow: 'true' }) },
    { id: 'stderr', text: 'stderr', href: to({ file: 'stderr', follow: 'true' }) },
    { id: 'both', text: 'Both', href: to({ view: 'both' }) },
    ...(isOther ? [{ id: file, text: file, href: to({ path, file }) }] : []),
  ];
  const setFollow = (on: boolean): void => setQuery({ follow: on ? 'true' : undefined });
  const kill = async (scale: boolean): Promise<void> => {
    if (facts === undefined || row === undefined) return;
    if (await killInstances({ facts, ids: [row.id], scale })) go(['apps', appId]);
  };
  return (
    <>
      <GroupPath id={appId} task={shortId(taskId)} />
      <header class="app-head">
        <div class="row spread app-title">
          <div class="row">
            <h1>
              {containerOf(taskId) ?? 'Task'} {shortId(taskId)}
            </h1>
            {state === undefined ? (
              isThere === false ? (
                <Label level="off">{task.endedAt === undefined ? 'Not there any more' : 'Ended'}</Label>
              ) : null
            ) : (
              <Label level={stateLevel(state)} title={state}>
                {stateText(state)}
              </Label>
            )}
          </div>
          {row === undefined || facts === undefined ? null : (
            <div class="row" role="group" aria-label="Actions on this task">
              <Button kind="danger" onClick={() => kill(false)}>
                Kill
              </Button>
              {facts.kind === 'pod' ? null : (
                <Button kind="danger" onClick={() => kill(true)}>
                  Kill & scale
                </Button>
              )}
            </div>
          )}
        </div>
        <p class="task-id">
          <code>{taskId}</code> <CopyButton text={taskId} what="the id of the task" />
        </p>
        <Facts appId={appId} task={task} />
      </header>
      <Tabs label="Sandbox of the task" tabs={tabs} current={isBoth ? 'both' : file === undefined ? 'files' : file} />
      {isBoth ? (
        <div class="both-logs">
          <div>
            <h2>stdout</h2>
            <OneOfTwo key={taskId} taskId={taskId} path="stdout" />
          </div>
          <div>
            <h2>stderr</h2>
            <OneOfTwo key={taskId} taskId={taskId} path="stderr" />
          </div>
        </div>
      ) : file === undefined ? (
        <SandboxBrowser appId={appId} taskId={taskId} path={path} state={state} />
      ) : (
        <LogView key={`${taskId} ${file}`} taskId={taskId} path={file} isFollowing={isFollowing} onFollow={setFollow} />
      )}
    </>
  );
}
