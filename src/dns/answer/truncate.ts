/** How long a message is after each of its records, in octets, OPT not counted. */
export interface MessageSizes {
  /** After the first answer, after the second …; then the same for the other sections, which follow in this order. */
  readonly answers: readonly number[];
  readonly authorities: readonly number[];
  readonly additionals: readonly number[];
}

/** How many records of each section are sent, and whether the TC bit is set. */
export interface Fit {
  readonly answers: number;
  readonly authorities: number;
  readonly additionals: number;
  readonly truncated: boolean;
}

function countUpTo(sizes: readonly number[], maxBytes: number): number {
  let count = sizes.length;
  while (count > 0 && (sizes[count - 1] as number) > maxBytes) count--;
  return count;
}

/**
 * Cuts a message to `maxBytes`, whole records from its end. Losing additional records is no truncation (RFC 2181 §9): the
 * client can ask for them. Losing answers or authority sets TC, so that it asks again over TCP.
 */
export function fit(sizes: MessageSizes, maxBytes: number): Fit {
  const answers = countUpTo(sizes.answers, maxBytes);
  if (answers < sizes.answers.length) return { answers, authorities: 0, additionals: 0, truncated: true };
  const authorities = countUpTo(sizes.authorities, maxBytes);
  if (authorities < sizes.authorities.length) return { answers, authorities, additionals: 0, truncated: true };
  return { answers, authorities, additionals: countUpTo(sizes.additionals, maxBytes), truncated: false };
}
