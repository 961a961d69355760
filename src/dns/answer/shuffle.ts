/**
 * `items` in random order, at most `limit` of them: every choice and order is equally likely (Fisher–Yates).
 * `random` is in [0, 1).
 */
export function shuffled<T>(items: readonly T[], limit: number, random: () => number): readonly T[] {
  if (items.length < 2) return items;
  const result = [...items];
  const count = Math.min(limit, items.length);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (result.length - i));
    const picked = result[j] as T;
    result[j] = result[i] as T;
    result[i] = picked;
  }
  result.length = count;
  return result;
}

/** One of `items`, each equally likely; undefined when there is none. */
export function anyOf<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)];
}
