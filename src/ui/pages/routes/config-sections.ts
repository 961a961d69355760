/** A section of haproxy.cfg with the comments before it. */
export interface ConfigSection {
  /** `backend web`; empty: what stands before the first one. */
  readonly title: string;
  /** Number of its first line, from 1 on. */
  readonly first: number;
  readonly lines: readonly string[];
}

const titlePattern =
  /^(?:global|defaults|frontend|backend|listen|peers|userlist|resolvers|mailers|cache|program|http-errors|ring|log-forward|crt-store|traces)\b/;

/** The sections of a configuration, in their order. */
export function configSections(text: string): ConfigSection[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const sections: { title: string; first: number; lines: string[] }[] = [];
  /** Comments and empty lines whose section is not known yet. */
  let waiting: string[] = [];
  for (const [index, line] of lines.entries()) {
    const isTitle = titlePattern.test(line);
    if (!isTitle && (line.startsWith('#') || line.trim() === '')) {
      waiting.push(line);
      continue;
    }
    const last = sections.at(-1);
    if (isTitle || last === undefined) {
      // An empty line ends the section before it
      const own = waiting.findLastIndex((text) => text.trim() === '') + 1;
      if (last !== undefined) last.lines.push(...waiting.slice(0, own));
      const begin = last === undefined ? waiting : waiting.slice(own);
      sections.push({ title: isTitle ? line.trim() : '', first: index + 1 - begin.length, lines: [...begin, line] });
    } else last.lines.push(...waiting, line);
    waiting = [];
  }
  const last = sections.at(-1);
  if (last !== undefined) last.lines.push(...waiting);
  return sections;
}

export interface ConfigLine {
  readonly number: number;
  readonly text: string;
  readonly isTitle: boolean;
  /** It has what is searched for in it. */
  readonly isHit: boolean;
}

/** The lines of all sections that have the text in them, whole; all lines for an empty text. */
export function linesWith(sections: readonly ConfigSection[], search: string): ConfigLine[] {
  const wanted = search.trim().toLowerCase();
  const isHit = (text: string): boolean => wanted !== '' && text.toLowerCase().includes(wanted);
  return sections
    .filter(({ lines }) => wanted === '' || lines.some(isHit))
    .flatMap(({ title, first, lines }) =>
      lines.map((text, index) => ({
        number: first + index,
        text,
        isTitle: title !== '' && text.trim() === title,
        isHit: isHit(text),
      })),
    );
}
