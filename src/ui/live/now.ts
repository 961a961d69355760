import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

const time = signal(Date.now());
setInterval(() => {
  if (!document.hidden) time.value = Date.now();
}, 1_000);

/** The time, second by second while the page is looked at: for "3 s ago" and countdowns. In milliseconds. */
export const now: ReadonlySignal<number> = time;
