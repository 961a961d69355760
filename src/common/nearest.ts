/** The candidate that `text` was probably meant to be: the fewest edits, at most two and fewer than half its length. */
export function nearest<T extends string>(text: string, candidates: readonly T[]): T | undefined {
  let best: T | undefined;
  let bestDistance = Math.min(3, Math.ceil(text.length / 2));
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - text.length) >= bestDistance) continue;
    const distance = editDistance(text, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** All candidates that `text` may have been meant to be, by the same measure, the nearest first; at most `limit`. */
export function nearestFew(text: string, candidates: Iterable<string>, limit: number): string[] {
  const bound = Math.min(3, Math.ceil(text.length / 2));
  const found: { readonly candidate: string; readonly distance: number }[] = [];
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - text.length) >= bound) continue;
    const distance = editDistance(text, candidate);
    if (distance < bound) found.push({ candidate, distance });
  }
  return found
    .sort((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** Levenshtein's distance, with two neighbours in the wrong order counted as one edit. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, (beforePrevious[j - 2] ?? 0) + 1);
      }
      current.push(distance);
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous[b.length] ?? 0;
}
