/** A replacement of a part of a text, with what is selected then. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly selection: readonly [start: number, end: number];
}

const unit = '  ';

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** What Tab does: two spaces, or all lines of the selection that much further in; with Shift further out. */
export function indentEdit(text: string, start: number, end: number, isOut: boolean): TextEdit | undefined {
  if (!isOut && start === end) {
    return { start, end, text: unit, selection: [start + unit.length, start + unit.length] };
  }
  const from = lineStart(text, start);
  const lines = text.slice(from, end).split('\n');
  const moved = lines.map((line, index) => {
    if (isOut) return line.replace(/^ {1,2}|^\t/, '');
    // A selection that ends before the first character of a line is not about that line
    return index > 0 && line === '' ? line : unit + line;
  });
  const next = moved.join('\n');
  if (next === lines.join('\n')) return undefined;
  const shift = (moved[0]?.length ?? 0) - (lines[0]?.length ?? 0);
  return { start: from, end, text: next, selection: [Math.max(from, start + shift), from + next.length] };
}

/** What Enter does: a new line as far in as this one, further after an opening bracket. */
export function newLineEdit(text: string, start: number, end: number): TextEdit {
  const line = text.slice(lineStart(text, start), start);
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  const opens = /[{[]\s*$/.test(line);
  const inner = opens ? indent + unit : indent;
  // Between a pair of brackets the closing one goes to a line of its own
  const tail = opens && /^[}\]]/.test(text.slice(end)) ? `\n${indent}` : '';
  const at = start + 1 + inner.length;
  return { start, end, text: `\n${inner}${tail}`, selection: [at, at] };
}

/** The line of a place in a text, from 1. */
export function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}
