import type { ZoneSettings } from '../answer/zone.js';
import type { MesosDnsConfig } from './mesos-dns-config.js';

/** The settings of the zone in the form that answers are made from. */
export function zoneSettingsOf(config: MesosDnsConfig): ZoneSettings {
  const withoutDot = (name: string): string => name.slice(0, -1);
  return {
    domain: config.Domain,
    ttlSeconds: config.TTL,
    srvWeight: config.SRVRecordDefaultWeight,
    soa: {
      nameServer: withoutDot(config.SOAMname),
      mailbox: withoutDot(config.SOARname),
      refreshSeconds: config.SOARefresh,
      retrySeconds: config.SOARetry,
      expireSeconds: config.SOAExpire,
    },
  };
}
