import { sequenceOf } from './paths.js';

/** Names of candidates in the order in which they came: the first leads. What is no candidate is left out. */
export function inOrder(names: readonly string[]): string[] {
  return names
    .flatMap((name) => {
      const sequence = sequenceOf(name);
      return sequence === undefined ? [] : [{ name, sequence }];
    })
    .sort((a, b) => a.sequence - b.sequence)
    .map(({ name }) => name);
}
