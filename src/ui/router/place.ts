import { signal } from '@preact/signals';
import { fragmentOf, parseFragment } from './match.js';
import type { Place } from './match.js';

/** Where the interface is; follows the address. */
export const place = signal<Place>(parseFragment(location.hash));

/** Asks whether this place may be left; undefined: nobody minds. */
let askLeave: (() => Promise<boolean>) | undefined;
/** The fragment that is shown, while somebody minds. */
let shown = location.hash;
let isAsking = false;

/**
 * From now on this place is left only when `ask` says yes, until what is returned is called. `ask` is not called again while it has not
 * answered.
 */
export function askBeforeLeaving(ask: () => Promise<boolean>): () => void {
  askLeave = ask;
  shown = location.hash;
  return () => {
    if (askLeave === ask) askLeave = undefined;
  };
}

async function askFirst(ask: () => Promise<boolean>): Promise<void> {
  const wanted = location.hash;
  // The browser is there already: its entry is made one of this place, and the wanted one again after the answer
  history.replaceState(history.state, '', shown);
  if (isAsking) return;
  isAsking = true;
  const go = await ask();
  isAsking = false;
  if (!go) return;
  if (askLeave === ask) askLeave = undefined;
  history.replaceState(history.state, '', wanted);
  place.value = parseFragment(wanted);
}

window.addEventListener('hashchange', () => {
  if (askLeave === undefined) place.value = parseFragment(location.hash);
  else if (location.hash !== shown) void askFirst(askLeave);
});

/** Goes somewhere else, as a click on a link does. */
export function go(segments: readonly string[], query?: Readonly<Record<string, string | undefined>>): void {
  location.hash = fragmentOf(segments, query);
}

/** Changes the query of this place without a new entry in the browser's history: what filters and sorts. */
export function setQuery(change: Readonly<Record<string, string | undefined>>): void {
  const { segments, query } = place.value;
  const fragment = fragmentOf(segments, { ...query, ...change });
  try {
    history.replaceState(history.state, '', fragment);
    shown = fragment;
  } catch {
    // Some browsers allow that only a hundred times in half a minute: the next change brings the address up to date
  }
  place.value = parseFragment(fragment);
}
