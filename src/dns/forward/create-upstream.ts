import { randomInt } from 'node:crypto';
import type { Clock } from '../../common/time.js';
import { extendedError } from '../answer/protocol.js';
import type { ExtendedError } from '../answer/protocol.js';
import { isInDomain } from '../answer/zone.js';
import type { AnswerCounts } from '../metrics/answer-counts.js';
import { questionName } from '../servers/wire.js';
import { AnswerCache } from './answer-cache.js';
import { keyOf, readClientQuery, upstreamQuery } from './client-query.js';
import type { ClientQuery } from './client-query.js';
import type { ResolverAddress } from './exchange.js';
import { createResolverGroup } from './resolver-group.js';
import type { ResolverGroup } from './resolver-group.js';
import { replyTo, sharedAnswerOf } from './shared-answer.js';
import type { SharedAnswer } from './shared-answer.js';
import type { Upstream } from './upstream.js';

/** Exchanges with the resolvers of a zone at a time. */
const maxOutstanding = 1_000;
/** Clients that wait for an answer at a time. */
const maxWaiting = 5_000;
/** How long a resolver has before the next one is asked as well. */
const hedgeMs = 400;
const cacheLimits = { maxEntries: 10_000, maxBytes: 8 << 20 };
const idRange = 1 << 16;

/** What came of a question that several clients may have asked. */
type Result = SharedAnswer | Buffer | ExtendedError;

const isError = (result: Result): result is ExtendedError => 'code' in result;

/**
 * Forwards to the resolvers of all names, and of the zones (in lower case, without a dot at the end) that have others. Answers are kept
 * for as long as they say, and clients that ask the same at the same time wait for the same answer.
 */
export function createUpstream(options: {
  readonly resolvers: readonly ResolverAddress[];
  readonly zoneResolvers: ReadonlyMap<string, readonly ResolverAddress[]>;
  readonly timeoutMs: number;
  readonly counts: Pick<AnswerCounts, 'forwarded' | 'forwardCacheHits' | 'forwardFailures'>;
  readonly clock: Clock;
}): Upstream {
  const { timeoutMs, counts, clock } = options;
  const groupOf = (resolvers: readonly ResolverAddress[]): ResolverGroup =>
    createResolverGroup({ resolvers, timeoutMs, hedgeMs: Math.min(hedgeMs, timeoutMs / 2), maxOutstanding, clock });
  const otherwise = groupOf(options.resolvers);
  const zones = Array.from(options.zoneResolvers, ([zone, resolvers]) => ({ zone, group: groupOf(resolvers) }));
  zones.sort((a, b) => b.zone.length - a.zone.length);
  const groups = [otherwise, ...zones.map(({ group }) => group)];
  const cache = new AnswerCache(cacheLimits, clock);
  const underWay = new Map<string, Promise<Result>>();
  let waiting = 0;

  function groupFor(name: string): ResolverGroup {
    return zones.find(({ zone }) => isInDomain(name, zone))?.group ?? otherwise;
  }

  async function ask(query: ClientQuery, key: string, group: ResolverGroup, transport: 'udp' | 'tcp'): Promise<Result> {
    const result = await group.ask(upstreamQuery(query, randomInt(idRange)), transport);
    if (!Buffer.isBuffer(result)) return result;
    const answer = sharedAnswerOf(result);
    if (answer === undefined) return result;
    cache.set(key, answer);
    return answer;
  }

  /** The answer to a question that many may ask; those who ask at the same time have the same. */
  function shared(query: ClientQuery, key: string, group: ResolverGroup, transport: 'udp' | 'tcp'): Promise<Result> {
    const flight = `${transport}${query.edns === undefined ? ' ' : '+'}${key}`;
    const known = underWay.get(flight);
    if (known !== undefined) return known;
    const asked = ask(query, key, group, transport).finally(() => underWay.delete(flight));
    underWay.set(flight, asked);
    return asked;
  }

  function replyOf(query: ClientQuery, result: Result): Buffer | ExtendedError {
    if (isError(result)) return result;
    if (!Buffer.isBuffer(result)) return replyTo(query, result, 0);
    const reply = Buffer.from(result);
    query.bytes.copy(reply, 0, 0, 2);
    return reply;
  }

  async function asked(bytes: Buffer, transport: 'udp' | 'tcp', group: ResolverGroup): Promise<Buffer | ExtendedError> {
    const query = readClientQuery(bytes);
    if (query === undefined) {
      counts.forwarded++;
      return group.ask(bytes, transport);
    }
    const key = keyOf(query);
    const kept = cache.get(key);
    if (kept !== undefined) {
      counts.forwardCacheHits++;
      return replyTo(query, kept.answer, kept.ageSeconds);
    }
    counts.forwarded++;
    return replyOf(query, await shared(query, key, group, transport));
  }

  return {
    enabled: groups.some(({ isEmpty }) => !isEmpty),
    forwards: (name) => !groupFor(name).isEmpty,
    async forward(bytes, transport) {
      if (waiting >= maxWaiting) {
        counts.forwardFailures++;
        return { code: extendedError.OTHER, text: `${maxWaiting} clients wait for resolvers already` };
      }
      waiting++;
      try {
        const result = await asked(bytes, transport, groupFor(questionName(bytes).toLowerCase()));
        if (!Buffer.isBuffer(result)) counts.forwardFailures++;
        return result;
      } finally {
        waiting--;
      }
    },
    close() {
      for (const group of groups) group.close();
    },
  };
}
