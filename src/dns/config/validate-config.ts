import { StartupError, UsageError } from '../../common/errors.js';
import { parseIpAddress } from '../../common/ip-address.js';
import { ipSources } from '../records/view.js';
import type { IpSource } from '../records/view.js';
import type { DecodedConfig, MesosDnsConfig } from './mesos-dns-config.js';
import { checkOwnSettings, ownSettingsWithoutEffect } from './own-settings.js';

/** What validation needs to know of the machine. */
export interface ConfigSurroundings {
  /** Name servers of this machine besides itself; asked for when the file has an empty list. May throw. */
  readonly localResolvers: () => readonly string[];
  /** Seconds since 1970. */
  readonly nowSeconds: number;
}

const domainPattern = /^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*$/;
const authentications = ['', 'basic', 'iam'];

function splitHostPort(text: string): { readonly host: string; readonly port: string } | undefined {
  const match = /^(?:\[([^\][]*)\]|([^:[\]]*)):([^:]*)$/.exec(text);
  return match === null ? undefined : { host: match[1] ?? match[2] ?? '', port: match[3] ?? '' };
}

function isPort(text: string): boolean {
  return /^\+?\d+$/.test(text) && Number(text) > 0 && Number(text) <= 65_535;
}

function normalMaster(text: string): string {
  const parts = splitHostPort(text);
  if (parts === undefined) {
    throw new StartupError(
      `error validating masters: illegal host:port specified: ${text}. Error: address ${text}: ${text.includes(':') ? 'too many colons in address' : 'missing port in address'}`,
    );
  }
  if (!isPort(parts.port)) throw new StartupError(`error validating masters: illegal host:port specified: ${text}`);
  return `${parseIpAddress(parts.host)?.address ?? parts.host} ${Number(parts.port)}`;
}

/** `address`, `address:port` or `[v6]:port`, as Mesos-DNS allows resolvers to be given. */
export function resolverOf(text: string): { readonly host: string; readonly port: number } {
  const parts = splitHostPort(text) ?? { host: text, port: '53' };
  const ip = parseIpAddress(parts.host);
  if (ip === undefined) throw new StartupError(`error validating resolvers: illegal ip specified: ${parts.host}`);
  if (!isPort(parts.port)) throw new StartupError(`error validating resolvers: illegal host:port specified: ${text}`);
  return { host: ip.address, port: Number(parts.port) };
}

function refuseDuplicates(what: string, texts: readonly string[], normal: (text: string) => string): void {
  const seen = new Set<string>();
  for (const text of texts) {
    const key = normal(text);
    if (seen.has(key)) throw new StartupError(`error validating ${what}: duplicate found: ${text}`);
    seen.add(key);
  }
}

function checkResolvers(texts: readonly string[]): void {
  refuseDuplicates('resolvers', texts, (text) => {
    const { host, port } = resolverOf(text);
    return `${host} ${port}`;
  });
}

function checkDomain(domain: string): void {
  if (!domainPattern.test(domain)) throw new StartupError(`invalid domain name: ${domain}`);
}

function checkZones(zones: DecodedConfig['ZoneResolvers'], domain: string): void {
  for (const [zone, resolvers] of Object.entries(zones)) {
    if (resolvers.length === 0) throw new StartupError(`field ZoneResolver ${zone} is empty`);
    checkDomain(zone);
    checkResolvers(resolvers);
    if (zone === domain) throw new StartupError(`can't specify ZoneResolver for Mesos domain (${domain})`);
  }
  const all = [...Object.keys(zones), domain].map((zone) => `.${zone}`);
  for (const masked of all) {
    const by = all.find((other) => other !== masked && masked.endsWith(other));
    if (by !== undefined) throw new StartupError(`ambiguous zone resolvers: ${masked} is masked by ${by}`);
  }
}

function isIpSource(text: string): text is IpSource {
  return (ipSources as readonly string[]).includes(text);
}

function checkedIpSources(sources: readonly string[]): IpSource[] {
  const failed = 'IPSources validation failed:';
  if (sources.length === 0) throw new StartupError(`${failed} empty ip sources`);
  if (new Set(sources).size < sources.length) throw new StartupError(`${failed} duplicate ip source specified`);
  return sources.map((source) => {
    if (isIpSource(source)) return source;
    throw new StartupError(`${failed} invalid ip source "${source}"`);
  });
}

