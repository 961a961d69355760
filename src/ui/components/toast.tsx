import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { messageOf } from '../http/api-error.js';
import type { Level } from './notice.js';
import './toast.css';

interface Toast {
  readonly id: number;
  readonly level: Level;
  readonly text: ComponentChildren;
}

const toasts = signal<readonly Toast[]>([]);
const maxToasts = 5;
const shownMs = 6_000;
let nextId = 1;

function remove(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Says something for a few seconds; what went wrong stays until it is closed. */
export function say(level: Level, text: ComponentChildren): void {
  const id = nextId++;
  toasts.value = [...toasts.value.slice(1 - maxToasts), { id, level, text }];
  if (level !== 'bad') setTimeout(() => remove(id), shownMs);
}

/** Does something that may fail, and says so when it does. Returns whether it did not. */
export async function trying(what: string, act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    say('bad', `${what}: ${messageOf(error)}`);
    return false;
  }
}

/** Where that is shown; once on each page. */
export function Toasts() {
  return (
    <div class="toasts" role="log" aria-live="polite" aria-label="Messages">
      {toasts.value.map(({ id, level, text }) => (
        <div key={id} class={`toast toast-${level}`}>
          <span>{text}</span>
          <button type="button" aria-label="Close this message" onClick={() => remove(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
