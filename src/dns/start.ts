import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { UsageError } from '../common/errors.js';
import { packageVersion } from '../common/package-version.js';
import type { RoleContext, RoleHandle } from '../common/role.js';
import { listen } from '../http/server.js';
import { openMasterAccess } from '../mesos/master-access.js';
import type { ZoneSettings } from './answer/zone.js';
import { zoneSettingsOf } from './config/zone-settings.js';
import type { DnsOptions } from './options.js';
import { parseHostPort } from './records/host-port.js';
import { defaultIpSources } from './records/options.js';
import type { RecordOptions } from './records/options.js';
import { startDnsServer } from './servers/dns-server.js';
import type { DnsServer } from './servers/dns-server.js';
import { createForwarder } from './servers/forwarder.js';
import type { Forwarder, ResolverAddress } from './servers/forwarder.js';
import { createHttpApi } from './servers/http-api.js';
import { createResponder } from './servers/responder.js';
import { forwarderByZone } from './servers/zone-forwarder.js';
import { ClusterView, graceFor } from './source/cluster-view.js';
import { startClusterSource } from './source/cluster-source.js';
import { ZoneState } from './zone-state.js';

/** The state of a large cluster is many megabytes. */
const maxStateBytes = 512 << 20;
/** Of one try at one resolver: three fit into the time that a client waits for. */
const resolverTimeoutMs = 2_000;
const maxForwarded = 1_000;

const domainPattern = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/;

function checkedDomain(domain: string): string {
  const lower = domain.toLowerCase();
  if (!domainPattern.test(lower)) throw new UsageError(`--dns_domain: "${domain}" is not a domain name`);
  return lower;
}

/** `address`, `address:port` or `[v6]:port`. */
function resolverAddress(text: string): ResolverAddress {
  const address = isIP(text) > 0 ? { host: text, port: 53 } : parseHostPort(text);
  if (address === undefined || isIP(address.host) === 0) {
    throw new UsageError(`--dns_resolvers: "${text}" is neither an IP address nor address:port`);
  }
  return address;
}

/** What the name server can be reached at: all addresses of this machine when it listens on all of them. */
function nameServerAddresses(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, scopeid }) => !internal && (scopeid ?? 0) === 0)
    .map(({ address }) => address);
}

function defaultSettings(domain: string, ttlSeconds: number): ZoneSettings {
  return {
    domain,
    ttlSeconds,
    srvWeight: 1,
    soa: {
      nameServer: `ns1.${domain}`,
      mailbox: `root.ns1.${domain}`,
      refreshSeconds: 60,
      retrySeconds: 600,
      expireSeconds: 86_400,
    },
  };
}

/** To the resolvers of all names, and of the zones that a configuration file gives others. */
function openForwarder({ resolvers, config }: DnsOptions): Forwarder {
  const timeoutMs = config === undefined || config.Timeout <= 0 ? resolverTimeoutMs : config.Timeout * 1000;
  const to = (addresses: readonly string[]): Forwarder =>
    createForwarder({ resolvers: addresses.map(resolverAddress), timeoutMs, maxOutstanding: maxForwarded });
  const zones = Object.entries(config?.ZoneResolvers ?? {}).map(
    ([zone, addresses]) => [zone.toLowerCase(), to(addresses)] as const,
  );
  return forwarderByZone(to(resolvers), new Map(zones));
}

/**
 * Starts the name server: DNS over UDP and TCP, and the HTTP API. It serves at once, with SERVFAIL for names of the zone
 * until a master was seen. Throws UsageError for bad options and StartupError for ports and files that cannot be had.
 */
export async function startDns(options: DnsOptions, context: RoleContext): Promise<RoleHandle> {
  const { logger } = context;
  const clock = Date.now;
  const random = Math.random;
  const { config } = options;
  const domain = checkedDomain(options.domain);
  const { ttlSeconds } = options;
  const settings =
    config === undefined ? defaultSettings(domain, ttlSeconds) : { ...zoneSettingsOf(config), ttlSeconds };
  if (!(options.refreshSeconds > 0)) throw new UsageError('--dns_refresh_seconds: must be greater than 0');

  const forwarder = openForwarder(options);
  const masters = await openMasterAccess(options.master, options.mesos, {
    logger,
    random,
    maxBodyBytes: maxStateBytes,
    ...(config === undefined ? {} : { answerTimeoutMs: config.StateTimeoutSeconds * 1000 }),
  });
  const recordOptions: RecordOptions = {
    domain,
    ipSources: config?.IPSources ?? defaultIpSources,
    enforceRfc952: config?.EnforceRFC952 ?? false,
    nameServer: settings.soa.nameServer,
    nameServerAddresses: nameServerAddresses(options.host),
    get masters() {
      return masters.source.current.masters;
    },
    quirks: false,
  };
  const refreshMs = options.refreshSeconds * 1000;
  const view = new ClusterView(graceFor(refreshMs));
  const zone = new ZoneState({ view, settings, recordOptions, clock, logger });
  const respond = createResponder({
    context: { zone, forwarding: forwarder.enabled, forwards: (name) => forwarder.forwards(name), random },
    forwarder,
    logger,
    clock,
  });

  let dns: DnsServer | undefined;
  try {
    if (config?.DnsOn ?? true) {
      dns = await startDnsServer({ host: options.host, port: options.dnsPort, flag: 'dns_port', respond, logger });
    }
  } catch (error) {
    await masters.close();
    throw error;
  }
  const api = createHttpApi({
    options,
    recordOptions,
    view,
    zone,
    source: () => source.status(),
    version: `ekiden-${packageVersion()}`,
    clock,
    random,
  });
  const source = startClusterSource({
    view,
    masters,
    refreshMs,
    onChange: () => zone.follow(source.status().seen),
    logger,
    clock,
    random,
    resolveHost: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  });

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    zone.stop();
    forwarder.close();
    await Promise.all([source.stop(), dns?.close(), api.close()]);
    await masters.close();
  };
  const handle: RoleHandle = { stop: () => (stopping ??= stop()) };
  try {
    if (config?.HttpOn ?? true) {
      await listen(api, { host: options.httpHost, port: options.dnsHttpPort, flag: 'dns_http_port' });
    }
  } catch (error) {
    await handle.stop('self');
    throw error;
  }
  logger.info(
    { dns: `${options.host}:${options.dnsPort}`, http: `${options.httpHost}:${options.dnsHttpPort}`, domain },
    'the name server is up',
  );
  return handle;
}
