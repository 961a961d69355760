import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

const query = window.matchMedia('(max-width: 48rem)');
const narrow = signal(query.matches);
query.addEventListener('change', () => {
  narrow.value = query.matches;
});

/** Whether there is no room for lists with many columns; the same width stands in the styles of such lists. */
export const isNarrow: ReadonlySignal<boolean> = narrow;
