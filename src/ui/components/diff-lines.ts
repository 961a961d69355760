/** A line of a comparison of two texts. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
  /** Its number in the text before, from 1; absent where it was added. */
  readonly before?: number;
  /** Its number in the text after, from 1; absent where it was removed. */
  readonly after?: number;
}

/** A part of a comparison: lines to show, or many that are the same in both, to be folded. */
export interface DiffPart {
  readonly isFolded: boolean;
  readonly lines: readonly DiffLine[];
}

/** What may differ in at most so many lines is compared line by line; beyond that, what lies between is one change. Bounds the memory. */
const maxEdits = 1_200;

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

/**
 * The shortest way from `a` to `b` (E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986): pairs of indices of lines that are
 * the same in both, in order. Undefined when it needs more than `maxEdits` changes.
 */
function samePairs(a: readonly string[], b: readonly string[]): [number, number][] | undefined {
  // For each number of edits: how far one gets on each diagonal (x − y), kept for the way back. reached[edits + diagonal] = x
  const trace: Int32Array[] = [];
  const longest = Math.min(a.length + b.length, maxEdits);
  for (let edits = 0; edits <= longest; edits++) {
    const last = trace.at(-1);
    const reached = new Int32Array(2 * edits + 1);
    trace.push(reached);
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const from = last === undefined ? { x: 0 } : stepTo(last, edits - 1, diagonal);
      let { x } = from;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      reached[edits + diagonal] = x;
      if (x >= a.length && x - diagonal >= b.length) return wayBack(trace, a.length, b.length);
    }
  }
  return undefined;
}

/** Where one more edit leads on a diagonal: down (a line added) from the one above, or right (a line removed) from the one below. */
function stepTo(last: Int32Array, edits: number, diagonal: number): { readonly x: number; readonly isDown: boolean } {
  const at = (other: number): number => (Math.abs(other) > edits ? -1 : (last[edits + other] ?? -1));
  const down = at(diagonal + 1);
  const right = at(diagonal - 1) + 1;
  const isDown = diagonal === -(edits + 1) || (diagonal !== edits + 1 && down >= right);
  return { x: isDown ? down : right, isDown };
}

function wayBack(trace: readonly Int32Array[], lengthA: number, lengthB: number): [number, number][] {
  const pairs: [number, number][] = [];
  let x = lengthA;
  let y = lengthB;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const last = trace[edits - 1];
    const diagonal = x - y;
    const start = last === undefined ? { x: 0, isDown: false } : stepTo(last, edits - 1, diagonal);
    while (x > start.x) pairs.push([--x, --y]);
    if (last === undefined) break;
    if (start.isDown) y--;
    else x--;
  }
  return pairs.reverse();
}

/**
 * Compares two texts line by line. Without the added lines it is `before`, without the removed ones `after`. `keyOf`: what of a line is
 * compared; where that is the same in both and the rest is not, the line of `after` is shown.
 */
export function diffLines(before: string, after: string, keyOf: (line: string) => string = (line) => line): DiffLine[] {
  const old = linesOf(before);
  const now = linesOf(after);
  const a = old.map(keyOf);
  const b = now.map(keyOf);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;

  const middle = samePairs(a.slice(start, a.length - end), b.slice(start, b.length - end)) ?? [];
  const pairs: (readonly [number, number])[] = [
    ...Array.from({ length: start }, (_, index) => [index, index] as const),
    ...middle.map(([x, y]) => [x + start, y + start] as const),
    ...Array.from({ length: end }, (_, index) => [a.length - end + index, b.length - end + index] as const),
    [a.length, b.length],
  ];
  const lines: DiffLine[] = [];
  let x = 0;
  let y = 0;
  for (const [nextX, nextY] of pairs) {
    for (; x < nextX; x++) lines.push({ kind: 'removed', text: old[x] ?? '', before: x + 1 });
    for (; y < nextY; y++) lines.push({ kind: 'added', text: now[y] ?? '', after: y + 1 });
    if (x < a.length && y < b.length) lines.push({ kind: 'same', text: now[y] ?? '', before: ++x, after: ++y });
  }
  return lines;
}

/** Folds what is the same and further than `context` lines from every change. A fold of a single line is none. */
export function foldDiff(lines: readonly DiffLine[], context = 3): DiffPart[] {
  const isShown = new Uint8Array(lines.length);
  lines.forEach(({ kind }, index) => {
    if (kind !== 'same') isShown.fill(1, Math.max(0, index - context), index + context + 1);
  });
  const parts: { isFolded: boolean; lines: DiffLine[] }[] = [];
  lines.forEach((line, index) => {
    const isLone = isShown[index - 1] !== 0 && isShown[index + 1] !== 0 && lines.length > 1;
    const isFolded = isShown[index] === 0 && !isLone;
    const last = parts.at(-1);
    if (last?.isFolded === isFolded) last.lines.push(line);
    else parts.push({ isFolded, lines: [line] });
  });
  return parts;
}

/** A line of a unified diff: as in a comparison, or what says where the next ones are (`head`: `--- a`, `@@ -1,3 +1,4 @@`). */
export type UnifiedLine = DiffLine | { readonly kind: 'head'; readonly text: string };

/** Reads a unified diff, as `diff -u` writes it, with the numbers of its lines. */
export function unifiedDiffLines(text: string): UnifiedLine[] {
  let before = 0;
  let after = 0;
  // So many lines of either text are still to come in this hunk: a removed `-- x` is no head, then
  let leftBefore = 0;
  let leftAfter = 0;
  return text
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((line): UnifiedLine[] => {
      const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
      if (hunk !== null) {
        before = Number(hunk[1]);
        leftBefore = Number(hunk[2] ?? 1);
        after = Number(hunk[3]);
        leftAfter = Number(hunk[4] ?? 1);
        return [{ kind: 'head', text: line }];
      }
      if (line.startsWith('\\') || (leftBefore <= 0 && leftAfter <= 0)) {
        return line === '' ? [] : [{ kind: 'head', text: line }];
      }
      const content = line.slice(1);
      if (line.startsWith('-')) {
        leftBefore--;
        return [{ kind: 'removed', text: content, before: before++ }];
      }
      if (line.startsWith('+')) {
        leftAfter--;
        return [{ kind: 'added', text: content, after: after++ }];
      }
      leftBefore--;
      leftAfter--;
      return [{ kind: 'same', text: content, before: before++, after: after++ }];
    });
}
