import { lookup } from 'node:dns/promises';
import type { CatalogView } from '../catalog/catalog.js';
import { createLimiter } from '../common/concurrency.js';
import { parseIpAddress } from '../common/ip-address.js';
import { readRuleSettings } from './rules/rule-settings.js';
import type { Rule } from './rules/rule.js';

const freshMs = 60_000;
const unknownMs = 5_000;
/** How long an update waits for names that are not known yet; the rest is found later. */
const patienceMs = 2_000;
const lookupTimeoutMs = 10_000;
const atOnce = 8;
const maxLiterals = 100_000;

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
  /** Hosts that are addresses: nearly all are, in every update again. */
  readonly #literals = new Set<string>();
  readonly #now: () => number;
  readonly #resolve: (host: string) => Promise<string>;
  readonly #limit = createLimiter(atOnce);

  constructor(options: { now?: () => number; resolve?: (host: string) => Promise<string> } = {}) {
    this.#now = options.now ?? Date.now;
    this.#resolve = options.resolve ?? (async (host) => (await lookup(host)).address);
  }

  /** The known address of a host. */
  get(host: string): string | undefined {
    return this.#entries.get(host)?.address;
  }

  /** Whether a name is without an address, so that a later look-up may change something. */
  hasUnknown(): boolean {
    return [...this.#entries.values()].some((entry) => entry.address === undefined);
  }

  /**
   * Looks up those of `hosts` that are names and not known, or not lately, and forgets all others. Waits for the unknown ones,
   * but not for long: a name server that does not answer must not hold up the routing of everything else.
   */
  async refresh(hosts: Iterable<string>): Promise<void> {
    const now = this.#now();
    const wanted = this.#namesAmong(hosts);
    for (const host of this.#entries.keys()) if (!wanted.has(host)) this.#entries.delete(host);
    const unknown: Promise<void>[] = [];
    for (const host of wanted) {
      const entry = this.#entries.get(host);
      const address = entry?.address;
      if (entry !== undefined && now - entry.checkedAt <= (address === undefined ? unknownMs : freshMs)) continue;
      this.#entries.set(host, { address, checkedAt: now });
      const done = this.#limit(() => this.#lookUp(host));
      if (address === undefined) unknown.push(done);
    }
    if (unknown.length > 0) await within(Promise.all(unknown), patienceMs);
  }

  #namesAmong(hosts: Iterable<string>): Set<string> {
    if (this.#literals.size > maxLiterals) this.#literals.clear();
    const names = new Set<string>();
    for (const host of hosts) {
      if (host === '' || this.#literals.has(host)) continue;
      if (parseIpAddress(host) === undefined) names.add(host);
      else this.#literals.add(host);
    }
    return names;
  }

  async #lookUp(host: string): Promise<void> {
    const found = await within(this.#resolve(host), lookupTimeoutMs).catch(() => undefined);
    const address = parseIpAddress(found ?? '')?.address;
    const entry = this.#entries.get(host);
    if (address !== undefined && entry !== undefined) this.#entries.set(host, { ...entry, address });
  }
}

/** The hosts that `compile` needs the addresses of: those of agents, and of rules with addresses of their own. */
export function* hostsToResolve(catalog: Pick<CatalogView, 'instances'>, rules: Iterable<Rule>): Iterable<string> {
  for (const { host } of catalog.instances.values()) if (typeof host === 'string') yield host;
  for (const rule of rules) {
    if (rule.config === undefined) continue;
    for (const server of serversOf(rule)) yield server.slice(0, server.lastIndexOf(':'));
  }
}

/** None for a rule that cannot be read: `compile` says what is wrong with it. */
function serversOf(rule: Rule): readonly string[] {
  try {
    return readRuleSettings(rule).servers;
  } catch {
    return [];
  }
}

/** What a promise gives, or undefined when that takes longer. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
