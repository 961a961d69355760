import { ApiError } from '../../http/api-error.js';
import { idPath, request } from '../../http/request.js';
import type { Json, JsonObject } from './json-value.js';
import { memberOf } from './json-value.js';
import { withoutShown } from './kinds.js';

/** A definition that the scheduler has. */
export interface StoredDefinition {
  readonly kind: 'app' | 'pod';
  /** Its version: a timestamp. */
  readonly version: string;
  readonly definition: JsonObject;
}

function stored(kind: 'app' | 'pod', json: JsonObject): StoredDefinition {
  const version = memberOf(json, 'version');
  return { kind, version: typeof version === 'string' ? version : '', definition: withoutShown(json) };
}

/** Reads an app, as it is or was in one of its versions. Throws ApiError. */
async function loadApp(id: string, version: string | undefined, signal: AbortSignal): Promise<StoredDefinition> {
  const path = `v2/apps/${idPath(id)}`;
  if (version !== undefined) {
    return stored('app', await request<JsonObject>(`${path}/versions/${encodeURIComponent(version)}`, { signal }));
  }
  const { app } = await request<{ app: JsonObject }>(path, { signal, query: { embed: 'app.counts' } });
  return stored('app', app);
}

/** Reads a pod, as it is or was in one of its versions. Throws ApiError. */
async function loadPod(id: string, version: string | undefined, signal: AbortSignal): Promise<StoredDefinition> {
  const suffix = version === undefined ? '' : `::versions/${encodeURIComponent(version)}`;
  return stored('pod', await request<JsonObject>(`v2/pods/${idPath(id)}${suffix}`, { signal }));
}

/**
 * Reads the definition of an app or pod; `kind` undefined: it is not known which. `version` undefined: the present one. Throws ApiError.
 */
export async function loadDefinition(
  id: string,
  { kind, version, signal }: { kind: 'app' | 'pod' | undefined; version?: string | undefined; signal: AbortSignal },
): Promise<StoredDefinition> {
  if (kind === 'pod') return loadPod(id, version, signal);
  try {
    return await loadApp(id, version, signal);
  } catch (error) {
    const mayBePod = kind === undefined && error instanceof ApiError && error.status === 404;
    if (!mayBePod) throw error;
    return loadPod(id, version, signal).catch(() => {
      throw error;
    });
  }
}

/** The versions that an app or pod has had, the newest first. Throws ApiError. */
export async function loadVersions(id: string, kind: 'app' | 'pod', signal: AbortSignal): Promise<readonly string[]> {
  if (kind === 'pod') return request<string[]>(`v2/pods/${idPath(id)}::versions`, { signal });
  const { versions } = await request<{ versions: string[] }>(`v2/apps/${idPath(id)}/versions`, { signal });
  return versions;
}

/** A definition in the form of any JSON. */
export function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
