/** Bounds on what a task may make the agent fetch. */
export interface FetchLimits {
  /** Size of one download. */
  readonly maxDownloadBytes: number;
  /** Sum of the sizes of all files extracted from one archive, as they are on disk. */
  readonly maxExtractedBytes: number;
  /** Files, directories and links in one archive. */
  readonly maxExtractedEntries: number;
  /** Redirects followed for one URI. */
  readonly maxRedirects: number;
  /** A download that brings nothing for so long is given up (Mesos' `--fetcher_stall_timeout`). */
  readonly stallTimeoutMs: number;
  /** All that is done for one URI. */
  readonly uriTimeoutMs: number;
  /** URIs that are being worked on at a time, over all tasks. */
  readonly concurrency: number;
  /** What URIs with `cache: true` leave on the agent (Mesos' `--fetcher_cache_size`). */
  readonly maxCacheBytes: number;
}

export const defaultFetchLimits: FetchLimits = {
  maxDownloadBytes: 16 * 2 ** 30,
  maxExtractedBytes: 32 * 2 ** 30,
  maxExtractedEntries: 500_000,
  maxRedirects: 10,
  stallTimeoutMs: 60_000,
  uriTimeoutMs: 60 * 60_000,
  concurrency: 8,
  maxCacheBytes: 2 * 2 ** 30,
};
