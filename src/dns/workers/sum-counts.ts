import { countNames, noCounts } from '../metrics/answer-counts.js';
import type { AnswerCounts } from '../metrics/answer-counts.js';

/** What all of them have counted together. */
export function sumCounts(all: Iterable<AnswerCounts>): AnswerCounts {
  const sum = noCounts();
  for (const counts of all) for (const name of countNames) sum[name] += counts[name];
  return sum;
}
