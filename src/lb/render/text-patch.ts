/** What is different in a text: so much of the one before stays at both ends, and `middle` stands between. */
export interface TextPatch {
  readonly start: number;
  readonly end: number;
  readonly middle: string;
}

/** What leads from one text to another; both in pieces, of which few are different. */
export function patchOf(before: readonly string[], after: readonly string[]): TextPatch {
  const limit = Math.min(before.length, after.length);
  let first = 0;
  let start = 0;
  for (; first < limit && before[first] === after[first]; first += 1) start += after[first]?.length ?? 0;
  let last = 0;
  let end = 0;
  for (; last < limit - first && before.at(-1 - last) === after.at(-1 - last); last += 1) {
    end += after.at(-1 - last)?.length ?? 0;
  }
  return { start, end, middle: after.slice(first, after.length - last).join('') };
}

/** The other text. */
export function patched(before: string, { start, end, middle }: TextPatch): string {
  return before.slice(0, start) + middle + before.slice(before.length - end);
}
