import { differenceClasses } from './classes.js';
import type { Difference } from './own-mode.js';

/** How many answers show each class of differences, and the lines that belong to none. */
export function classify(differences: readonly Difference[]): {
  readonly counts: ReadonlyMap<string, number>;
  readonly unclassified: readonly { readonly label: string; readonly text: string }[];
} {
  const counts = new Map(differenceClasses.map(({ title }) => [title, 0]));
  const unclassified: { label: string; text: string }[] = [];
  for (const { label, why } of differences) {
    const [, kind = '', name = '', rest = ''] = /^(dns|http) +(\S+) ?(.*)$/.exec(label) ?? [];
    const type = /^(?:(?:CH|HS|NONE|ANY) )?([A-Z]+\d*)/.exec(rest)?.[1] ?? '';
    const shown = new Set<string>();
    for (const text of why) {
      const found = differenceClasses.find(({ has }) => has({ kind, label, name, type, text, all: why }));
      if (found === undefined) unclassified.push({ label, text });
      else shown.add(found.title);
    }
    for (const title of shown) counts.set(title, (counts.get(title) ?? 0) + 1);
  }
  return { counts, unclassified };
}
