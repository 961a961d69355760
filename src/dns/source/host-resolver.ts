import { createLimiter } from '../../common/concurrency.js';
import { DeadlineQueue } from '../../common/deadline-queue.js';
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
  /** Of any clock that nobody moves. */
  readonly clock: Clock;
  /** Called after the view was changed. */
  readonly onChange: () => void;
  readonly logger: Logger;
}

/** So many are looked up at the same time: one without an answer keeps the system resolver busy for seconds. */
const maxLookups = 8;

/**
 * Looks up the hosts that agents, frameworks and the leader give by name. A look-up that fails changes nothing: the last addresses stay.
 */
export class HostResolver {
  readonly #options: HostResolverOptions;
  /** When each host is to be looked up (again). */
  readonly #due = new DeadlineQueue();
  readonly #limited = createLimiter(maxLookups);
  #version = -1;
  #running: Promise<unknown> | undefined;
  #stopped = false;

  constructor(options: HostResolverOptions) {
    this.#options = options;
  }

  /** Looks up what is due, unless a round is under way. Costs nothing while the hosts are the same and none is due. */
  refresh(): void {
    if (this.#running !== undefined || this.#stopped) return;
    const now = this.#options.clock();
    this.#followHosts(now);
    const hosts = this.#due.takeDue(now);
    if (hosts.length === 0) return;
    for (const host of hosts) this.#due.set(host, now + this.#options.refreshMs);
    this.#running = Promise.all(hosts.map((host) => this.#limited(() => this.#lookUp(host)))).finally(() => {
      this.#running = undefined;
      if (!this.#stopped) this.refresh();
    });
  }

  /** A look-up under way is not waited for; its result is dropped. */
  stop(): void {
    this.#stopped = true;
  }

  #followHosts(now: number): void {
    const { view } = this.#options;
    if (view.hostsVersion === this.#version) return;
    this.#version = view.hostsVersion;
    const wanted = new Set(view.hostNames());
    for (const host of this.#due.keys()) if (!wanted.has(host)) this.#due.set(host, undefined);
    for (const host of wanted) if (this.#due.get(host) === undefined) this.#due.set(host, now);
  }

  async #lookUp(host: string): Promise<void> {
    const { view, resolve, onChange, logger } = this.#options;
    if (this.#stopped) return;
    try {
      const addresses = await resolve(host);
      if (this.#stopped || addresses.length === 0) return;
      view.setHostAddresses(host, [...addresses].sort());
      if (view.hasTouched) onChange();
    } catch (error) {
      logger.debug({ host, reason: messageOf(error) }, 'a host name of the cluster has no address');
    }
  }
}
