import { lookup } from 'node:dns/promises';
import { parseIpAddress } from '../common/ip-address.js';

const freshMs = 60_000;
const unknownMs = 5_000;
const lookupTimeoutMs = 2_000;
const atOnce = 8;

interface Entry {
  readonly address: string | undefined;
  readonly checkedAt: number;
}

/**
 * The addresses of agents that are known by name. HAProxy would look them up while it starts, and refuse the whole
 * configuration for one name that does not resolve. An address that was found is kept while the name does not resolve.
 */
export class HostAddresses {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;
  readonly #resolve: (host: string) => Promise<string>;

  constructor(options: { now?: () => number; resolve?: (host: string) => Promise<string> } = {}) {
    this.#now = options.now ?? Date.now;
    this.#resolve = options.resolve ?? (async (host) => (await lookup(host)).address);
  }

  /** The known address of a host. */
  get(host: string): string | undefined {
    return this.#entries.get(host)?.address;
  }

  /** Looks up those of `hosts` that are names and not known, or not lately, and forgets all others. */
  async refresh(hosts: Iterable<string>): Promise<void> {
    const now = this.#now();
    const wanted = new Set([...hosts].filter((host) => host !== '' && parseIpAddress(host) === undefined));
    for (const host of this.#entries.keys()) if (!wanted.has(host)) this.#entries.delete(host);
    const due = [...wanted].filter((host) => {
      const entry = this.#entries.get(host);
      return entry === undefined || now - entry.checkedAt > (entry.address === undefined ? unknownMs : freshMs);
    });
    for (let at = 0; at < due.length; at += atOnce) {
      await Promise.all(due.slice(at, at + atOnce).map((host) => this.#lookUp(host)));
    }
  }

  /** Whether a name is without an address, so that a later look-up may change something. */
  hasUnknown(): boolean {
    return [...this.#entries.values()].some((entry) => entry.address === undefined);
  }

  async #lookUp(host: string): Promise<void> {
    let address = this.get(host);
    try {
      const found = await Promise.race([
        this.#resolve(host),
        new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), lookupTimeoutMs).unref()),
      ]);
      address = parseIpAddress(found ?? '')?.address ?? address;
    } catch {
      // The name does not resolve now; what was known stays.
    }
    this.#entries.set(host, { address, checkedAt: this.#now() });
  }
}
