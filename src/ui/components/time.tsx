import { now } from '../live/now.js';
import { spanText } from './text.js';

function localText(ms: number): string {
  return new Date(ms).toLocaleString();
}

/** How long ago something was, or in how long it will be; the instant itself when it is pointed at. `at`: ISO 8601. */
export function Ago({ at }: { readonly at: string | null | undefined }) {
  const ms = Date.parse(at ?? '');
  if (Number.isNaN(ms)) return <span class="muted">–</span>;
  const distance = now.value - ms;
  const text = distance < -999 ? `in ${spanText(-distance)}` : distance < 1000 ? 'now' : `${spanText(distance)} ago`;
  return (
    <time dateTime={at ?? ''} title={localText(ms)}>
      {text}
    </time>
  );
}

/** An instant in the reader's time zone. `at`: ISO 8601. */
export function At({ at }: { readonly at: string | null | undefined }) {
  const ms = Date.parse(at ?? '');
  if (Number.isNaN(ms)) return <span class="muted">–</span>;
  return (
    <time dateTime={at ?? ''} title={at ?? ''}>
      {localText(ms)}
    </time>
  );
}
