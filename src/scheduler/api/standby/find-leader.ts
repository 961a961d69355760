import { sleep } from '../../../common/time.js';
import type { HttpServer } from '../../../http/server.js';
import { leaderTargetOf } from './leader-target.js';
import type { LeaderTarget } from './leader-target.js';

/** How often Marathon looks again for a leader before it gives up, and how long it waits each time (marathon.md §16.2). */
const attempts = 10;
const intervalMs = 250;

/** Who answers a request: another scheduler, or this one, which has become the leader meanwhile. */
export type Found =
  { readonly type: 'other'; readonly target: LeaderTarget } | { readonly type: 'self'; readonly api: HttpServer };

/** What tells of the leader. */
export interface LeaderSource {
  /** `host:port`; undefined while there is none or none is known. */
  readonly leader: () => string | undefined;
  /** The API of this process as soon as it leads. */
  readonly ownApi?: () => HttpServer | undefined;
}

/**
 * Who leads now; while nobody does, or this process (`own`, its address) is about to, it is asked again for 2.5 s. Undefined when there is
 * no leader by then, or as soon as `signal` is aborted.
 */
export async function findLeader(
  { leader, ownApi }: LeaderSource,
  own: string,
  signal: AbortSignal,
): Promise<Found | undefined> {
  for (let left = attempts; !signal.aborted; left--) {
    const api = ownApi?.();
    if (api !== undefined) return { type: 'self', api };
    const address = leader();
    const target = address === undefined || address === own ? undefined : leaderTargetOf(address);
    if (target !== undefined) return { type: 'other', target };
    if (left === 0) return undefined;
    await sleep(intervalMs, signal);
  }
  return undefined;
}
