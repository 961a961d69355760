/** Settings of `ekiden dns`. */
export interface DnsOptions {
  /** Address that the DNS server listens on. */
  readonly host: string;
  readonly dnsPort: number;
  /** Address and port of the HTTP API. */
  readonly httpHost: string;
  readonly dnsHttpPort: number;
  /** `host:port` of each Mesos master; redirects to the leading one are followed. */
  readonly masters: readonly string[];
  /** The zone, without a trailing dot (`--dns_domain`, default `mesos`). */
  readonly domain: string;
  readonly ttlSeconds: number;
  /** Period of the fall-back poll of `/master/state`, and of the cross-check while the stream is up. */
  readonly refreshSeconds: number;
  /** Addresses `host` or `host:port` that names outside the zone are forwarded to; empty = they are REFUSED. */
  readonly resolvers: readonly string[];
}
