import { createHttpClient } from '../../../common/http-client.js';
import type { Logger } from '../../../common/logger.js';
import { leaderUrl } from '../../leader-address.js';
import type { SchedulerOptions } from '../../options.js';
import type { ArtifactResolver, ArtifactStore } from '../../ports/artifact-store.js';
import { createArtifactResolver } from './artifact-resolver.js';
import { openArtifactStore } from './open-artifact-store.js';

/** The artifact store of a scheduler, and what fills it. */
export interface Artifacts {
  readonly store: ArtifactStore;
  readonly resolver: ArtifactResolver;
  /** Ends downloads that are under way, and returns when nothing is left of them. */
  close(): Promise<void>;
}

/** Until a server answers. */
const answerTimeoutMs = 30_000;

/**
 * Where agents fetch artifacts from a store that is a directory of the scheduler: from its API, as with Marathon. Undefined when the
 * API is for those alone who say who they are, by `--http_credentials` or to a plugin (`asksForNames`), which agents do not: they need the
 * directory itself, on a shared file system. An access control list has to let `anonymous` view artifacts.
 */
export function artifactBaseUrl(
  options: Pick<SchedulerOptions, 'credentials' | 'aclFile'> & Parameters<typeof leaderUrl>[0],
  asksForNames: boolean,
): string | undefined {
  const closed = (options.credentials !== undefined || asksForNames) && options.aclFile === undefined;
  return closed ? undefined : `${leaderUrl(options)}/v2/artifacts`;
}

/** Opens what `--artifact_store` names; undefined = no such store. Throws StartupError when it cannot be used. */
export async function openArtifacts(
  options: SchedulerOptions,
  { asksForNames, logger }: { readonly asksForNames: boolean; readonly logger: Logger },
): Promise<Artifacts | undefined> {
  if (options.artifactStore === undefined) return undefined;
  const http = createHttpClient({ timeoutMs: answerTimeoutMs });
  let store: ArtifactStore;
  try {
    store = await openArtifactStore(options.artifactStore, {
      maxBytes: options.artifactMaxBytes,
      http,
      baseUrl: artifactBaseUrl(options, asksForNames),
      clock: Date.now,
      logger,
    });
  } catch (error) {
    await http.close();
    throw error;
  }
  return {
    store,
    resolver: createArtifactResolver(store, http, { logger }),
    async close() {
      await http.close();
      await store.close();
    },
  };
}
