import { loadDefinition } from './load-definition.js';
import { asJson } from './load-definition.js';
import type { Json, JsonObject } from './json-value.js';
import { copyOf } from './kinds.js';
import type { Target } from './kinds.js';
import { examples } from '../welcome/examples.js';

/** What the editor begins with. */
export interface Start {
  readonly target: Target;
  readonly definition: Json;
  /** What there is now, of what is there; its version, to see when somebody else changes it. */
  readonly current: { readonly definition: JsonObject; readonly version: string } | undefined;
  /** The older version that it begins with. */
  readonly older: string | undefined;
}

export interface StartQuery {
  readonly id: string | undefined;
  readonly kind: 'app' | 'pod' | undefined;
  readonly version: string | undefined;
  readonly copy: string | undefined;
  readonly example: string | undefined;
  readonly group: string | undefined;
}

const create: Target = { mode: 'create' };

/** Something new: of nothing, an example, or a copy. */
async function startNew({ copy, example, group, kind }: StartQuery, signal: AbortSignal): Promise<Start> {
  const begin = (definition: Json): Start => ({ target: create, definition, current: undefined, older: undefined });
  if (copy !== undefined) {
    const { definition } = await loadDefinition(copy, { kind, signal });
    return begin(copyOf(definition));
  }
  const found = examples.find(({ name }) => name === example);
  const base = group === undefined || group === '/' ? '' : group.replace(/\/+$/, '');
  if (found !== undefined) {
    const { id, ...rest } = found.definition;
    return begin(asJson({ id: `${base}${id}`, ...rest }));
  }
  return begin({ id: `${base}/`, instances: 1, cpus: 0.1, mem: 32 });
}

/** Reads what the editor begins with. Throws ApiError. */
export async function loadStart(query: StartQuery, signal: AbortSignal): Promise<Start> {
  const { id, kind, version } = query;
  if (id === undefined) return startNew(query, signal);
  const now = await loadDefinition(id, { kind, signal });
  const isOlder = version !== undefined && version !== now.version;
  const begin = isOlder ? await loadDefinition(id, { kind: now.kind, version, signal }) : now;
  return {
    target: { mode: 'edit', kind: now.kind, id },
    definition: begin.definition,
    current: { definition: now.definition, version: now.version },
    older: isOlder ? version : undefined,
  };
}
