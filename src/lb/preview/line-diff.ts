/** Two texts, line by line. */
export interface LineDiff {
  /** As `diff -u` writes it, without the names of files; empty when nothing is different. */
  readonly text: string;
  readonly added: number;
  readonly removed: number;
  /** More is different than is shown. */
  readonly isCut: boolean;
}

const contextLines = 3;
const maxShownLines = 1_000;
/** More differences than this in one piece are not looked for one by one: all of it is told as replaced. */
const maxEdits = 1_000;

interface Edit {
  readonly kind: ' ' | '-' | '+';
  readonly line: string;
}

/**
 * The shortest way from one list of lines to another, by the furthest that each number of edits gets on each diagonal (Myers); undefined
 * when it takes too many.
 */
function shortestEdits(before: readonly string[], after: readonly string[]): Edit[] | undefined {
  const limit = Math.min(maxEdits, before.length + after.length);
  const reached: Int32Array[] = [];
  const furthest = new Int32Array(2 * limit + 3);
  const at = (diagonal: number): number => furthest[diagonal + limit + 1] ?? 0;
  /** Whether the step onto a diagonal takes a line of `after`. */
  const adds = (diagonal: number, edits: number): boolean =>
    diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1));
  for (let edits = 0; edits <= limit; edits += 1) {
    reached.push(furthest.slice());
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = adds(diagonal, edits) ? at(diagonal + 1) : at(diagonal - 1) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x += 1;
      furthest[diagonal + limit + 1] = x;
      if (x >= before.length && x - diagonal >= after.length) {
        return wayBack(before, after, reached, limit);
      }
    }
  }
  return undefined;
}

function wayBack(
  before: readonly string[],
  after: readonly string[],
  reached: readonly Int32Array[],
  limit: number,
): Edit[] {
  const way: Edit[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = reached.length - 1; edits >= 0; edits -= 1) {
    const furthest = reached[edits] ?? new Int32Array();
    const at = (diagonal: number): number => furthest[diagonal + limit + 1] ?? 0;
    const diagonal = x - y;
    const adds = diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1));
    const from = adds ? diagonal + 1 : diagonal - 1;
    const fromX = edits === 0 ? 0 : at(from);
    const fromY = edits === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) {
      way.push({ kind: ' ', line: before[x - 1] ?? '' });
      x -= 1;
      y -= 1;
    }
    if (edits === 0) break;
    if (adds) way.push({ kind: '+', line: after[y - 1] ?? '' });
    else way.push({ kind: '-', line: before[x - 1] ?? '' });
    [x, y] = [fromX, fromY];
  }
  return way.reverse();
}

function replaced(before: readonly string[], after: readonly string[]): Edit[] {
  return [...before.map((line): Edit => ({ kind: '-', line })), ...after.map((line): Edit => ({ kind: '+', line }))];
}

/** Pieces of edits with some lines around them, as `diff -u` shows them. `first`: the number of lines before the edits. */
function hunks(edits: readonly Edit[], first: number): string[] {
  const shown: string[] = [];
  let [oldLine, newLine] = [first + 1, first + 1];
  for (let i = 0; i < edits.length;) {
    if (edits[i]?.kind === ' ') {
      oldLine += 1;
      newLine += 1;
      i += 1;
      continue;
    }
    const start = Math.max(0, i - contextLines);
    let end = i;
    for (let same = 0; end < edits.length && same <= 2 * contextLines; end += 1) {
      same = edits[end]?.kind === ' ' ? same + 1 : 0;
    }
    while (end > i && edits[end - 1]?.kind === ' ') end -= 1;
    const piece = edits.slice(start, Math.min(edits.length, end + contextLines));
    const back = i - start;
    const olds = piece.filter(({ kind }) => kind !== '+').length;
    const news = piece.filter(({ kind }) => kind !== '-').length;
    shown.push(`@@ -${oldLine - back},${olds} +${newLine - back},${news} @@`);
    for (const { kind, line } of piece) shown.push(`${kind}${line}`);
    oldLine += olds - back;
    newLine += news - back;
    i = start + piece.length;
  }
  return shown;
}

/** What is different between two texts, bounded: it is for people. Pure. */
export function diffLines(before: string, after: string): LineDiff {
  if (before === after) return { text: '', added: 0, removed: 0, isCut: false };
  const [old, now] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const [oldPart, newPart] = [old.slice(head, old.length - tail), now.slice(head, now.length - tail)];
  const edits = shortestEdits(oldPart, newPart) ?? replaced(oldPart, newPart);
  const from = Math.max(0, head - contextLines);
  const around = (lines: readonly string[]): Edit[] => lines.map((line) => ({ kind: ' ', line }));
  const lines = hunks(
    [
      ...around(old.slice(from, head)),
      ...edits,
      ...around(old.slice(old.length - tail, old.length - tail + contextLines)),
    ],
    from,
  );
  return {
    text: lines.slice(0, maxShownLines).join('\n'),
    added: edits.filter(({ kind }) => kind === '+').length,
    removed: edits.filter(({ kind }) => kind === '-').length,
    isCut: lines.length > maxShownLines,
  };
}
