import { useState } from 'preact/hooks';
import type { Timeline, TimelineEntry } from '../../../api/timeline.js';
import { Button } from '../../../components/button.js';
import { Empty, Loading } from '../../../components/loading.js';
import { Notice } from '../../../components/notice.js';
import { Ago, At } from '../../../components/time.js';
import { idPath, request } from '../../../http/request.js';
import { problemOf, useLoaded } from '../../../live/use-loaded.js';
import { links } from '../../../router/links.js';
import { place, setQuery } from '../../../router/place.js';
import { shortId, shortVersion } from '../short-id.js';
import type { AppTabProps } from '../tab-props.js';
import { byDay, kindsOf } from './by-day.js';
import './timeline.css';

const firstLimit = 200;
const largestLimit = 1_000;

/** One of them, and several. */
const kindWords: Readonly<Record<TimelineEntry['kind'], readonly [string, string]>> = {
  deployment: ['Deployment', 'Deployments'],
  definition: ['Definition', 'Definitions'],
  instance: ['Instance', 'Instances'],
  health: ['Health', 'Health'],
  kill: ['Kill', 'Kills'],
  delay: ['Delay', 'Delays'],
  drain: ['Draining', 'Draining'],
};

function dayText(day: string): string {
  return new Date(`${day}T12:00:00`).toLocaleDateString(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
}

function timeText(at: string): string {
  return new Date(at).toLocaleTimeString();
}

function Entry({ id, entry }: { readonly id: string; readonly entry: TimelineEntry }) {
  const { at, kind, level, text, why, instance, task, host, deployment, version } = entry;
  return (
    <li class={`timeline-entry timeline-${level}`}>
      <span class="timeline-time">
        <time dateTime={at} title={at}>
          {timeText(at)}
        </time>
        <span class="muted">
          <Ago at={at} />
        </span>
      </span>
      <div class="timeline-what">
        <p>
          <span class="timeline-kind">{kindWords[kind][0]}</span> {text}
        </p>
        {why === null ? null : <p class="timeline-why">{why}</p>}
        <p class="timeline-links">
          {task !== null ? (
            <a href={links.task(id, task)} title={task}>
              Task {shortId(task)}
            </a>
          ) : instance !== null ? (
            <span class="muted" title={instance}>
              Instance {shortId(instance)}
            </span>
          ) : null}
          {host === null ? null : <a href={links.nodes(host)}>{host}</a>}
          {deployment === null ? null : (
            <a href={links.deployments()} title={deployment}>
              Deployment {deployment.slice(0, 8)}
            </a>
          )}
          {version === null ? null : (
            <a href={links.app(id, 'configuration')} title={version}>
              Version {shortVersion(version)}
            </a>
          )}
        </p>
      </div>
    </li>
  );
}

/** What happened to an app or pod, and why, the newest first. */
export default function TimelineTab({ id, revision }: AppTabProps) {
  const [limit, setLimit] = useState(firstLimit);
  const loaded = useLoaded(
    (signal) => request<Timeline>(`ekiden/v1/timeline/${idPath(id)}`, { query: { limit }, signal }),
    [id],
    [revision, limit],
  );
  const { data } = loaded;
  const problem = problemOf(loaded);
  const kind = place.value.query['kind'] ?? '';
  if (data === undefined) {
    return problem === undefined ? (
      <Loading what="the timeline" />
    ) : (
      <Notice level="bad" title="The timeline could not be read">
        {problem}
      </Notice>
    );
  }
  const kinds = kindsOf(data.entries);
  const shown = kind === '' ? data.entries : data.entries.filter((entry) => entry.kind === kind);
  const days = byDay(shown, (at) => new Date(at).getTimezoneOffset());
  return (
    <section aria-label={`Timeline of ${id}`} class="timeline">
      {problem === undefined ? null : <Notice level="warning">{problem}</Notice>}
      <div class="row timeline-kinds" role="group" aria-label="Kinds of entries">
        {[{ kind: '' as const, count: data.entries.length }, ...kinds].map((one) => (
          <button
            key={one.kind}
            type="button"
            class="button button-small"
            aria-pressed={one.kind === kind}
            onClick={() => setQuery({ kind: one.kind })}
          >
            {one.kind === '' ? 'All' : kindWords[one.kind][1]} <span class="muted">{one.count}</span>
          </button>
        ))}
      </div>
      {shown.length === 0 ? <Empty>Nothing has happened to it that is remembered.</Empty> : null}
      {days.map(({ day, entries }) => (
        <section key={day}>
          <h2>{dayText(day)}</h2>
          <ol>
            {entries.map((entry) => (
              <Entry key={entry.seq} id={id} entry={entry} />
            ))}
          </ol>
        </section>
      ))}
      {data.entries.length >= limit && limit < largestLimit ? (
        <Button onClick={() => setLimit(largestLimit)}>Show more</Button>
      ) : (
        <p class="muted">
          Known since <At at={data.since} />. What was before is not remembered.
        </p>
      )}
    </section>
  );
}
