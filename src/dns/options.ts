import type { MasterOptions } from '../mesos/master-access.js';
import type { ZoneSettings } from './answer/zone.js';
import type { MesosDnsConfig } from './config/mesos-dns-config.js';
import type { IpSource } from './records/view.js';

/** Settings of `ekiden dns`. Mesos-DNS' name of a setting, where it has another one, is in brackets. */
export interface DnsOptions {
  /** Address that the DNS server listens on [listener]. */
  readonly host: string;
  readonly dnsPort: number;
  /** Address and port of the HTTP API. */
  readonly httpHost: string;
  readonly dnsHttpPort: number;
  /** Which of the two there is [DnsOn, HttpOn]. */
  readonly dnsOn: boolean;
  readonly httpOn: boolean;
  /** `/v1/enumerate` and `/v1/axfr` exist [EnumerationOn]. */
  readonly enumerationOn: boolean;
  /** `--master`: `host:port` of each Mesos master, separated by commas, or where ZooKeeper tells of them (parseMasterAddress). */
  readonly master: string;
  /** How they are talked to. */
  readonly mesos: MasterOptions;
  /** How long the state of a master may take. */
  readonly stateTimeoutSeconds: number;
  /** The zone, without a trailing dot (`--dns_domain`, default `mesos`). */
  readonly domain: string;
  readonly ttlSeconds: number;
  /** Weight of every SRV record [SRVRecordDefaultWeight]. */
  readonly srvWeight: number;
  /** Names in it are without a dot at the end. */
  readonly soa: ZoneSettings['soa'];
  /** Where the addresses of tasks are looked for, in this order [IPSources]. */
  readonly ipSources: readonly IpSource[];
  readonly enforceRfc952: boolean;
  /** Period of the fall-back poll of `/master/state`, and of the cross-check while the stream is up. */
  readonly refreshSeconds: number;
  /** Addresses `host` or `host:port` that names outside the zone are forwarded to; empty = they are REFUSED [resolvers, externalOn]. */
  readonly resolvers: readonly string[];
  /** The same for the zones that have others, by zone in lower case. */
  readonly zoneResolvers: Readonly<Record<string, readonly string[]>>;
  /** Of one try at one of them [timeout]. */
  readonly resolverTimeoutSeconds: number;
  /** false: RA is never set in answers from the zone. */
  readonly recurseOn: boolean;
  /** false: TC is never set. */
  readonly setTruncateBit: boolean;
  /** Networks (CIDR) whose clients may have names outside the zone looked up; `local` stands for all that are not of the internet. */
  readonly recursionFrom: readonly string[];
  /** Networks (CIDR) whose clients may have the whole zone (AXFR); `local` as above. */
  readonly transferTo: readonly string[];
  /** Replies over UDP per second to one network (/24, /56) that is not in `recursionFrom`; 0 = any number. */
  readonly rateLimit: number;
  /** Processes that answer queries; 0 = this one does. */
  readonly workers: number;
  /** Instances that are unhealthy are published like the others. */
  readonly answerUnhealthy: boolean;
  /** Base URLs of Ekiden schedulers that tell of health and of draining; empty = nobody does. */
  readonly schedulers: readonly string[];
  /** What they ask for (`--marathon_credentials`). */
  readonly credentials?: { readonly user: string; readonly password: string } | undefined;
  /** PEM file with certificates to trust besides the usual authorities (`--marathon_ca`). */
  readonly caFile?: string | undefined;
  /** Directory for what is to be known after a restart; undefined: nothing is kept. */
  readonly stateDir?: string | undefined;
  /** The configuration file of Mesos-DNS that all this was read from, to be shown. */
  readonly config?: MesosDnsConfig;
}

/** The SOA settings of a zone for which nobody wants others: Mesos-DNS' defaults. */
export function defaultSoa(domain: string): ZoneSettings['soa'] {
  return {
    nameServer: `ns1.${domain}`,
    mailbox: `root.ns1.${domain}`,
    refreshSeconds: 60,
    retrySeconds: 600,
    expireSeconds: 86_400,
  };
}
