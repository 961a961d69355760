import type { ComponentChildren } from 'preact';
import './tabs.css';

export interface Tab {
  readonly id: string;
  readonly text: ComponentChildren;
  readonly href: string;
}

/** Links between the views of one thing; each view has an address of its own. */
export function Tabs({
  label,
  tabs,
  current,
}: {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly current: string;
}) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ id, text, href }) => (
        <a key={id} href={href} aria-current={id === current ? 'page' : undefined}>
          {text}
        </a>
      ))}
    </nav>
  );
}
