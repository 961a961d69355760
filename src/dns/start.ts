import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import type { EkidenStream } from '../catalog/providers/ekiden-stream.js';
import { UsageError } from '../common/errors.js';
import { packageVersion } from '../common/package-version.js';
import type { RoleContext, RoleHandle } from '../common/role.js';
import { listen } from '../http/server.js';
import { openMasterAccess } from '../mesos/master-access.js';
import type { ZoneSettings } from './answer/zone.js';
import { notReadyText } from './explain/reason-texts.js';
import { startKeeper } from './keep/keeper.js';
import type { Keeper } from './keep/keeper.js';
import { restoreInto } from './keep/kept-cluster.js';
import { loadLastKnownGood } from './keep/last-known-good.js';
import { followStaleness } from './keep/staleness.js';
import { noCounts } from './metrics/answer-counts.js';
import { dnsMetrics } from './metrics/dns-metrics.js';
import type { DnsOptions } from './options.js';
import { createClientPolicy } from './policy/create-policy.js';
import { announcementOf } from './receipts/announcement.js';
import { Receipts } from './receipts/receipts.js';
import type { RecordOptions } from './records/options.js';
import { createHttpApi } from './servers/http-api.js';
import { ClusterView, graceFor } from './source/cluster-view.js';
import { startClusterSource } from './source/cluster-source.js';
import { followSchedulers } from './standing/follow-schedulers.js';
import { startAnswerers } from './workers/answerers.js';
import type { Answerers } from './workers/answerers.js';
import { ZoneState } from './zone-state.js';

/** Exit status when nobody can be kept alive who answers queries (EX_SOFTWARE of sysexits.h); a supervisor starts the role again. */
const cannotAnswer = 70;

/** The state of a large cluster is many megabytes. */
const maxStateBytes = 512 << 20;

const domainPattern = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/;

function checkedDomain(domain: string): string {
  const lower = domain.toLowerCase();
  if (!domainPattern.test(lower)) throw new UsageError(`--dns_domain: "${domain}" is not a domain name`);
  return lower;
}

/** What the name server can be reached at: all addresses of this machine when it listens on all of them. */
function nameServerAddresses(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, scopeid }) => !internal && (scopeid ?? 0) === 0)
    .map(({ address }) => address);
}

/**
 * Starts the name server: DNS over UDP and TCP, and the HTTP API. It serves at once, with SERVFAIL for names of the zone
 * until a master was seen. Throws UsageError for bad options and StartupError for ports and files that cannot be had.
 */
