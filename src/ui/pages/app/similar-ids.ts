/** So many are proposed. */
const maxProposed = 5;
/** Less alike than this is another thing. */
const threshold = 0.4;

function pairsOf(text: string): ReadonlySet<string> {
  const padded = ` ${text.toLowerCase()} `;
  return new Set(Array.from({ length: padded.length - 1 }, (_, i) => padded.slice(i, i + 2)));
}

/** How alike two texts are, 0 … 1: the pairs of letters that they share, of those that they have. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const pair of a) if (b.has(pair)) shared++;
  return (2 * shared) / (a.size + b.size);
}

const lastOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** The ids that somebody may have meant, the likeliest first. */
export function similarIds(id: string, known: Iterable<string>): readonly string[] {
  const pairs = pairsOf(id);
  const name = lastOf(id);
  const namePairs = pairsOf(name);
  const scored: { readonly id: string; readonly score: number }[] = [];
  for (const other of known) {
    // What is in the same group is not like it for that alone
    const score = (likeness(pairs, pairsOf(other)) + 2 * likeness(namePairs, pairsOf(lastOf(other)))) / 3;
    if (score >= threshold) scored.push({ id: other, score });
  }
  return scored
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, maxProposed)
    .map((entry) => entry.id);
}
