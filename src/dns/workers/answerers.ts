import type { Logger } from '../../common/logger.js';
import type { Clock } from '../../common/time.js';
import type { ZoneSettings } from '../answer/zone.js';
import { startAnswerer } from '../answerer.js';
import type { Answerer, AnswererSettings } from '../answerer.js';
import type { DnsOptions } from '../options.js';
import { ServedZone } from '../served/served-zone.js';
import type { ZoneChange } from '../served/zone-change.js';
import { startWorkers } from './start-workers.js';
import type { WorkerStatus } from './worker-life.js';

/** Those who answer queries for the name server: worker processes, or this one. */
export interface Answerers extends Answerer {
  /** The processes, but this one. */
  workers(): readonly WorkerStatus[];
  /** Resolves when queries are answered from the zone with this serial, or a later one, by all who answer now; never after close(). */
  whenServed(serial: number): Promise<void>;
}

/** What of the settings those who answer are to know: nothing secret, and plain data. */
function answererSettings(options: DnsOptions, zone: ZoneSettings): AnswererSettings {
  return {
    host: options.host,
    dnsPort: options.dnsPort,
    resolvers: options.resolvers,
    zoneResolvers: options.zoneResolvers,
    resolverTimeoutSeconds: options.resolverTimeoutSeconds,
    recurseOn: options.recurseOn,
    setTruncateBit: options.setTruncateBit,
    recursionFrom: options.recursionFrom,
    transferTo: options.transferTo,
    rateLimit: options.rateLimit,
    zone,
  };
}

/**
 * Starts as many processes that answer as the options want, or with none of them answers in this one; resolves when the ports are
 * open. `subscribe` tells all of the zone at once, and then what changes; `fatal` is called when nobody can answer any more.
 * Throws UsageError for bad settings and StartupError for ports that cannot be had.
 */
export async function startAnswerers(
  options: DnsOptions,
  zone: ZoneSettings,
  parts: {
    readonly subscribe: (listener: (change: ZoneChange) => void) => () => void;
    readonly logger: Logger;
    readonly fatal: (error: Error) => void;
    readonly clock: Clock;
    /** In [0, 1). */
    readonly random: () => number;
  },
): Promise<Answerers> {
  const settings = answererSettings(options, zone);
  if (options.workers > 0) return startWorkers(settings, options.workers, parts);
  const served = new ServedZone(zone);
  const unsubscribe = parts.subscribe((change) => served.apply(change));
  const answerer = await startAnswerer(settings, { ...parts, zone: served }).catch((error: unknown) => {
    unsubscribe();
    throw error;
  });
  return {
    counts: answerer.counts,
    workers: () => [],
    // Changes are applied as they are published.
    whenServed: () => Promise.resolve(),
    close() {
      unsubscribe();
      return answerer.close();
    },
  };
}
