import { join } from 'node:path';
import { createLimiter } from '../../../common/concurrency.js';
import { messageOf } from '../../../common/errors.js';
import type { HttpClient } from '../../../common/http-client.js';
import { createHttpClient } from '../../../common/http-client.js';
import type { CommandUri } from '../../../mesos/types.js';
import { appendToLog } from '../sandbox.js';
import type { TaskUser } from '../task-user.js';
import type { DownloadContext } from './download.js';
import { download } from './download.js';
import { extractTar } from './extract-tar.js';
import { extractZip } from './extract-zip.js';
import { FetchCache } from './fetch-cache.js';
import type { ArchiveKind, FetchPlan } from './fetch-uri.js';
import { FetchError, planFetch } from './fetch-uri.js';
import type { FetchLimits } from './limits.js';
import { defaultFetchLimits } from './limits.js';
import { makeExecutable, SandboxWriter } from './sandbox-writer.js';

export interface FetchJob {
  readonly uris: readonly CommandUri[];
  readonly sandbox: string;
  readonly containerId: string;
  /** Whose rights decide what may be read; undefined = the agent's own. */
  readonly user: TaskUser | undefined;
  /** Ends the fetch; `fetch` then throws. */
  readonly signal: AbortSignal;
}

/** A skipped entry of an archive is told by name only so often. */
const maxSkipsTold = 20;

/** Brings what the URIs of a task name into its sandbox, before its command starts. */
export class Fetcher {
  readonly #limits: FetchLimits;
  readonly #http: HttpClient;
  readonly #limited: ReturnType<typeof createLimiter>;
  readonly #cache: FetchCache;
  #succeeded = 0;
  #failed = 0;

  /** Files with `cache: true` are kept in `cacheDirectory`, which belongs to this fetcher alone. */
  constructor(cacheDirectory: string, limits: FetchLimits = defaultFetchLimits) {
    this.#cache = new FetchCache(cacheDirectory, limits.maxCacheBytes);
    this.#limits = limits;
    this.#http = createHttpClient({ timeoutMs: limits.stallTimeoutMs });
    this.#limited = createLimiter(limits.concurrency);
  }

  /** Tasks whose URIs were all fetched, and those where one failed. */
  get counts(): { readonly succeeded: number; readonly failed: number } {
    return { succeeded: this.#succeeded, failed: this.#failed };
  }

  /** Fetches all URIs, in their order, and tells in the sandbox's stderr what it does. Throws an error that names the bad one. */
  async fetch(job: FetchJob): Promise<void> {
    for (const uri of job.uris) {
      try {
        await this.#limited(() => this.#fetchOne(uri, job), job.signal);
      } catch (error) {
        job.signal.throwIfAborted();
        this.#failed++;
        const why = `${withoutPassword(uri.value)}: ${messageOf(error)}`;
        await this.#tell(job.sandbox, `Failed to fetch ${why}`);
        throw new FetchError(`Failed to fetch all URIs for container '${job.containerId}': ${why}`);
      }
    }
    this.#succeeded++;
  }

  async #fetchOne(uri: CommandUri, job: FetchJob): Promise<void> {
    job.signal.throwIfAborted();
    const plan = planFetch(uri);
    const { sandbox, user } = job;
    const timeout = AbortSignal.timeout(this.#limits.uriTimeoutMs);
    const signal = AbortSignal.any([job.signal, timeout]);
    await this.#tell(sandbox, `Fetching ${withoutPassword(uri.value)} to ${plan.fileName}`);
    try {
      // A Hadoop client writes with the rights of the task's user, who has no business in the cache.
      const isCacheable = plan.source.kind !== 'hadoop' || user === undefined;
      if (uri.cache === true && isCacheable) await this.#copyCached(uri, plan, job, signal);
      else await download(plan.source, sandbox, plan.fileName, this.#context(signal, user));
      if (plan.executable) await makeExecutable(join(sandbox, plan.fileName));
      if (plan.archive !== undefined) await this.#extract(sandbox, plan.fileName, plan.archive, signal);
    } catch (error) {
      if (timeout.aborted) throw new FetchError(`it took more than ${this.#limits.uriTimeoutMs / 1000} seconds`);
      throw error;
    }
  }

  #context(signal: AbortSignal, user: TaskUser | undefined): DownloadContext {
    return { http: this.#http, limits: this.#limits, signal, user };
  }

  /** What one user may read, another may not: each has entries of his own. */
  async #copyCached(uri: CommandUri, plan: FetchPlan, job: FetchJob, signal: AbortSignal): Promise<void> {
    await this.#cache.use(
      `${job.user?.name ?? ''}\n${uri.value}`,
      signal,
      (directory, name, ending) => download(plan.source, directory, name, this.#context(ending, job.user)),
      (path) => download({ kind: 'file', path }, job.sandbox, plan.fileName, this.#context(signal, undefined)),
    );
  }

  async #extract(sandbox: string, fileName: string, kind: ArchiveKind, signal: AbortSignal): Promise<void> {
    const skipped: string[] = [];
    let skips = 0;
    const writer = new SandboxWriter(sandbox, this.#limits, (name, why) => {
      if (++skips <= maxSkipsTold) skipped.push(`Skipped ${JSON.stringify(name)} of ${fileName}: ${why}`);
    });
    const archive = join(sandbox, fileName);
    try {
      if (kind === 'zip') await extractZip(archive, writer, signal);
      else await extractTar(archive, kind, writer, signal);
      await writer.finish();
    } catch (error) {
      throw new FetchError(`it was fetched, but cannot be extracted: ${messageOf(error)}`);
    } finally {
      if (skips > maxSkipsTold) skipped.push(`Skipped ${skips - maxSkipsTold} more entries of ${fileName}`);
      if (skipped.length > 0) await this.#tell(sandbox, skipped.join('\n'));
    }
    await this.#tell(sandbox, `Extracted ${fileName}`);
  }

  async #tell(sandbox: string, text: string): Promise<void> {
    await appendToLog(sandbox, 'stderr', `${text}\n`);
  }

  async close(): Promise<void> {
    this.#cache.close();
    await this.#http.close();
  }
}

/** A URI as it may be shown: a password in it is not. */
function withoutPassword(uri: string): string {
  return uri.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/@:]*):[^/@]*@/i, '$1:***@');
}
