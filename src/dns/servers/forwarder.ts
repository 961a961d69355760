import { byIdAndQuestion, overTcp, overUdp, timedOut } from '../forward/exchange.js';
import type { Exchange, Judge, ResolverAddress } from '../forward/exchange.js';

export type { Judge, ResolverAddress } from '../forward/exchange.js';

/** Sends queries about names outside the zone to other resolvers, in the plain manner of Mesos-DNS (mesos-dns.md §10). */
export interface Forwarder {
  /** There is somebody to forward to. */
  readonly enabled: boolean;
  /** There is somebody to forward queries about this name to: in lower case, without a dot at the end. */
  forwards(name: string): boolean;
  /**
   * The reply of the first resolver, in the configured order, that gives one, whatever its rcode. Undefined when none did, or
   * when too many queries are under way. Never rejects.
   */
  forward(query: Buffer, transport: 'udp' | 'tcp', judge?: Judge): Promise<Buffer | undefined>;
  /** Gives up all queries under way. */
  close(): void;
}

/**
 * Asks the resolvers one after the other over the transport the client used, each for `timeoutMs`. At most `maxOutstanding`
 * queries are under way at a time.
 */
export function createForwarder(options: {
  resolvers: readonly ResolverAddress[];
  timeoutMs: number;
  maxOutstanding: number;
}): Forwarder {
  const { resolvers, timeoutMs, maxOutstanding } = options;
  const underWay = new Set<AbortController>();
  let closed = false;

  async function ask(
    exchange: Exchange,
    query: Buffer,
    resolver: ResolverAddress,
    judge: Judge,
  ): Promise<Buffer | undefined> {
    const controller = new AbortController();
    underWay.add(controller);
    const timer = setTimeout(() => controller.abort(timedOut), timeoutMs);
    try {
      const outcome = await exchange(query, resolver, judge, controller.signal);
      return outcome !== 'aborted' && 'reply' in outcome ? outcome.reply : undefined;
    } finally {
      clearTimeout(timer);
      underWay.delete(controller);
    }
  }

  return {
    enabled: resolvers.length > 0,
    forwards: () => resolvers.length > 0,
    async forward(query, transport, judge = byIdAndQuestion) {
      if (underWay.size >= maxOutstanding) return undefined;
      for (const resolver of resolvers) {
        if (closed) return undefined;
        const reply = await ask(transport === 'udp' ? overUdp : overTcp, query, resolver, judge);
        if (reply !== undefined) return reply;
      }
      return undefined;
    },
    close() {
      closed = true;
      for (const controller of underWay) controller.abort();
    },
  };
}
