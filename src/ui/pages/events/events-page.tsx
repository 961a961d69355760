import { useEffect, useState } from 'preact/hooks';
import type { MarathonEvent } from '../../api/events.js';
import { Button } from '../../components/button.js';
import { CopyButton } from '../../components/copy.js';
import { Dialog } from '../../components/dialog.js';
import { Empty } from '../../components/loading.js';
import { Label } from '../../components/status-label.js';
import { countText } from '../../components/text.js';
import { VirtualList } from '../../components/virtual-list.js';
import { isNarrow } from '../../live/is-narrow.js';
import type { LiveStream } from '../../live/stream.js';
import { place, setQuery } from '../../router/place.js';
import { downloadText } from './download.js';
import { countsByKind, filteredEvents, jsonLines } from './event-log.js';
import { EventRow } from './event-row.js';
import { followEvents, maxEvents } from './event-stream.js';
import type { FollowedEvents } from './event-stream.js';
import { KindChips } from './kind-chips.js';
import './events.css';

const rowHeight = 34;
const narrowRowHeight = 76;

function EventDialog({ event, close }: { readonly event: MarathonEvent; readonly close: () => void }) {
  const text = JSON.stringify(event, undefined, 2);
  return (
    <Dialog title={event.eventType} wide onClose={close} footer={<CopyButton text={text} what="the event" />}>
      <pre tabIndex={0} class="event-json">
        {text}
      </pre>
    </Dialog>
  );
}

function StreamState({
  stream,
  isPaused,
  heldCount,
}: {
  readonly stream: LiveStream;
  readonly isPaused: boolean;
  readonly heldCount: number;
}) {
  const state = stream.connection.value;
  if (isPaused) return <Label level="warning">Paused, {countText(heldCount, 'event')} came meanwhile</Label>;
  if (state === 'live') return <Label level="good">Listening</Label>;
  return <Label level="off">{state === 'reconnecting' ? 'Reconnecting' : 'Connecting'}</Label>;
}

function EventList({ followed }: { readonly followed: FollowedEvents }) {
  const { log, stream, version, redraw } = followed;
  void version.value;
  const [opened, setOpened] = useState<MarathonEvent>();
  const { query } = place.value;
  const text = query['search'] ?? '';
  const chosen = new Set((query['kinds'] ?? '').split(',').filter(Boolean));
  const isOldestFirst = query['order'] === 'oldest';
  const found = filteredEvents(log.list, chosen, text);
  const at = (index: number) => found[isOldestFirst ? index : found.length - 1 - index];
  return (
    <>
      <div class="row event-tools">
        <input
          type="search"
          aria-label="Search the events"
          placeholder="App, task, host, any text"
          value={text}
          onInput={(event) => setQuery({ search: event.currentTarget.value })}
        />
        <Button
          kind={log.isPaused ? 'primary' : undefined}
          onClick={() => {
            if (log.isPaused) log.resume();
            else log.pause();
            redraw();
          }}
        >
          {log.isPaused ? 'Continue' : 'Pause'}
        </Button>
        <label class="row">
          Order{' '}
          <select
            value={isOldestFirst ? 'oldest' : 'newest'}
            onChange={({ currentTarget: { value } }) => setQuery({ order: value === 'oldest' ? value : undefined })}
          >
            <option value="newest">newest first</option>
            <option value="oldest">oldest first</option>
          </select>
        </label>
        <Button
          disabled={found.length === 0}
          onClick={() => downloadText(jsonLines(found), 'events.jsonl', 'application/jsonl')}
        >
          Download
        </Button>
        <Button
          kind="plain"
          disabled={log.list.length === 0}
          onClick={() => {
            log.clear();
            redraw();
          }}
        >
          Clear
        </Button>
      </div>
      <KindChips
        counts={countsByKind(log.list)}
        chosen={chosen}
        choose={(kinds) => setQuery({ kinds: [...kinds].join(',') })}
      />
      <p class="row event-state">
        <StreamState stream={stream} isPaused={log.isPaused} heldCount={log.heldCount} />
        <span class="muted">
          {found.length === log.list.length
            ? countText(found.length, 'event')
            : `${found.length} of ${countText(log.list.length, 'event')}`}
          {log.list.length >= maxEvents ? `, the last ${maxEvents}` : ''}
        </span>
      </p>
      {found.length === 0 ? (
        <Empty>
          {log.list.length === 0
            ? 'Nothing has happened since this page was opened.'
            : 'No event is like that: choose other kinds, or another text.'}
        </Empty>
      ) : (
        <VirtualList
          label="Events"
          count={found.length}
          rowHeight={isNarrow.value ? narrowRowHeight : rowHeight}
          rowClass="event-row"
          keyOf={(index) => String(at(index)?.seq ?? index)}
          row={(index) => {
            const entry = at(index);
            return entry === undefined ? null : <EventRow entry={entry} open={() => setOpened(entry.event)} />;
          }}
          head={
            <>
              <span role="columnheader">Time</span>
              <span role="columnheader">Kind</span>
              <span role="columnheader">App</span>
              <span role="columnheader">What</span>
            </>
          }
        />
      )}
      {opened === undefined ? null : <EventDialog event={opened} close={() => setOpened(undefined)} />}
    </>
  );
}

/** Marathon's event bus, live while the page is open. */
export default function EventsPage() {
  const [followed, setFollowed] = useState<FollowedEvents>();
  useEffect(() => {
    const own = followEvents();
    setFollowed(own);
    return () => own.close();
  }, []);
  return (
    <>
      <h1>Events</h1>
      {followed === undefined ? null : <EventList followed={followed} />}
    </>
  );
}
