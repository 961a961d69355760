import { STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import { createLimiter } from '../../../common/concurrency.js';
import { messageOf } from '../../../common/errors.js';
import type { HttpClient, HttpStream } from '../../../common/http-client.js';
import { readText } from '../../../common/http-client.js';
import type { Logger } from '../../../common/logger.js';
import type { ArtifactResolver, ArtifactStore } from '../../ports/artifact-store.js';
import type { DownloadUrl } from './download-url.js';
import { parseDownloadUrl, shownUrl, storedPathOf } from './download-url.js';

export interface ResolverOptions {
  readonly logger: Logger;
  /** Downloads at a time. Default 4. */
  readonly concurrency?: number;
  /** Of one download from its first request to its last byte. Default 15 minutes. */
  readonly timeoutMs?: number;
  /** Between two pieces of a download. Default 30 s. */
  readonly idleTimeoutMs?: number;
  /** URLs that are being downloaded or wait for it; more are refused. Default 1000. */
  readonly maxPending?: number;
}

const maxRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Of a body that nobody wants: so much is read before its connection is closed. */
const maxIgnoredBytes = 1024;

/**
 * Downloads `storeUrls` into a store (Marathon's ResolveArtifacts). A URL whose content is in the store already is not asked for
 * again, whichever process has brought it; asked for several times at once, it is downloaded once. Follows 5 redirects; user and
 * password of a URL go to its own host only. What may be downloaded is bounded by the scheme (http, https) and by the store's limit.
 */
export function createArtifactResolver(
  store: ArtifactStore,
  http: HttpClient,
  options: ResolverOptions,
): ArtifactResolver {
  const { logger, concurrency = 4, timeoutMs = 15 * 60_000, idleTimeoutMs = 30_000, maxPending = 1000 } = options;
  const limiter = createLimiter(concurrency);
  const pending = new Map<string, Promise<string>>();

  async function get({ href, origin, authorization }: DownloadUrl, signal: AbortSignal): Promise<HttpStream> {
    let at = href;
    for (let followed = 0; followed <= maxRedirects; followed++) {
      const target = parseDownloadUrl(at);
      const credentials = target.authorization ?? (target.origin === origin ? authorization : undefined);
      const response = await http.stream({
        method: 'GET',
        url: target.href,
        headers: {
          'accept-encoding': 'identity',
          ...(credentials === undefined ? {} : { authorization: credentials }),
        },
        signal,
        idleTimeoutMs,
      });
      if (response.status === 200) return response;
      await readText(response.body, maxIgnoredBytes);
      const { location } = response.headers;
      if (!redirects.has(response.status) || location === undefined) {
        const from = at === href ? '' : ` from ${shownUrl(at)}, to which it is redirected`;
        throw new Error(`the answer is ${response.status} ${STATUS_CODES[response.status] ?? ''}${from}`);
      }
      if (!URL.canParse(location, target.href)) throw new Error('it is redirected to something that is not a URL');
      at = new URL(location, target.href).href;
    }
    throw new Error(`it is redirected more than ${maxRedirects} times`);
  }

  async function download(url: DownloadUrl, path: string): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const { body } = await get(url, signal);
      await store.write(path, Readable.from(body, { objectMode: false }));
    } catch (error) {
      if (signal.aborted) throw new Error(`it took longer than ${timeoutMs / 1000} s`);
      throw error;
    }
  }

  async function bring(url: string): Promise<string> {
    const target = parseDownloadUrl(url);
    const path = storedPathOf(url);
    if ((await store.info(path)) === undefined) {
      await limiter(() => download(target, path));
      logger.info({ url: shownUrl(url), path }, 'an artifact was downloaded into the artifact store');
    }
    return store.uriOf(path);
  }

  return {
    async resolve(url) {
      let bringing = pending.get(url);
      try {
        if (bringing === undefined) {
          if (pending.size >= maxPending) throw new Error(`${maxPending} other downloads wait already`);
          bringing = bring(url).finally(() => pending.delete(url));
          pending.set(url, bringing);
        }
        return await bringing;
      } catch (error) {
        throw new Error(`${shownUrl(url)} cannot be brought into the artifact store: ${messageOf(error)}`, {
          cause: error,
        });
      }
    },
  };
}
