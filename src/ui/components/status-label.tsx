import type { AppStatus } from '../api/overview.js';
import type { Level } from './notice.js';
import './status-label.css';

const levels: Readonly<Record<AppStatus, Level | 'off'>> = {
  Running: 'good',
  Deploying: 'info',
  Suspended: 'off',
  Delayed: 'bad',
  Waiting: 'warning',
};

/** A word with a colour; the colour alone never says it. */
export function Label({
  level,
  children,
  title,
}: {
  readonly level: Level | 'off';
  readonly children: preact.ComponentChildren;
  readonly title?: string;
}) {
  return (
    <span class={`label label-${level}`} title={title}>
      {children}
    </span>
  );
}

/** What an app is at. */
export function StatusLabel({ status, title }: { readonly status: AppStatus; readonly title?: string }) {
  return (
    <Label level={levels[status]} title={title}>
      {status}
    </Label>
  );
}
