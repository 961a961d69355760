import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { place } from '../router/place.js';
import './dialog.css';

/** Gives the focus back to what had it; to the page, where that is gone or cannot have it any more. */
function refocus(before: Element | null): void {
  if (before instanceof HTMLElement && before !== document.body) before.focus();
  if (document.activeElement !== before || before === document.body) {
    document.getElementById('main')?.focus({ preventScroll: true });
  }
}

/** A dialog over the page: keeps the focus in it, closes with Escape, and when the page becomes another one. */
export function Dialog({
  title,
  children,
  footer,
  onClose,
  wide,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly footer?: ComponentChildren;
  readonly onClose: () => void;
  readonly wide?: boolean;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [before] = useState(() => document.activeElement);
  const path = JSON.stringify(place.value.segments);
  const [openedAt] = useState(path);
  useEffect(() => {
    const own = element.current;
    own?.showModal();
    return () => {
      // Nothing behind an open dialog can have the focus
      own?.close();
      refocus(before);
    };
  }, []);
  useEffect(() => {
    if (path !== openedAt) onClose();
  }, [path]);
  return (
    <dialog
      ref={element}
      class={wide === true ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="dialog-close" aria-label="Close" onClick={onClose}>
          ×
        </button>
      </header>
      <div class="dialog-body">{children}</div>
      {footer === undefined ? null : <footer>{footer}</footer>}
    </dialog>
  );
}
