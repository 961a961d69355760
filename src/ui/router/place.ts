import { signal } from '@preact/signals';
import { fragmentOf, parseFragment } from './match.js';
import type { Place } from './match.js';

/** Where the interface is; follows the address. */
export const place = signal<Place>(parseFragment(location.hash));

window.addEventListener('hashchange', () => {
  place.value = parseFragment(location.hash);
});

/** Goes somewhere else, as a click on a link does. */
export function go(segments: readonly string[], query?: Readonly<Record<string, string | undefined>>): void {
  location.hash = fragmentOf(segments, query);
}

/** Changes the query of this place without a new entry in the browser's history: what filters and sorts. */
export function setQuery(change: Readonly<Record<string, string | undefined>>): void {
  const { segments, query } = place.value;
  const fragment = fragmentOf(segments, { ...query, ...change });
  history.replaceState(history.state, '', fragment);
  place.value = parseFragment(fragment);
}
