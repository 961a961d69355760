/** What is counted of queries and their answers. Each only grows. */
export const countNames = [
  /** Messages that came. */
  'queriesUdp',
  'queriesTcp',
  /** Replies by rcode; those of resolvers, which are passed on, among them. */
  'noerror',
  'formerr',
  'servfail',
  'nxdomain',
  'notimp',
  'refused',
  'otherRcode',
  /** Messages that are not answered: responses, and what is no message. */
  'ignored',
  /** Replies that were not sent, or sent as TC alone, for the rate limit. */
  'rateLimited',
  'truncated',
  /** Queries for other resolvers: answered from the cache, asked, and without any answer. */
  'forwardCacheHits',
  'forwarded',
  'forwardFailures',
  'zoneTransfers',
  /** Of those replies whose time was taken: how many took up to so long from the query to the reply, and the sum. */
  'timed',
  'timedMicros',
  'within50us',
  'within100us',
  'within250us',
  'within1ms',
  'within10ms',
  'within100ms',
  'within1s',
] as const;
export type CountName = (typeof countNames)[number];

/** Plain data: it crosses the border of a process, and can be added up. */
export type AnswerCounts = Record<CountName, number>;

export function noCounts(): AnswerCounts {
  return Object.fromEntries(countNames.map((name) => [name, 0])) as AnswerCounts;
}
