import type { Clock } from '../../common/time.js';
import { extendedError, rcode } from '../answer/protocol.js';
import type { ExtendedError } from '../answer/protocol.js';
import { byIdAndQuestion, overTcp, overUdp, timedOut } from './exchange.js';
import type { Outcome, ResolverAddress } from './exchange.js';
import { ResolverMemory } from './resolver-memory.js';

/** Resolvers that stand in for each other. */
export interface ResolverGroup {
  readonly isEmpty: boolean;
  /** The answer of one of them, or why there is none. Never rejects. */
  ask(query: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | ExtendedError>;
  /** Gives up all queries under way. */
  close(): void;
}

/** How many resolvers an error tells of. */
const maxToldResolvers = 4;

/** A resolver that cannot or will not help is no reason not to ask the next one. */
function isHelpful(reply: Buffer): boolean {
  const code = (reply[3] as number) & 0x0f;
  return code !== rcode.SERVFAIL && code !== rcode.REFUSED;
}

function nobodyAnswered(failures: readonly string[], network: boolean): ExtendedError {
  const told = failures.slice(0, maxToldResolvers).join('; ');
  const more = failures.length > maxToldResolvers ? ` and ${failures.length - maxToldResolvers} more` : '';
  return {
    code: network ? extendedError.NETWORK_ERROR : extendedError.NO_REACHABLE_AUTHORITY,
    text: `no resolver answered: ${told}${more}`,
  };
}

/**
 * Asks the resolvers in their order, those last that did not answer lately. The next one is asked as well when one has failed, cannot
 * help, or has not answered for `hedgeMs`; each is given `timeoutMs`, and the first good answer is taken. When there is none, the last
 * one that came is passed on. At most `maxOutstanding` exchanges are under way at a time.
 */
export function createResolverGroup(options: {
  readonly resolvers: readonly ResolverAddress[];
  readonly timeoutMs: number;
  readonly hedgeMs: number;
  readonly maxOutstanding: number;
  readonly clock: Clock;
}): ResolverGroup {
  const { resolvers, timeoutMs, hedgeMs, maxOutstanding, clock } = options;
  const memoryOf = (): ResolverMemory => new ResolverMemory(resolvers.length, timeoutMs, clock);
  /** Some resolvers answer over UDP only. */
  const memories = { udp: memoryOf(), tcp: memoryOf() };
  const underWay = new Set<AbortController>();
  let closed = false;

  async function exchangeWith(
    index: number,
    query: Buffer,
    transport: 'udp' | 'tcp',
    controller: AbortController,
  ): Promise<Outcome> {
    underWay.add(controller);
    const timer = setTimeout(() => controller.abort(timedOut), timeoutMs);
    try {
      const exchange = transport === 'udp' ? overUdp : overTcp;
      return await exchange(query, resolvers[index] as ResolverAddress, byIdAndQuestion, controller.signal);
    } finally {
      clearTimeout(timer);
      underWay.delete(controller);
    }
  }

  /** One query, and those that are asked about it at the same time. */
  function race(query: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | ExtendedError> {
    return new Promise((resolve) => {
      const memory = memories[transport];
      const waiting = memory.order();
      const running = new Map<number, AbortController>();
      const failures: string[] = [];
      let onlyNetworkFailures = true;
      let unhelpful: Buffer | undefined;
      let done = false;
      let hedge: NodeJS.Timeout | undefined;

      function end(result: Buffer | ExtendedError): void {
        done = true;
        clearTimeout(hedge);
        for (const controller of running.values()) controller.abort();
        resolve(result);
      }

      function askNext(): void {
        clearTimeout(hedge);
        const index = closed || underWay.size >= maxOutstanding ? undefined : waiting.shift();
        if (index === undefined) {
          if (running.size === 0) end(unhelpful ?? nobodyAnswered(failures, onlyNetworkFailures));
          return;
        }
        if (waiting.length > 0) hedge = setTimeout(askNext, hedgeMs);
        const controller = new AbortController();
        running.set(index, controller);
        memory.asked(index);
        void exchangeWith(index, query, transport, controller).then((outcome) => onOutcome(index, outcome));
      }

      function onOutcome(index: number, outcome: Outcome): void {
        if (done) return;
        // Those that were asked before and still say nothing cost every client a while: others are asked first for now.
        const slower = [...running.keys()].slice(0, [...running.keys()].indexOf(index));
        running.delete(index);
        if (outcome !== 'aborted' && 'reply' in outcome) {
          memory.answered(index);
          if (isHelpful(outcome.reply)) {
            for (const other of slower) memory.failed(other);
            end(outcome.reply);
            return;
          }
          unhelpful = outcome.reply;
        } else if (outcome !== 'aborted') {
          const { host, port } = resolvers[index] as ResolverAddress;
          memory.failed(index);
          failures.push(`${host}:${port} ${outcome.failure}`);
          onlyNetworkFailures &&= outcome.network;
        }
        askNext();
      }

      askNext();
    });
  }

  return {
    isEmpty: resolvers.length === 0,
    ask(query, transport) {
      if (underWay.size < maxOutstanding) return race(query, transport);
      const text = `${maxOutstanding} queries wait for resolvers already`;
      return Promise.resolve({ code: extendedError.OTHER, text });
    },
    close() {
      closed = true;
      for (const controller of underWay) controller.abort();
    },
  };
}
