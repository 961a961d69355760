import { readHost } from './hosts.js';
import { SettingError, shown } from './values.js';

/** The service whose lines are read. */
export interface OwnNames {
  /** Its backend. */
  readonly ownBackends: ReadonlySet<string>;
  /** The `acl` that marathon-lb tests its hosts with. */
  readonly ownTest: string;
  /** The text of `HAPROXY_{n}_PATH`. */
  readonly path: string;
}

/**
 * The lines of a frontend that lead to one service: tests of the host, and the ways to its backend. All that is taken from them are
 * the hosts. Throws SettingError for a line that says anything else: it may narrow the way, and without it the service would be
 * open to more.
 */
export class FrontendLines {
  readonly #own: OwnNames;
  /** Hosts by the name of an `acl`; those of paths are empty. */
  readonly #tests = new Map<string, readonly string[]>();
  readonly #used = new Set<string>();
  /** Of tests without a name. */
  readonly #direct = new Set<string>();

  constructor(own: OwnNames) {
    this.#own = own;
  }

  read(words: readonly string[]): void {
    const [first = '', second = '', ...rest] = words;
    if (first === 'acl') this.#tests.set(second, [...(this.#tests.get(second) ?? []), ...this.#readTest(rest)]);
    else if (first === 'use_backend') this.#readUse(second, rest);
    else throw new SettingError(`${shown(first)} cannot be used here; known are acl and use_backend`);
  }

  /** The hosts that lead to the service; without a `use_backend` of its own marathon-lb tests with its own name. */
  hosts(): string[] {
    const named = [...this.#tests].filter(([name]) => name === this.#own.ownTest || this.#used.has(name));
    return [...new Set([...named.flatMap(([, hosts]) => hosts), ...this.#direct])];
  }

  /** The hosts that a test names; none for the service's own path. */
  #readTest([fetch = '', ...rest]: readonly string[]): string[] {
    const flags = rest.findIndex((word) => word !== '-i');
    const patterns = flags < 0 ? [] : rest.slice(flags);
    if (/^path(?:_beg)?$/.test(fetch)) {
      const own = this.#own.path.split(' ').filter((word) => word !== '');
      if (rest.join(' ') === own.join(' ') || patterns.join(' ') === own.join(' ')) return [];
      throw new SettingError('tests another path than that of the service');
    }
    const isEnd = /^(?:req\.)?hdr_end\(host\)$/i.test(fetch) || fetch === 'ssl_fc_sni_end';
    if (!isEnd && !/^(?:req\.)?hdr\(host\)$/i.test(fetch) && fetch !== 'ssl_fc_sni') {
      throw new SettingError(`${shown(fetch)} cannot be used here; known are hdr(host), hdr_end(host) and ssl_fc_sni`);
    }
    if (patterns.length === 0) throw new SettingError('names no host');
    return patterns.map((pattern) => {
      if (!isEnd) return readHost(pattern);
      if (!pattern.startsWith('.')) throw new SettingError(`${shown(pattern)} has to begin with a dot`);
      return readHost(`*${pattern}`);
    });
  }

  #readUse(backend: string, [word, ...condition]: readonly string[]): void {
    if (!this.#own.ownBackends.has(backend))
      throw new SettingError('leads to another backend than that of the service');
    if (word !== 'if' || condition.length === 0) throw new SettingError('needs a test of the host behind "if"');
    if (condition[0] === '{' && condition.at(-1) === '}') {
      for (const host of this.#readTest(condition.slice(1, -1))) this.#direct.add(host);
      return;
    }
    const unknown = condition.find((name) => !this.#tests.has(name) && !/^(?:host|path)_/.test(name));
    if (unknown !== undefined) throw new SettingError(`${shown(unknown)} is not the name of a test of a host or path`);
    for (const name of condition) this.#used.add(name);
  }
}
