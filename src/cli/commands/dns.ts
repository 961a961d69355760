import type { DnsOptions } from '../../dns/options.js';
import type { Settings } from '../flags.js';
import { runRole } from '../run-role.js';
import type { Invocation } from '../settings.js';
import { mesosOptions } from './scheduler.js';

export function dnsOptions(settings: Settings): DnsOptions {
  return {
    host: settings.host,
    dnsPort: settings.dns_port,
    httpHost: settings.host,
    dnsHttpPort: settings.dns_http_port,
    master: (settings.master ?? []).join(','),
    mesos: mesosOptions(settings),
    domain: settings.dns_domain,
    ttlSeconds: settings.dns_ttl,
    refreshSeconds: settings.dns_refresh_seconds,
    resolvers: settings.dns_resolvers,
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
