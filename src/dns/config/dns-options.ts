import type { DnsOptions } from '../options.js';
import { masterOptionsOf, masterTextOf } from './master-options.js';
import type { MesosDnsConfig } from './mesos-dns-config.js';

/** The options of our own mode that a configuration of Mesos-DNS amounts to. */
export function dnsOptionsOf(config: MesosDnsConfig): DnsOptions {
  return {
    host: config.Listener,
    dnsPort: config.Port,
    httpHost: config.HTTPListener,
    dnsHttpPort: config.HttpPort,
    master: masterTextOf(config),
    mesos: masterOptionsOf(config),
    domain: config.Domain,
    ttlSeconds: Math.max(0, config.TTL),
    refreshSeconds: config.RefreshSeconds,
    resolvers: config.ExternalOn ? config.Resolvers : [],
    config,
  };
}
