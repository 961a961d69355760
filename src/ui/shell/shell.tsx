import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { AskedDialogs } from '../components/ask.js';
import { Toasts } from '../components/toast.js';
import type { LiveStream } from '../live/stream.js';
import { pageAt, PageView } from '../router/page-view.js';
import type { Page } from '../router/page-view.js';
import { place } from '../router/place.js';
import { ConnectionState } from './connection.js';
import { Shortcuts, showShortcuts } from './shortcuts.js';
import type { Shortcut } from './shortcuts.js';
import { nextTheme, theme } from './theme.js';
import './shell.css';

export interface NavigationEntry {
  readonly section: string;
  readonly text: string;
  readonly href: string;
  /** A number beside it; nothing for 0. `what` says what it counts. */
  readonly badge?: { readonly count: number; readonly what: string };
}

/** The frame of all pages: navigation, whether it is live, dialogs, messages. */
export function Shell({
  name,
  navigation,
  pages,
  stream,
  shortcuts,
  children,
}: {
  readonly name: string;
  readonly navigation: readonly NavigationEntry[];
  readonly pages: readonly Page[];
  readonly stream: LiveStream;
  readonly shortcuts: readonly Shortcut[];
  /** Above every page: what must not be overlooked. */
  readonly children?: ComponentChildren;
}) {
  const section = pageAt(pages, place.value.segments)?.page.section;
  const entries = useRef<HTMLElement>(null);
  useEffect(() => {
    // On small screens they are one line that is scrolled
    entries.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [section]);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        To the content
      </a>
      <header class="shell-head">
        <a class="shell-name" href="#/" aria-label={`${name}, first page`}>
          <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
            <rect class="logo-field" width="32" height="32" rx="7" />
            <path class="logo-lane" d="M6 23 24 6" />
            <path class="logo-lane logo-far" d="M13 26 26 14" />
          </svg>
          <span>{name}</span>
        </a>
        <nav aria-label="Main" ref={entries}>
          {navigation.map(({ section: own, text, href, badge }) => (
            <a key={own} href={href} aria-current={own === section ? 'page' : undefined}>
              {text}
              {badge === undefined || badge.count === 0 ? null : (
                <span class="badge" aria-label={badge.what} title={badge.what}>
                  {badge.count}
                </span>
              )}
            </a>
          ))}
        </nav>
        <div class="shell-tools">
          <ConnectionState stream={stream} />
          <button
            type="button"
            class="button button-small button-plain"
            onClick={nextTheme}
            aria-label={`Colours: ${theme.value}. Change them`}
            title={`Colours: ${theme.value}`}
          >
            {theme.value === 'auto' ? '◐' : theme.value === 'light' ? '☀' : '☾'}
          </button>
          <button
            type="button"
            class="button button-small button-plain"
            onClick={showShortcuts}
            aria-label="Keyboard shortcuts"
            title="Keyboard shortcuts"
          >
            ?
          </button>
        </div>
      </header>
      {children}
      <PageView pages={pages} suffix={name} />
      <Toasts />
      <AskedDialogs />
      <Shortcuts shortcuts={shortcuts} />
    </>
  );
}
