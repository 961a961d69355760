import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { Clock } from '../../common/time.js';
import type { ClusterView } from './cluster-view.js';

/** All addresses of a host name, as the system resolver knows them. May reject. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

export interface HostResolverOptions {
  readonly view: ClusterView;
  readonly resolve: ResolveHost;
  /** How long an answer, or a failure, is good for. */
  readonly refreshMs: number;
  readonly clock: Clock;
  /** Called after the view was changed. */
  readonly onChange: () => void;
  readonly logger: Logger;
}

/**
 * Looks up the hosts that agents, frameworks and the leader give by name, one after the other. A look-up that fails changes
 * nothing: the last addresses stay.
 */
export class HostResolver {
  readonly #options: HostResolverOptions;
  readonly #askedAtMs = new Map<string, number>();
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: HostResolverOptions) {
    this.#options = options;
  }

  /** Looks up what is due, unless a round is under way. */
  refresh(): void {
    if (this.#running !== undefined || this.#stopped || this.#nextDue() === undefined) return;
    this.#running = this.#round().finally(() => (this.#running = undefined));
  }

  /** A look-up under way is not waited for; its result is dropped. */
  stop(): void {
    this.#stopped = true;
  }

  #nextDue(): string | undefined {
    const { view, clock, refreshMs } = this.#options;
    for (const host of view.hostNames()) {
      if (clock() - (this.#askedAtMs.get(host) ?? -Infinity) >= refreshMs) return host;
    }
    return undefined;
  }

  async #round(): Promise<void> {
    const { view, clock, resolve, onChange, logger } = this.#options;
    for (let host = this.#nextDue(); host !== undefined && !this.#stopped; host = this.#nextDue()) {
      this.#askedAtMs.set(host, clock());
      try {
        const addresses = await resolve(host);
        if (!this.#stopped && addresses.length > 0) view.setHostAddresses(host, [...addresses].sort());
      } catch (error) {
        logger.debug({ host, reason: messageOf(error) }, 'a host name of the cluster has no address');
      }
    }
    const wanted = new Set(view.hostNames());
    for (const host of this.#askedAtMs.keys()) if (!wanted.has(host)) this.#askedAtMs.delete(host);
    if (!this.#stopped && view.hasTouched) onChange();
  }
}
