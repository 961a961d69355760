/** Whether the words behind `ekiden lb` are those of Bamboo: `-config` is none of ours. */
export function areBambooWords(words: readonly string[]): boolean {
  return words.some((word) => /^--?config(?:=|$)/.test(word));
}
