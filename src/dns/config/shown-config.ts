import { redacted, withoutCredentials } from '../../common/redact.js';
import type { MesosDnsConfig } from './mesos-dns-config.js';

/** The configuration as `/v1/config` shows it: in Mesos-DNS' order, but without passwords. */
export function shownConfig({ Quirks: _quirks, ...config }: MesosDnsConfig): object {
  const { MesosCredentials: credentials } = config;
  const byName = Object.entries(config.ZoneResolvers).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...config,
    ZoneResolvers: Object.fromEntries(byName),
    Zk: withoutCredentials(config.Zk),
    MesosCredentials: { ...credentials, Secret: credentials.Secret === '' ? '' : redacted },
  };
}
