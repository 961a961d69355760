import type { CatalogMessage } from '../../catalog/types.js';
import { followEkidenStream } from '../../catalog/providers/ekiden-stream.js';
import type { EkidenStream, EkidenStreamOptions } from '../../catalog/providers/ekiden-stream.js';
import { trustReader } from '../../catalog/providers/trust-reader.js';
import type { DnsOptions } from '../options.js';
import type { ClusterView } from '../source/cluster-view.js';
import { applyCatalog } from './apply-catalog.js';

/** What is needed besides the settings to follow the schedulers. */
export interface SchedulerParts extends Pick<EkidenStreamOptions, 'logger' | 'announcement'> {
  readonly view: ClusterView;
  /** Called after what a message says of tasks was taken over. */
  readonly onChange: (message: CatalogMessage) => void;
}

/**
 * Follows the catalog of the schedulers for what it says of tasks: which are unhealthy, and which are about to be killed. While no
 * scheduler answers what was said last counts. Undefined when there is none to follow. Throws UsageError when `caFile` cannot be read.
 */
export async function followSchedulers(
  { schedulers, credentials, caFile }: Pick<DnsOptions, 'schedulers' | 'credentials' | 'caFile'>,
  { view, onChange, logger, announcement }: SchedulerParts,
): Promise<EkidenStream | undefined> {
  if (schedulers.length === 0) return undefined;
  const readTrust = await trustReader(caFile);
  const stream = followEkidenStream({
    schedulers,
    credentials,
    readTrust,
    announcement,
    logger,
    onMessage(message) {
      applyCatalog(view, stream.catalog, message);
      onChange(message);
    },
  });
  return stream;
}