function withoutDots(name: string): string {
  return name.replace(/\.+$/, '');
}

function checkAuthentication(config: DecodedConfig): void {
  const { MesosAuthentication: kind, MesosCredentials: credentials } = config;
  if (!authentications.includes(kind)) throw new StartupError('unregistered factory requested');
  if (kind === 'basic' && credentials.Principal === '' && credentials.Secret === '') {
    throw new StartupError('missing configuration: MesosAuthentication is basic, and MesosCredentials are empty');
  }
  if (kind === 'iam' && config.IAMConfigFile === '') {
    throw new StartupError('missing configuration: MesosAuthentication is iam, and there is no IAMConfigFile');
  }
}

/**
 * Checks a configuration as Mesos-DNS does, in its order and with its words, and completes it. Throws StartupError (it ends with
 * status 1 then), and UsageError for a period it crashes over (status 2).
 */
export function validateConfig(decoded: DecodedConfig, surroundings: ConfigSurroundings): MesosDnsConfig {
  const masters = decoded.Masters ?? [];
  if (!decoded.DnsOn && !decoded.HttpOn) {
    throw new StartupError('service validation failed: either DNS or HTTP server should be on');
  }
  if (masters.length === 0 && decoded.Zk === '') {
    throw new StartupError('service validation failed: specify Mesos masters or Zookeeper in config.json');
  }
  if (decoded.Zk !== '' && !decoded.Zk.startsWith('zk://')) {
    throw new StartupError('zk: only addresses zk://[user:password@]host:port,…/path are supported');
  }
  refuseDuplicates('masters', masters, normalMaster);
  let resolvers = decoded.Resolvers;
  if (decoded.ExternalOn) {
    if (resolvers.length === 0) resolvers = surroundings.localResolvers();
    checkResolvers(resolvers);
  }
  const sources = checkedIpSources(decoded.IPSources);
  if (decoded.StateTimeoutSeconds <= 0) throw new StartupError(`Invalid HTTP Timeout: ${decoded.StateTimeoutSeconds}`);
  const domain = decoded.Domain.toLowerCase();
  checkDomain(domain);
  checkZones(decoded.ZoneResolvers, domain);
  if ((decoded.CertFile === '') !== (decoded.KeyFile === '')) {
    throw new StartupError('CertFile and KeyFile must be specified together: one of them is missing');
  }
  checkAuthentication(decoded);
  if (parseIpAddress(decoded.Listener) === undefined) {
    throw new StartupError(`listener "${decoded.Listener}" is not an IP address`);
  }
  for (const [key, port] of [['port', decoded.Port] as const, ['httpport', decoded.HttpPort] as const]) {
    if (port < 0 || port > 65_535) throw new StartupError(`${key} ${port} is not a port`);
  }
  checkOwnSettings(decoded);
  if (decoded.RefreshSeconds <= 0) throw new UsageError('refreshSeconds: non-positive interval for the ticker');
  return {
    ...decoded,
    Resolvers: resolvers,
    IPSources: sources,
    Domain: domain,
    SOAMname: `${withoutDots(decoded.SOAMname)}.`,
    SOARname: `${withoutDots(decoded.SOARname.replaceAll('@', '.'))}.`,
    SOASerial: surroundings.nowSeconds >>> 0,
  };
}

/** What of a configuration has no effect though it looks as if it should. */
export function warningsAbout(config: MesosDnsConfig): string[] {
  const own = ownSettingsWithoutEffect(config).map((key) => `${key} has no effect without "Quirks": false`);
  if (config.MesosAuthentication !== '') return own;
  const unused = [
    ...(config.MesosCredentials.Principal === '' ? [] : ['MesosCredentials is configured']),
    ...(config.IAMConfigFile === '' ? [] : ['IAMConfigFile is set']),
  ];
  return [
    ...own,
    ...unused.map((what) => `${what}, but MesosAuthentication is set to none. This is probably not intentional`),
  ];
}
