import type { IpSource } from '../records/view.js';
import { defaultOwnSettings } from './own-settings.js';
import type { OwnSettings } from './own-settings.js';

/** A configuration of Mesos-DNS, complete: its keys under the names and with the defaults that it gives them (mesos-dns.md §2). */
export interface MesosDnsConfig extends OwnSettings {
  readonly RefreshSeconds: number;
  readonly Port: number;
  /** Seconds, of one exchange with one resolver. */
  readonly Timeout: number;
  readonly StateTimeoutSeconds: number;
  /** Seconds without a leader in ZooKeeper after which the process ends; 0 = never. */
  readonly ZkDetectionTimeout: number;
  readonly HttpPort: number;
  readonly TTL: number;
  readonly SRVRecordDefaultWeight: number;
  readonly SOASerial: number;
  readonly SOARefresh: number;
  readonly SOARetry: number;
  readonly SOAExpire: number;
  /** Shown, and used nowhere: `TTL` is. */
  readonly SOAMinttl: number;
  /** With a dot at the end, as `SOARname`. */
  readonly SOAMname: string;
  readonly SOARname: string;
  readonly Masters: readonly string[] | null;
  readonly ZoneResolvers: Readonly<Record<string, readonly string[]>>;
  readonly Resolvers: readonly string[];
  readonly IPSources: readonly IpSource[];
  readonly Zk: string;
  /** In lower case, without a dot at the end. */
  readonly Domain: string;
  /** Absolute path of the file. */
  readonly File: string;
  readonly Listener: string;
  readonly HTTPListener: string;
  readonly RecurseOn: boolean;
  readonly DnsOn: boolean;
  readonly HttpOn: boolean;
  readonly ExternalOn: boolean;
  readonly EnforceRFC952: boolean;
  readonly SetTruncateBit: boolean;
  readonly EnumerationOn: boolean;
  readonly MesosHTTPSOn: boolean;
  readonly CACertFile: string;
  readonly CertFile: string;
  readonly KeyFile: string;
  readonly MesosCredentials: { readonly Principal: string; readonly Secret: string };
  readonly IAMConfigFile: string;
  readonly MesosAuthentication: string;
}

/** A configuration as the file gives it: not looked at beyond its types. */
export type DecodedConfig = Omit<MesosDnsConfig, 'IPSources'> & { readonly IPSources: readonly string[] };

/** What is not in the file. In the order in which Mesos-DNS shows its configuration. */
export const defaultConfig: DecodedConfig = {
  RefreshSeconds: 60,
  Port: 53,
  Timeout: 5,
  StateTimeoutSeconds: 300,
  ZkDetectionTimeout: 30,
  HttpPort: 8123,
  TTL: 60,
  SRVRecordDefaultWeight: 1,
  SOASerial: 0,
  SOARefresh: 60,
  SOARetry: 600,
  SOAExpire: 86_400,
  SOAMinttl: 60,
  SOAMname: 'ns1.mesos',
  SOARname: 'root.ns1.mesos',
  Masters: null,
  ZoneResolvers: {},
  Resolvers: ['8.8.8.8'],
  IPSources: ['netinfo', 'mesos', 'host'],
  Zk: '',
  Domain: 'mesos',
  File: '',
  Listener: '0.0.0.0',
  HTTPListener: '0.0.0.0',
  RecurseOn: true,
  DnsOn: true,
  HttpOn: true,
  ExternalOn: true,
  EnforceRFC952: false,
  SetTruncateBit: true,
  EnumerationOn: true,
  MesosHTTPSOn: false,
  CACertFile: '',
  CertFile: '',
  KeyFile: '',
  MesosCredentials: { Principal: '', Secret: '' },
  IAMConfigFile: '',
  MesosAuthentication: '',
  ...defaultOwnSettings,
};
