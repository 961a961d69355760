/** A section of a configuration: `backend shop` and the lines below it. */
export interface Section {
  /** Keyword and name; empty for lines before the first section. */
  readonly title: string;
  /** The lines below it, without indentation, comments and empty lines. */
  readonly lines: readonly string[];
}

const keyword =
  /^(global|defaults|frontend|backend|listen|userlist|peers|resolvers|cache|mailers|program|http-errors|ring|log-forward)\b/;

/** Splits the text of a configuration into its sections, in order. */
export function sectionsOf(text: string): Section[] {
  const sections: { title: string; lines: string[] }[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (keyword.test(line)) sections.push({ title: line, lines: [] });
    else if (sections.length === 0) sections.push({ title: '', lines: [line] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}
