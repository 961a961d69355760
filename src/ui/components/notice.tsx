import type { ComponentChildren } from 'preact';
import './notice.css';

export type Level = 'info' | 'good' | 'warning' | 'bad';

/** Something that should be read: what is wrong, or what to do. */
export function Notice({
  level,
  title,
  children,
}: {
  readonly level: Level;
  readonly title?: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${level}`} role={level === 'bad' ? 'alert' : 'status'}>
      {title === undefined ? null : <strong>{title}</strong>}
      <div>{children}</div>
    </div>
  );
}
