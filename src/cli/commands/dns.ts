import { join, resolve } from 'node:path';
import { UsageError } from '../../common/errors.js';
import { defaultSoa } from '../../dns/options.js';
import type { DnsOptions } from '../../dns/options.js';
import type { IpSource } from '../../dns/records/view.js';
import { defaultWorkers } from '../../dns/workers/default-workers.js';
import type { Settings } from '../flags.js';
import { runRole } from '../run-role.js';
import type { Invocation } from '../settings.js';
import { splitCredentials } from '../split-credentials.js';
import { mesosOptions } from './scheduler.js';

const withoutDot = (name: string): string => name.replace(/\.+$/, '');

/** `zone=address` items as addresses by zone, in their order. */
function zoneResolvers(items: readonly string[]): Record<string, string[]> {
  const zones: Record<string, string[]> = {};
  for (const item of items) {
    const [, zone, address] = /^([^=]+)=([^=]+)$/.exec(item) ?? [];
    if (zone === undefined || address === undefined) {
      throw new UsageError(`--dns_zone_resolvers: "${item}" is not zone=address or zone=address:port`);
    }
    (zones[withoutDot(zone).toLowerCase()] ??= []).push(address);
  }
  return zones;
}

export function dnsOptions(settings: Settings): DnsOptions {
  const domain = settings.dns_domain.toLowerCase();
  const nameServer = withoutDot(settings.dns_soa_mname ?? defaultSoa(domain).nameServer);
  return {
    host: settings.host,
    dnsPort: settings.dns_port,
    httpHost: settings.host,
    dnsHttpPort: settings.dns_http_port,
    dnsOn: settings.dns_on,
    httpOn: settings.dns_http_on,
    enumerationOn: settings.dns_enumeration_on,
    master: (settings.master ?? []).join(','),
    mesos: mesosOptions(settings),
    stateTimeoutSeconds: settings.dns_state_timeout,
    domain,
    ttlSeconds: settings.dns_ttl,
    srvWeight: settings.dns_srv_weight,
    soa: {
      nameServer,
      mailbox: withoutDot(settings.dns_soa_rname ?? `root.${nameServer}`).replaceAll('@', '.'),
      refreshSeconds: settings.dns_soa_refresh,
      retrySeconds: settings.dns_soa_retry,
      expireSeconds: settings.dns_soa_expire,
    },
    ipSources: settings.dns_ip_sources as readonly IpSource[],
    enforceRfc952: settings.dns_enforce_rfc952,
    refreshSeconds: settings.dns_refresh_seconds,
    resolvers: settings.dns_resolvers,
    zoneResolvers: zoneResolvers(settings.dns_zone_resolvers),
    resolverTimeoutSeconds: settings.dns_resolver_timeout,
    recurseOn: settings.dns_recurse_on,
    setTruncateBit: settings.dns_set_truncate_bit,
    recursionFrom: settings.dns_recursion_from,
    transferTo: settings.dns_transfer_to,
    rateLimit: settings.dns_rate_limit,
    workers: settings.dns_workers ?? defaultWorkers(),
    answerUnhealthy: settings.answer_unhealthy,
    schedulers: settings.marathon ?? [],
    credentials: splitCredentials(settings.marathon_credentials),
    caFile: settings.marathon_ca === undefined ? undefined : resolve(settings.marathon_ca),
    stateDir: join(resolve(settings.work_dir), 'dns'),
  };
}

export async function run({ settings, warnings }: Invocation): Promise<number> {
  return runRole({
    role: 'dns',
    logLevel: settings.log_level,
    logFormat: settings.log_format,
    warnings,
    start: async (context) => {
      const { startDns } = await import('../../dns/start.js');
      return startDns(dnsOptions(settings), context);
    },
  });
}
