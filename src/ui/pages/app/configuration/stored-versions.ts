import { loadDefinition } from '../../edit/load-definition.js';
import type { JsonObject } from '../../edit/json-value.js';

/** Versions never change: what was read once is kept, the last ones of it. */
const kept = new Map<string, JsonObject>();
const maxKept = 200;

/** Reads one version of an app or pod. Throws ApiError. */
export async function storedVersion(
  id: string,
  kind: 'app' | 'pod',
  version: string,
  signal: AbortSignal,
): Promise<JsonObject> {
  const key = `${kind} ${id} ${version}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const { definition } = await loadDefinition(id, { kind, version, signal });
  kept.set(key, definition);
  const oldest = kept.size > maxKept ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  return definition;
}
