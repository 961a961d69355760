import { sleep } from '../common/time.js';
import type { ZooKeeperClient } from './client.js';
import { ZooKeeperError, zooKeeperCodeOf } from './errors.js';
import { isOver } from './keep-session.js';

/** Part of the session timeout for which a confirmation holds. */
const validity = 2 / 3;
/** So many times within a session timeout the lease is confirmed. */
const confirmations = 6;

/** The right to lead, as long as a majority of the servers confirms it. */
export interface Lease {
  /** Whether it holds at this very moment. May be false and then true again: when a process stood still, and then reads a confirmation. */
  readonly valid: boolean;
  /** Asks for no more confirmations. Nothing is called any more. */
  end(): void;
}

/**
 * Holds leadership by the node `candidate`: asks again and again, through the majority of the servers, whether the node is still
 * there. That a server answers is not enough: one that is cut off from the others does so for a while, when they have given the
 * session up already. A confirmation counts from when it was asked for, and for two thirds of the session timeout; no server ends
 * the session before that. `granted` is called at the first one, `lost` when no further one came in time, at once when the session
 * or the node is gone.
 */
export function holdLease(options: {
  readonly client: ZooKeeperClient;
  readonly candidate: string;
  readonly granted: () => void;
  readonly lost: (reason: string) => void;
  readonly monotonicMs?: () => number;
}): Lease {
  const { client, candidate, granted, lost, monotonicMs = () => performance.now() } = options;
  const ended = new AbortController();
  const validMs = client.sessionTimeoutMs * validity;
  const everyMs = client.sessionTimeoutMs / confirmations;
  let confirmedMs = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  function end(): void {
    clearTimeout(timer);
    stopListening();
    ended.abort();
  }

  function lose(reason: string): void {
    if (ended.signal.aborted) return;
    confirmedMs = -Infinity;
    end();
    lost(reason);
  }

  function look(): void {
    if (client.state === 'disconnected' || isOver(client.state)) {
      lose(client.state === 'disconnected' ? 'ZooKeeper was not heard for too long' : `the session is ${client.state}`);
    }
  }

  function confirm(askedMs: number): void {
    const isFirst = confirmedMs === -Infinity;
    confirmedMs = askedMs;
    clearTimeout(timer);
    const leftMs = confirmedMs + validMs - monotonicMs();
    timer = setTimeout(
      () => lose(`no majority of the ZooKeeper servers has confirmed the leadership for ${Math.round(validMs)} ms`),
      Math.max(0, Math.floor(leftMs)),
    );
    if (isFirst && leftMs > 0) granted();
  }

  async function run(): Promise<void> {
    while (!ended.signal.aborted) {
      const askedMs = monotonicMs();
      try {
        // A request that changes nothing, but that goes through the majority as all that change something do.
        await client.multi([{ type: 'check', path: candidate }]);
        if (ended.signal.aborted) return;
        confirm(askedMs);
      } catch (error) {
        if (ended.signal.aborted) return;
        if (zooKeeperCodeOf(error) === 'NO_NODE') lose('the node of this candidate is gone');
        else if (!(error instanceof ZooKeeperError)) throw error;
      }
      await sleep(Math.max(0, askedMs + everyMs - monotonicMs()), ended.signal);
    }
  }

  const stopListening = client.onState(look);
  void run();
  look();

  return {
    get valid() {
      return !ended.signal.aborted && monotonicMs() < confirmedMs + validMs;
    },
    end,
  };
}