export async function startDns(options: DnsOptions, context: RoleContext): Promise<RoleHandle> {
  const { logger } = context;
  const clock = Date.now;
  const random = Math.random;
  const { srvWeight, ttlSeconds, soa, refreshSeconds } = options;
  const domain = checkedDomain(options.domain);
  const settings: ZoneSettings = { domain, ttlSeconds, srvWeight, soa };
  if (!(refreshSeconds > 0)) throw new UsageError('--dns_refresh_seconds: must be greater than 0');
  createClientPolicy(options, clock); // says what is wrong before anything is opened

  const masters = await openMasterAccess(options.master, options.mesos, {
    logger,
    random,
    maxBodyBytes: maxStateBytes,
    answerTimeoutMs: options.stateTimeoutSeconds * 1000,
  });
  const { stateDir } = options;
  const whose = { master: masters.name, domain };
  const kept =
    stateDir === undefined ? undefined : await loadLastKnownGood(stateDir, whose, { nowMs: clock(), logger });
  const recordOptions: RecordOptions = {
    domain,
    ipSources: options.ipSources,
    enforceRfc952: options.enforceRfc952,
    nameServer: soa.nameServer,
    nameServerAddresses: nameServerAddresses(options.host),
    get masters() {
      const known = masters.source.current.masters;
      return known.length > 0 ? known : (kept?.cluster.masters ?? known);
    },
    quirks: false,
    answerUnhealthy: options.answerUnhealthy,
  };
  const refreshMs = refreshSeconds * 1000;
  const view = new ClusterView(graceFor(refreshMs));
  if (kept !== undefined)
    restoreInto(view, kept.cluster, { nowMs: performance.now(), standings: options.schedulers.length > 0 });
  let lastFailure: string | undefined;
  const notReady = (): string => notReadyText(recordOptions.masters, lastFailure);
  const zone = new ZoneState({ view, settings, recordOptions, clock, logger, notReady });
  if (kept !== undefined) {
    zone.setStaleSince(kept.heardAtMs);
    zone.follow(true);
    await zone.settled();
  }

  let answerers: Answerers | undefined;
  let keeper: Keeper | undefined;
  let scheduler: EkidenStream | undefined;
  let receipts: Receipts | undefined;
  const receiptsFor = (stream: EkidenStream): Receipts =>
    new Receipts({
      catalog: stream.catalog,
      isRunning: (taskId) => view.isRunning(taskId),
      async whenServed() {
        await zone.settled();
        await answerers?.whenServed(zone.serial);
      },
      acknowledge: (position) => stream.acknowledge(position),
      monotonicMs: () => performance.now(),
    });
  try {
    if (options.dnsOn) {
      answerers = await startAnswerers(options, settings, {
        subscribe: (listener) => zone.subscribe(listener),
        logger,
        fatal: (error) => context.fatal(error, cannotAnswer),
        clock,
        random,
      });
    }
    scheduler = await followSchedulers(options, {
      view,
      announcement: announcementOf(options),
      onChange(message) {
        if (scheduler !== undefined) zone.reasons.followCatalog(scheduler.catalog, message);
        zone.follow(false);
        receipts?.onMessage(message);
      },
      logger,
    });
    receipts = scheduler === undefined ? undefined : receiptsFor(scheduler);
  } catch (error) {
    await answerers?.close();
    await masters.close();
    throw error;
  }
  const heardAtMs = (): number | undefined => source.status().lastContactMs ?? kept?.heardAtMs;
  const api = createHttpApi({
    options,
    recordOptions,
    view,
    zone,
    source: () => source.status(),
    heardAtMs,
    keep: () => keeper?.status,
    scheduler: () => scheduler,
    workers: () => answerers?.workers() ?? [],
    metrics: () =>
      dnsMetrics({
        counts: answerers?.counts ?? noCounts(),
        workers: {
          serving: answerers?.workers().filter(({ serving }) => serving).length ?? 0,
          wanted: options.dnsOn ? options.workers : 0,
        },
        catalog: scheduler?.status,
        view,
        zone,
        source: source.status(),
        heardAtMs: heardAtMs(),
        keep: keeper?.status,
        residentBytes: process.memoryUsage.rss(),
        version: packageVersion(),
        nowMs: clock(),
      }),
    version: `ekiden-${packageVersion()}`,
    clock,
    random,
  });
  const source = startClusterSource({
    view,
    masters,
    refreshMs,
    onChange() {
      const { seen, lastFailure: failure } = source.status();
      lastFailure = failure;
      zone.follow(seen);
      staleness.look();
      receipts?.onCluster();
    },
    logger,
    clock,
    random,
    resolveHost: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  });

  const staleness = followStaleness({
    status: () => source.status(),
    keptHeardAtMs: kept?.heardAtMs,
    clock,
    tell: (staleSinceMs) => zone.setStaleSince(staleSinceMs),
  });
  if (stateDir !== undefined) {
    const masterList = (): readonly string[] => recordOptions.masters;
    keeper = startKeeper({ directory: stateDir, whose, view, masters: masterList, heardAtMs, clock, logger });
  }

  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    zone.stop();
    staleness.stop();
    receipts?.stop();
    await Promise.all([source.stop(), scheduler?.close(), answerers?.close(), api.close(), keeper?.stop()]);
    await masters.close();
  };
  const handle: RoleHandle = { stop: () => (stopping ??= stop()) };
  try {
    if (options.httpOn) {
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
