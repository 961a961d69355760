/** A section of a configuration: `backend shop` and the lines below it. */
export interface Section {
  /** Keyword and name; empty for lines before the first section. */
  readonly title: string;
  /** The lines below it, without indentation, comments and empty lines. */
  readonly lines: readonly string[];
}

/** Where a section stands in a text, from its first line to the first one of the next: `[start, end)`. */
export interface SectionPart {
  readonly start: number;
  readonly end: number;
}

const keyword =
  /^(global|defaults|frontend|backend|listen|userlist|peers|resolvers|cache|mailers|program|http-errors|ring|log-forward)\b/;

const lineEnd = (text: string, at: number): number => {
  const newline = text.indexOf('\n', at);
  return newline === -1 ? text.length : newline;
};

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

/** The sections of a text as parts of it, in order; together they are the whole text. */
export function* sectionParts(text: string): Generator<SectionPart> {
  for (let at = 0; at < text.length;) {
    const { end } = sectionAt(text, at);
    yield { start: at, end };
    at = end;
  }
}

/** The section that an offset belongs to. */
export function sectionAt(text: string, offset: number): SectionPart {
  let start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  while (start > 0 && !keyword.test(text.slice(start, lineEnd(text, start)).trim())) {
    start = start === 1 ? 0 : text.lastIndexOf('\n', start - 2) + 1;
  }
  let end = Math.min(lineEnd(text, start) + 1, text.length);
  while (end < text.length && !keyword.test(text.slice(end, lineEnd(text, end)).trim())) {
    end = Math.min(lineEnd(text, end) + 1, text.length);
  }
  return { start, end };
}

/** How much of two texts is the same, counted from these offsets. */
export function commonLength(a: string, fromA: number, b: string, fromB: number): number {
  const limit = Math.min(a.length - fromA, b.length - fromB);
  // Whole pieces are compared by the engine, the last one character by character.
  const piece = 4_096;
  let at = 0;
  while (at + piece <= limit && a.slice(fromA + at, fromA + at + piece) === b.slice(fromB + at, fromB + at + piece)) {
    at += piece;
  }
  while (at < limit && a.charCodeAt(fromA + at) === b.charCodeAt(fromB + at)) at += 1;
  return at;
}

/** The pairs of sections that are different, while both texts have the same sections in the same order; costs what is different. */
export function* differentSections(
  before: string,
  after: string,
): Generator<{ before: SectionPart; after: SectionPart }> {
  for (let a = 0, b = 0; a < before.length || b < after.length;) {
    const same = commonLength(before, a, after, b);
    if (a + same === before.length && b + same === after.length) return;
    // What stands before the difference is the same in both, so the section begins at the same place of both.
    const start = sectionAt(before, Math.min(a + same, before.length)).start;
    const from = Math.max(start, a);
    const pair = {
      before: { start: from, end: sectionAt(before, from).end },
      after: { start: b + from - a, end: sectionAt(after, b + from - a).end },
    };
    yield pair;
    a = pair.before.end;
    b = pair.after.end;
  }
}
