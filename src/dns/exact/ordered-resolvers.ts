import type { Logger } from '../../common/logger.js';
import type { Forwarder, Judge, ResolverAddress } from '../servers/forwarder.js';

/** Resolvers that are asked one after the other, always in their order, each anew: none is ever passed over (mesos-dns.md §10). */
export interface OrderedResolvers {
  /** The reply of the first one that gives one; undefined when none does. Never rejects. */
  ask(query: Buffer, transport: 'udp' | 'tcp', judge: Judge): Promise<Buffer | undefined>;
  /** Gives up all that is under way. */
  close(): void;
}

/** Makes them; `open` is called for each, `onTry` before each exchange with one of them. */
export function orderedResolvers(
  addresses: readonly ResolverAddress[],
  options: {
    readonly open: (address: ResolverAddress) => Pick<Forwarder, 'forward' | 'close'>;
    readonly onTry: () => void;
    readonly logger: Logger;
  },
): OrderedResolvers {
  const { open, onTry, logger } = options;
  const resolvers = addresses.map((address) => ({ address, forwarder: open(address) }));
  let closed = false;
  return {
    async ask(query, transport, judge) {
      for (const { address, forwarder } of resolvers) {
        if (closed) return undefined;
        onTry();
        const reply = await forwarder.forward(query, transport, judge);
        if (reply !== undefined) return reply;
        logger.debug({ resolver: `${address.host}:${address.port}`, transport }, 'a resolver gave no answer');
      }
      return undefined;
    },
    close() {
      closed = true;
      for (const { forwarder } of resolvers) forwarder.close();
    },
  };
}
