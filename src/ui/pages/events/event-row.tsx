import type { LoggedEvent } from './event-log.js';
import { gapKind } from './event-log.js';
import { Label } from '../../components/status-label.js';
import { links } from '../../router/links.js';
import { appsIn, eventLevel, eventText } from './event-words.js';

const timeOfDay = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});

function timeText(timestamp: string): string {
  const at = new Date(timestamp);
  return Number.isNaN(at.getTime()) ? timestamp : timeOfDay.format(at);
}

/** The columns of an event; its kind opens all of it. */
export function EventRow({ entry: { event }, open }: { readonly entry: LoggedEvent; readonly open: () => void }) {
  const apps = appsIn(event);
  const [app] = apps;
  const isGap = event.eventType === gapKind;
  const text = eventText(event);
  return (
    <>
      <span role="cell" class="event-time" title={event.timestamp}>
        {timeText(event.timestamp)}
      </span>
      <span role="cell" class="event-kind">
        <Label level={eventLevel(event)}>
          {isGap ? (
            'gap'
          ) : (
            <button type="button" class="link-button" title="Show all of it" onClick={open}>
              {event.eventType}
            </button>
          )}
        </Label>
      </span>
      <span role="cell" class="event-app">
        {app === undefined ? null : <a href={links.app(app)}>{app}</a>}
        {apps.length > 1 ? ` and ${apps.length - 1} more` : ''}
      </span>
      <span role="cell" class="event-text" title={text}>
        {text}
      </span>
    </>
  );
}
