import type { MasterOptions } from '../mesos/master-access.js';
import type { MesosDnsConfig } from './config/mesos-dns-config.js';

/** Settings of `ekiden dns`. */
export interface DnsOptions {
  /** Address that the DNS server listens on. */
  readonly host: string;
  readonly dnsPort: number;
  /** Address and port of the HTTP API. */
  readonly httpHost: string;
  readonly dnsHttpPort: number;
  /** `--master`: `host:port` of each Mesos master, separated by commas, or where ZooKeeper tells of them (parseMasterAddress). */
  readonly master: string;
  /** How they are talked to. */
  readonly mesos: MasterOptions;
  /** The zone, without a trailing dot (`--dns_domain`, default `mesos`). */
  readonly domain: string;
  readonly ttlSeconds: number;
  /** Period of the fall-back poll of `/master/state`, and of the cross-check while the stream is up. */
  readonly refreshSeconds: number;
  /** Addresses `host` or `host:port` that names outside the zone are forwarded to; empty = they are REFUSED. */
  readonly resolvers: readonly string[];
  /** The configuration file of Mesos-DNS that all this was read from: what only it can say is taken from there. */
  readonly config?: MesosDnsConfig;
}
