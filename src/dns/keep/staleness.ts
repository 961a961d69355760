import type { Clock } from '../../common/time.js';
import type { SourceStatus } from '../source/cluster-source.js';

/** How often it is looked whether masters have been silent for too long. */
const lookEveryMs = 1_000;

/**
 * Since when what is known is old, in milliseconds since 1970: since a master was last heard of, when that is longer ago than
 * it may be, or was before this process (`keptHeardAtMs`). Null while masters are heard of, and when nothing is known at all.
 */
export function staleSince(
  { lastContactMs, silenceMs }: Pick<SourceStatus, 'lastContactMs' | 'silenceMs'>,
  keptHeardAtMs: number | undefined,
  nowMs: number,
): number | null {
  if (lastContactMs === undefined) return keptHeardAtMs ?? null;
  return nowMs - lastContactMs > silenceMs ? lastContactMs : null;
}

/** Tells again and again, until `stop`, since when what is known is old; also when it is the same as before. */
export function followStaleness(options: {
  readonly status: () => SourceStatus;
  readonly keptHeardAtMs: number | undefined;
  readonly clock: Clock;
  readonly tell: (staleSinceMs: number | null) => void;
}): { look(): void; stop(): void } {
  const look = (): void => options.tell(staleSince(options.status(), options.keptHeardAtMs, options.clock()));
  const timer = setInterval(look, lookEveryMs);
  return { look, stop: () => clearInterval(timer) };
}
