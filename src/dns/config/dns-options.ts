import { join, resolve } from 'node:path';
import type { DnsOptions } from '../options.js';
import { defaultWorkers } from '../workers/default-workers.js';
import { masterOptionsOf, masterTextOf } from './master-options.js';
import type { MesosDnsConfig } from './mesos-dns-config.js';
import { zoneSettingsOf } from './zone-settings.js';

/** What `timeout: 0` stands for. */
const defaultTimeoutSeconds = 5;

/** The options of our own mode that a configuration of Mesos-DNS amounts to. */
export function dnsOptionsOf(config: MesosDnsConfig): DnsOptions {
  const { soa, srvWeight } = zoneSettingsOf(config);
  const { User: user, Password: password } = config.MarathonCredentials;
  return {
    host: config.Listener,
    dnsPort: config.Port,
    httpHost: config.HTTPListener,
    dnsHttpPort: config.HttpPort,
    dnsOn: config.DnsOn,
    httpOn: config.HttpOn,
    enumerationOn: config.EnumerationOn,
    master: masterTextOf(config),
    mesos: masterOptionsOf(config),
    stateTimeoutSeconds: config.StateTimeoutSeconds,
    domain: config.Domain,
    ttlSeconds: Math.max(0, config.TTL),
    srvWeight,
    soa,
    ipSources: config.IPSources,
    enforceRfc952: config.EnforceRFC952,
    refreshSeconds: config.RefreshSeconds,
    resolvers: config.ExternalOn ? config.Resolvers : [],
    zoneResolvers: Object.fromEntries(
      Object.entries(config.ExternalOn ? config.ZoneResolvers : {}).map(([zone, addresses]) => [
        zone.toLowerCase(),
        addresses,
      ]),
    ),
    resolverTimeoutSeconds: config.Timeout > 0 ? config.Timeout : defaultTimeoutSeconds,
    recurseOn: config.RecurseOn,
    setTruncateBit: config.SetTruncateBit,
    recursionFrom: config.RecursionFrom,
    transferTo: config.TransferTo,
    rateLimit: config.RateLimit,
    workers: config.Workers ?? defaultWorkers(),
    answerUnhealthy: config.AnswerUnhealthy,
    schedulers: config.Marathon,
    credentials: user === '' ? undefined : { user, password },
    caFile: config.MarathonCACertFile === '' ? undefined : resolve(config.MarathonCACertFile),
    stateDir: config.StateDir === '' ? undefined : join(resolve(config.StateDir), 'dns'),
    config,
  };
}
