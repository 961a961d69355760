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
import { shownConfig } from '../config/shown-config.js';
import type { RecordOptions } from '../records/options.js';
import { dataOf } from '../records/record.js';
import { createForwarder } from '../servers/forwarder.js';
import type { ResolverAddress } from '../servers/forwarder.js';
import type { NameData } from '../served/zone-change.js';
import type { ResolveHost } from '../source/host-resolver.js';
import { countsLine, noExactCounts } from './exact-counts.js';
import { startExactServer } from './exact-server.js';
import { ExactZone } from './exact-zone.js';
import { FastPath } from './fast/fast-path.js';
import { createExactHttpApi } from './http-api.js';
import { orderedResolvers } from './ordered-resolvers.js';
import type { OrderedResolvers } from './ordered-resolvers.js';
import { openRecordThread } from './record-thread.js';
import { startReloader } from './reloader.js';
import { createExactResponder } from './responder.js';

/** The state of a large cluster is many megabytes. */
const maxStateBytes = 512 << 20;
const maxForwarded = 1_000;
/** So many names are taken over from the thread that makes records before queries are answered again. */
const namesPerTurn = 500;
/** What `timeout: 0` stands for. */
const defaultTimeoutSeconds = 5;

/** What there is to say besides the configuration, and what tests replace. */
export interface ExactParts {
  /** `-v`: 1 tells of the configuration and of masters, 2 of every record too, and what was counted, at each reload. Default 0. */
  readonly verbosity: number;
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
  const verbosity = parts.verbosity ?? 0;
  const counts = noExactCounts();
  if (verbosity >= 1) logger.debug({ config: shownConfig(config) }, 'the configuration');

  const resolversAt = (addresses: readonly string[]): OrderedResolvers =>
    orderedResolvers(addresses.map(addressOf), {
      open: (address) =>
        createForwarder({
          resolvers: [address],
          timeoutMs: (config.Timeout > 0 ? config.Timeout : defaultTimeoutSeconds) * 1000,
          maxOutstanding: maxForwarded,
        }),
      onTry: () => counts.NonMesosForwarded++,
      logger,
    });
  const resolvers = config.ExternalOn && config.Resolvers.length > 0 ? resolversAt(config.Resolvers) : undefined;
  const zoneResolvers = new Map(
    Object.entries(config.ZoneResolvers).map(([zone, addresses]) => [`${zone}.`, resolversAt(addresses)]),
  );

  const access = await openMasters();
  const thread = openRecordThread();
  const zone = new ExactZone();
  const recordOptions = (): RecordOptions => ({
    domain: config.Domain,
    ipSources: config.IPSources,
    enforceRfc952: config.EnforceRFC952,
    nameServer: settings.soa.nameServer,
    nameServerAddresses: listenerAddresses(config.Listener),
    masters: reloader.masters(),
    quirks: true,
  });

  /** Makes the records of the state that the thread has read, aside, and takes them over. */
  async function takeOver(hostAddresses: ReadonlyMap<string, readonly string[]>): Promise<void> {
    const made = await thread.ask({ call: 'make', hostAddresses, options: recordOptions() });
    const changes: (readonly [string, NameData | null])[] = [];
    while (changes.length < made.changes) changes.push(...(await thread.ask({ call: 'take', most: namesPerTurn })));
    await zone.apply(changes, { whole: made.whole, serial: Math.floor(clock() / 1000) >>> 0, turn });
    logger.debug(
      { records: made.records, tasks: made.tasks, changedNames: changes.length },
      'the records were made anew',
    );
    if (verbosity >= 2) await tellEverything();
  }

  /** Every record, and what was counted, as Mesos-DNS does with `-v=2`. */
  async function tellEverything(): Promise<void> {
    let told = 0;
    for (const { name, A, AAAA, SRV } of zone.names()) {
      for (const record of [...A, ...AAAA, ...SRV]) logger.debug({}, `[${record.type}]\t${name}.: ${dataOf(record)}`);
      if (++told % namesPerTurn === 0) await turn();
    }
    logger.debug({}, countsLine(counts));
  }

  let stopped = false;
  let isOpen = false;
  const closing: (() => Promise<unknown>)[] = [];
  /** Opens the ports for the first state. */
  async function open(): Promise<void> {
    const { RecurseOn: recurseOn, SetTruncateBit: setsTruncateBit } = config;
    if (config.DnsOn) {
      const respond = createExactResponder({
        context: () => ({ zone: { settings, serial: zone.serial, records: zone }, recurseOn, random }),
        setsTruncateBit,
        resolvers,
        zoneResolvers,
        fastPath: new FastPath({ zone, settings, recurseOn, setsTruncateBit, random, counts }),
        counts,
        logger,
        clock,
      });
      const server = await startExactServer({ host: config.Listener, port: ports.dns, respond, logger });
      closing.push(() => server.close());
    }
    if (config.HttpOn) {
      const api = createExactHttpApi({
        config,
        zone,
        enumerate: () => thread.ask({ call: 'enumerate' }),
        axfr: () => thread.ask({ call: 'axfr', settings, serial: zone.serial, refreshSeconds: config.RefreshSeconds }),
        counts,
        random,
      });
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
    reader: {
      parse: (body) => thread.ask({ call: 'parse', body }),
      read: () => thread.ask({ call: 'read' }),
    },
    async onState(hostAddresses) {
      await takeOver(hostAddresses);
      if (isOpen || stopped) return;
      isOpen = true;
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
    for (const one of [resolvers, ...zoneResolvers.values()]) one?.close();
    const ended = thread.close();
    await reloader.stop();
    await ended;
    await Promise.all(closing.map((close) => close()));
    await access.close();
  };
  return { stop: () => (stopping ??= stop()) };
}
