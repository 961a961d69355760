import { sectionAt, sectionsOf } from './sections.js';
import type { Section } from './sections.js';

/** Of the `defaults` above a section: the one that it names with `from`, and what that names, or the last. */
function chosen(above: readonly Section[], title: string): readonly string[] {
  const named = /[ \t]from[ \t]+(\S+)/.exec(title)?.[1];
  const at =
    named === undefined
      ? above.length - 1
      : above.findLastIndex((section) => section.title.split(/[ \t]+/)[1] === named);
  const found = above[at];
  if (found === undefined) return [];
  const inherited = /[ \t]from[ \t]/.test(found.title) ? chosen(above.slice(0, at), found.title) : [];
  return [...inherited, ...found.lines];
}

/** The `defaults` sections of a text. */
export class Defaults {
  readonly #sections: { readonly start: number; readonly section: Section }[] = [];

  constructor(text: string) {
    for (let at = text.indexOf('defaults'); at !== -1; at = text.indexOf('defaults', at + 1)) {
      const lineStart = text.lastIndexOf('\n', at) + 1;
      if (text.slice(lineStart, at).trim() !== '') continue;
      const { start, end } = sectionAt(text, at);
      const [section] = sectionsOf(text.slice(start, end));
      if (section?.title.startsWith('defaults') === true) this.#sections.push({ start, section });
    }
  }

  /** The lines that hold for the section with this title which begins at `offset`. */
  linesFor(title: string, offset: number): readonly string[] {
    return chosen(
      this.#sections.filter(({ start }) => start < offset).map(({ section }) => section),
      title,
    );
  }
}
