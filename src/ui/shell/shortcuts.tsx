import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Dialog } from '../components/dialog.js';

export interface Shortcut {
  /** `c`, or two keys one after the other: `g a`. */
  readonly keys: string;
  readonly text: string;
  readonly act: () => void;
}

const isHelpOpen = signal(false);
/** So long the second key of two is waited for. */
const secondKeyMs = 1_200;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
}

/** Puts the cursor into the search of this page. */
export function focusSearch(): void {
  document.querySelector<HTMLInputElement>('input[type=search]')?.focus();
}

export function showShortcuts(): void {
  isHelpOpen.value = true;
}

/** Listens to shortcuts, not while somebody types or a dialog is open; `?` shows them all. */
export function Shortcuts({ shortcuts }: { readonly shortcuts: readonly Shortcut[] }) {
  useEffect(() => {
    let first = '';
    let timer: number | undefined;
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
      const keys = first === '' ? event.key : `${first} ${event.key}`;
      clearTimeout(timer);
      first = '';
      const found = shortcuts.find((shortcut) => shortcut.keys === keys);
      if (found !== undefined) {
        event.preventDefault();
        found.act();
      } else if (shortcuts.some((shortcut) => shortcut.keys.startsWith(`${keys} `))) {
        first = keys;
        timer = setTimeout(() => (first = ''), secondKeyMs);
      }
    };
    document.addEventListener('keydown', pressed);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('keydown', pressed);
    };
  }, [shortcuts]);

  if (!isHelpOpen.value) return null;
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => (isHelpOpen.value = false)}>
      <table>
        <tbody>
          {shortcuts.map(({ keys, text }) => (
            <tr key={keys}>
              <td>
                {keys.split(' ').map((name) => (
                  <kbd key={name}>{name}</kbd>
                ))}
              </td>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
