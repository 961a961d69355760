import { now } from '../live/now.js';
import type { LiveStream } from '../live/stream.js';
import { spanText } from '../components/text.js';
import { Label } from '../components/status-label.js';

/** Whether what is shown is what is: live, or since when it is not. */
export function ConnectionState({ stream }: { readonly stream: LiveStream }) {
  const state = stream.connection.value;
  const lostAt = stream.lostAt.value;
  // Drawn again every second
  void now.value;
  const lostMs = lostAt === undefined ? 0 : performance.now() - lostAt;
  return (
    <span class="connection" role="status">
      {state === 'live' ? (
        <Label level="good" title="Changes are shown as they happen">
          Live
        </Label>
      ) : state === 'connecting' ? (
        <Label level="off">Connecting</Label>
      ) : state === 'paused' ? (
        <Label level="off" title="This page was not looked at for a while">
          Paused
        </Label>
      ) : (
        <Label level="warning" title="What is shown is what was known last">
          Reconnecting
          {/* Not read out every second */}
          <span aria-hidden="true">{lostMs < 2_000 ? '' : `, nothing heard for ${spanText(lostMs)}`}</span>
          {stream.refusal.value === undefined ? '' : `: ${stream.refusal.value}`}
        </Label>
      )}
    </span>
  );
}
