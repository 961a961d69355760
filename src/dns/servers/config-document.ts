import { withoutCredentials } from '../../common/redact.js';
import type { ZoneSettings } from '../answer/zone.js';
import type { DnsOptions } from '../options.js';
import type { RecordOptions } from '../records/options.js';

/**
 * `/v1/config`: the settings under Mesos-DNS' names and in its order. Unlike there, no secret is ever shown; settings that do
 * not exist here have the value they amount to.
 */
export function configDocument(
  options: DnsOptions,
  settings: ZoneSettings,
  records: RecordOptions,
  serial: number,
): object {
  const { mesos } = options;
  const isZooKeeper = options.master.startsWith('zk://');
  const principal = mesos.credentials?.principal ?? '';
  return {
    RefreshSeconds: options.refreshSeconds,
    Port: options.dnsPort,
    Timeout: options.resolverTimeoutSeconds,
    StateTimeoutSeconds: options.stateTimeoutSeconds,
    ZkDetectionTimeout: 0,
    HttpPort: options.dnsHttpPort,
    TTL: settings.ttlSeconds,
    SRVRecordDefaultWeight: settings.srvWeight,
    SOASerial: serial,
    SOARefresh: settings.soa.refreshSeconds,
    SOARetry: settings.soa.retrySeconds,
    SOAExpire: settings.soa.expireSeconds,
    SOAMinttl: settings.ttlSeconds,
    SOAMname: `${settings.soa.nameServer}.`,
    SOARname: `${settings.soa.mailbox}.`,
    Masters: isZooKeeper ? [] : records.masters,
    ZoneResolvers: options.zoneResolvers,
    Resolvers: options.resolvers,
    IPSources: records.ipSources,
    Zk: isZooKeeper ? withoutCredentials(options.master) : '',
    Domain: settings.domain,
    File: '',
    Listener: options.host,
    HTTPListener: options.httpHost,
    RecurseOn: options.recurseOn,
    DnsOn: options.dnsOn,
    HttpOn: options.httpOn,
    ExternalOn: options.resolvers.length > 0,
    EnforceRFC952: records.enforceRfc952,
    SetTruncateBit: options.setTruncateBit,
    EnumerationOn: options.enumerationOn,
    MesosHTTPSOn: mesos.tls,
    CACertFile: mesos.caFile ?? '',
    CertFile: '',
    KeyFile: '',
    MesosCredentials: { Principal: principal, Secret: '' },
    IAMConfigFile: '',
    MesosAuthentication: principal === '' ? '' : 'basic',
  };
}
