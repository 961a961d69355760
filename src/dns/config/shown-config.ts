import { redacted, withoutCredentials } from '../../common/redact.js';
import type { MesosDnsConfig } from './mesos-dns-config.js';
import { defaultOwnSettings } from './own-settings.js';

const hidden = (secret: string): string => (secret === '' ? '' : redacted);

/**
 * The configuration as `/v1/config` shows it: in Mesos-DNS' order, but without passwords. What Mesos-DNS does not know is shown behind that, where it has
 * an effect.
 */
export function shownConfig(config: MesosDnsConfig): object {
  const { MesosCredentials: credentials, MarathonCredentials: marathon } = config;
  const byName = Object.entries(config.ZoneResolvers).sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = {
    ...config,
    ZoneResolvers: Object.fromEntries(byName),
    Zk: withoutCredentials(config.Zk),
    MesosCredentials: { ...credentials, Secret: hidden(credentials.Secret) },
    MarathonCredentials: { ...marathon, Password: hidden(marathon.Password) },
  };
  return Object.fromEntries(Object.entries(shown).filter(([key]) => !config.Quirks || !(key in defaultOwnSettings)));
}
