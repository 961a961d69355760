import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { serverTimeMs } from './server-clock.js';

const time = signal(serverTimeMs());
setInterval(() => {
  if (!document.hidden) time.value = serverTimeMs();
}, 1_000);

/** The time as the server has it, second by second while the page is looked at: for "3 s ago" and countdowns. In milliseconds. */
export const now: ReadonlySignal<number> = time;
