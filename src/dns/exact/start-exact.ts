import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import type { RoleContext, RoleHandle } from '../../common/role.js';
import { listen } from '../../http/server.js';
import { openMasterAccess } from '../../mesos/master-access.js';
import type { MasterAccess } from '../../mesos/master-access.js';
import { masterOptionsOf, masterTextOf } from '../config/master-options.js';
import type { MesosDnsConfig } from '../config/mesos-dns-config.js';
import { resolverOf } from '../config/validate-config.js';
import { zoneSettingsOf } from '../config/zone-settings.js';
import { generate, ownersOf } from '../records/generate.js';
import type { RecordOptions } from '../records/options.js';
import { RecordSet } from '../records/record-set.js';
import type { View } from '../records/view.js';
import { createForwarder } from '../servers/forwarder.js';
import type { Forwarder, ResolverAddress } from '../servers/forwarder.js';
import type { ResolveHost } from '../source/host-resolver.js';
import { startExactServer } from './exact-server.js';
import { createExactHttpApi } from './http-api.js';
import type { ExactSnapshot } from './http-api.js';
import { startReloader } from './reloader.js';
import { createExactResponder } from './responder.js';

/** The state of a large cluster is many megabytes. */
const maxStateBytes = 512 << 20;
const maxForwarded = 1_000;
/** Records of so many owners are made before queries are answered again. */
const ownersPerTurn = 256;
/** What `timeout: 0` stands for. */
const defaultTimeoutSeconds = 5;

/** What tests replace. */
export interface ExactParts {
  readonly openMasters: () => Promise<MasterAccess>;
  readonly resolveHost: ResolveHost;
  readonly resolverOf: (text: string) => ResolverAddress;
  readonly ports: { readonly dns: number; readonly http: number };
}

/** What the name server is published under: on 0.0.0.0 every address of the machine but those of the loopback interface. */
function listenerAddresses(listener: string): string[] {
  if (listener !== '0.0.0.0') return [listener];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address);
}

/** The records of a view, made aside in turns of the event loop. */
async function recordsOf(view: View, options: RecordOptions): Promise<RecordSet> {
  const records = new RecordSet();
  let made = 0;
  for (const owner of ownersOf(view)) {
    records.replace(owner, generate(view, owner, options).records);
    if (++made % ownersPerTurn === 0) await turn();
  }
  return records;
}

/**
 * Starts a name server that behaves as Mesos-DNS does with this configuration, quirks kept (mesos-dns.md): it reads the state of the masters
 * periodically, opens its ports when it has the first one, and ends with status 1 when a port cannot be had or ZooKeeper knows of no leader for too
 * long. Resolves at once. Throws StartupError and UsageError for what cannot be used of the configuration.
 */
export async function startExactDns(
  config: MesosDnsConfig,
  context: RoleContext,
  parts: Partial<ExactParts> = {},
): Promise<RoleHandle> {
  const { logger, fatal } = context;
  const clock = Date.now;
  const random = Math.random;
  const ports = parts.ports ?? { dns: config.Port, http: config.HttpPort };
  const settings = zoneSettingsOf(config);
  const timeoutMs = config.StateTimeoutSeconds * 1000;
  const openMasters =
    parts.openMasters ??
    (() =>
      openMasterAccess(masterTextOf(config), masterOptionsOf(config), {
        logger,
        random,
        maxBodyBytes: maxStateBytes,
        answerTimeoutMs: timeoutMs,
      }));
  const resolveHost: ResolveHost =
    parts.resolveHost ?? (async (host) => (await lookup(host, { all: true })).map(({ address }) => address));
  const addressOf = parts.resolverOf ?? resolverOf;

  const forwarderTo = (resolvers: readonly string[]): Forwarder =>
    createForwarder({
      resolvers: resolvers.map(addressOf),
      timeoutMs: (config.Timeout > 0 ? config.Timeout : defaultTimeoutSeconds) * 1000,
      maxOutstanding: maxForwarded,
    });
  const forwarder = config.ExternalOn && config.Resolvers.length > 0 ? forwarderTo(config.Resolvers) : undefined;
  const zoneForwarders = new Map(
    Object.entries(config.ZoneResolvers).map(([zone, resolvers]) => [`${zone}.`, forwarderTo(resolvers)]),
  );

  const access = await openMasters();
  let current: ExactSnapshot | undefined;
  const recordOptions: RecordOptions = {
    domain: config.Domain,
    ipSources: config.IPSources,
    enforceRfc952: config.EnforceRFC952,
    nameServer: settings.soa.nameServer,
    get nameServerAddresses() {
      return listenerAddresses(config.Listener);
    },
    get masters() {
      return reloader.masters();
    },
    quirks: true,
  };

  let stopped = false;
  const closing: (() => Promise<unknown>)[] = [];
  /** Opens the ports for the first state. */
  async function open(): Promise<void> {
    const snapshot = (): ExactSnapshot => current as ExactSnapshot;
    if (config.DnsOn) {
      const respond = createExactResponder({
        context: () => ({ zone: { settings, ...snapshot() }, recurseOn: config.RecurseOn, random }),
        setsTruncateBit: config.SetTruncateBit,
        forwarder,
        zoneForwarders,
        logger,
        clock,
      });
      const server = await startExactServer({ host: config.Listener, port: ports.dns, respond, logger });
      closing.push(() => server.close());
    }
    if (config.HttpOn) {
      const api = createExactHttpApi({ config, settings, recordOptions, current: snapshot, random });
      closing.push(() => api.close());
      await listen(api, { host: config.HTTPListener, port: ports.http, flag: 'httpport (of the configuration file)' });
    }
    logger.info(
      { domain: config.Domain, dns: ports.dns, http: ports.http },
      'the name server is up, exactly as Mesos-DNS',
    );
  }

  const reloader = startReloader({
    access,
    fixedMasters: config.Masters ?? [],
    refreshMs: config.RefreshSeconds * 1000,
    timeoutMs,
    detectionTimeoutMs: config.Zk === '' ? 0 : config.ZkDetectionTimeout * 1000,
    onNoLeader: () => fatal(new Error(`master detection timed out after ${config.ZkDetectionTimeout}s`), 1),
    resolveHost,
    logger,
    async onView(view) {
      const isFirst = current === undefined;
      const records = await recordsOf(view, recordOptions);
      current = { view, records, serial: Math.floor(clock() / 1000) >>> 0 };
      logger.debug({ records: records.size, tasks: view.tasks.size }, 'the records were made anew');
      if (!isFirst || stopped) return;
      try {
        await open();
      } catch (error) {
        fatal(error instanceof Error ? error : new Error(String(error)), 1);
      }
    },
  });

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    stopped = true;
    for (const one of [forwarder, ...zoneForwarders.values()]) one?.close();
    await reloader.stop();
    await Promise.all(closing.map((close) => close()));
    await access.close();
  };
  return { stop: () => (stopping ??= stop()) };
}
