import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import { sleep } from '../../common/time.js';
import type { MasterAccess } from '../../mesos/master-access.js';
import type { ResolveHost } from '../source/host-resolver.js';
import { loadState } from './load-state.js';
import type { StateReader } from './load-state.js';

/** Changes of the masters within this time are one. */
const masterChangeMs = 1_000;

export interface Reloader {
  /** `host:port` of the masters as they are asked and numbered: the leader first where ZooKeeper tells. */
  masters(): readonly string[];
  stop(): Promise<void>;
}

/**
 * Reads the state of the masters every `refreshMs`, and when the masters change, one time after the other. A state that cannot be had changes
 * nothing; one that is there counts, whatever it lacks (mesos-dns.md §3).
 */
export function startReloader(options: {
  readonly access: MasterAccess;
  /** Asked until ZooKeeper tells of others. */
  readonly fixedMasters: readonly string[];
  readonly refreshMs: number;
  readonly timeoutMs: number;
  /** After so long without a leader in ZooKeeper `onNoLeader` is called; 0 = never. */
  readonly detectionTimeoutMs: number;
  readonly onNoLeader: () => void;
  readonly reader: StateReader;
  /** Takes over the state that the reader has; the next one is read when that is done. */
  readonly onState: (hostAddresses: ReadonlyMap<string, readonly string[]>) => Promise<void>;
  readonly resolveHost: ResolveHost;
  readonly logger: Logger;
}): Reloader {
  const { access, fixedMasters, refreshMs, timeoutMs, detectionTimeoutMs, onNoLeader, reader, onState } = options;
  const { resolveHost, logger } = options;
  const stopping = new AbortController();
  let wake = new AbortController();
  let detection: NodeJS.Timeout | undefined;

  function masters(): readonly string[] {
    const known = access.source.current.masters;
    return known.length > 0 ? known : fixedMasters;
  }

  function watchForLeader(): void {
    clearTimeout(detection);
    if (detectionTimeoutMs === 0 || stopping.signal.aborted || access.source.current.leader !== undefined) return;
    detection = setTimeout(onNoLeader, detectionTimeoutMs);
  }

  let change: NodeJS.Timeout | undefined;
  const stopFollowing = access.source.onChange(() => {
    watchForLeader();
    logger.debug({ masters: masters() }, 'new masters');
    change ??= setTimeout(() => {
      change = undefined;
      wake.abort();
    }, masterChangeMs);
  });
  watchForLeader();

  async function reload(): Promise<void> {
    try {
      const hostAddresses = await loadState({
        client: access,
        masters: masters(),
        reader,
        timeoutMs,
        resolveHost,
        signal: stopping.signal,
      });
      await onState(hostAddresses);
    } catch (error) {
      if (stopping.signal.aborted) return;
      logger.error(
        { reason: messageOf(error) },
        `Warning: Error generating records: ${messageOf(error)}; keeping old DNS state`,
      );
    }
  }

  async function reloadForEver(): Promise<void> {
    while (!stopping.signal.aborted) {
      wake = new AbortController();
      const next = sleep(refreshMs, AbortSignal.any([wake.signal, stopping.signal]));
      // Before ZooKeeper has told of a master there is nobody to ask
      if (masters().length > 0) await reload();
      await next;
    }
  }
  const reloading = reloadForEver();

  return {
    masters,
    async stop() {
      stopping.abort();
      clearTimeout(detection);
      clearTimeout(change);
      stopFollowing();
      await reloading;
    },
  };
}
