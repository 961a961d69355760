import type { Queue } from '../../api/queue.js';
import { Button } from '../../components/button.js';
import { Empty, Loading } from '../../components/loading.js';
import { Notice } from '../../components/notice.js';
import { countText } from '../../components/text.js';
import { TitleRow } from '../../components/title-row.js';
import { request } from '../../http/request.js';
import { serverTimeMs } from '../../live/server-clock.js';
import { problemOf, useLoaded } from '../../live/use-loaded.js';
import { place, setQuery } from '../../router/place.js';
import { appNow, scheduler } from '../../stores/overview.js';
import { queuedId } from './needs.js';
import { QueueCard } from './queue-card.js';
import { useRef } from 'preact/hooks';
import './queue.css';

/** So many are drawn at once; the search finds the others. */
const maxShown = 100;

interface QueueRead {
  readonly entries: Queue['queue'];
  readonly atMs: number;
}

/** What waits, what for, and since when. */
export default function QueuePage() {
  const ids = useRef<readonly string[]>([]);
  const revisions = ids.current.map((id) => {
    const app = appNow(id);
    return [app?.revision, app?.delayedUntil];
  });
  const loaded = useLoaded<QueueRead>(
    async (signal) => {
      const { queue } = await request<Queue>('v2/queue', { query: { embed: 'lastUnusedOffers' }, signal });
      return { entries: queue, atMs: serverTimeMs() };
    },
    [],
    [scheduler.value?.queued, revisions],
  );
  const { data, reload, isLoading } = loaded;
  ids.current = data?.entries.map(queuedId) ?? [];
  const problem = problemOf(loaded);
  const search = place.value.query['search'] ?? '';
  const found = data?.entries.filter((entry) => queuedId(entry).includes(search)) ?? [];
  return (
    <>
      <TitleRow>
        <h1>Queue</h1>
        <div class="row">
          {(data?.entries.length ?? 0) > 5 ? (
            <input
              type="search"
              aria-label="Search by id"
              placeholder="Search"
              value={search}
              onInput={(event) => setQuery({ search: event.currentTarget.value })}
            />
          ) : null}
          <Button busy={isLoading} onClick={reload}>
            Read again
          </Button>
        </div>
      </TitleRow>
      {problem === undefined ? null : (
        <Notice level="bad" title="The queue could not be read">
          {problem}
        </Notice>
      )}
      {data === undefined ? (
        problem === undefined ? (
          <Loading what="the queue" />
        ) : null
      ) : data.entries.length === 0 ? (
        <Empty>Nothing waits: every instance that is wanted has been launched.</Empty>
      ) : (
        <>
          <p class="muted" role="status">
            {countText(data.entries.length, 'app or pod waits', 'apps and pods wait')}, with{' '}
            {countText(
              data.entries.reduce((sum, { count }) => sum + count, 0),
              'instance',
            )}
            {search === '' ? '' : `; ${found.length} with “${search}” in the id`}.
          </p>
          {found.slice(0, maxShown).map((entry) => (
            <QueueCard key={queuedId(entry)} entry={entry} readAtMs={data.atMs} />
          ))}
          {found.length > maxShown ? (
            <p class="muted">And {found.length - maxShown} more: search for the one you mean.</p>
          ) : null}
        </>
      )}
    </>
  );
}
