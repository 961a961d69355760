/** So many are gathered at least before they are sorted. */
const minGathered = 64;

/** The `count` first of `items` in the order of `compare`, in that order. The others are not sorted: it costs O(n log count). */
export function smallest<T>(items: Iterable<T>, count: number, compare: (a: T, b: T) => number): T[] {
  if (count <= 0) return [];
  const most = Math.max(2 * count, minGathered);
  const kept: T[] = [];
  for (const item of items) {
    if (kept.push(item) < most) continue;
    kept.sort(compare);
    kept.length = count;
  }
  return kept.sort(compare).slice(0, count);
}
