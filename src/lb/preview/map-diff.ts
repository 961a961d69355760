import type { MapFile } from '../compile/routing-model.js';

/** What would be different in one map file. */
export interface MapDiff {
  readonly file: string;
  readonly entries: readonly {
    readonly key: string;
    /** The backend; null = there is no such entry. */
    readonly from: string | null;
    readonly to: string | null;
  }[];
  /** How many there are; not all are shown. */
  readonly total: number;
}

const maxShown = 200;

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The map files that are different, with the entries that are. Pure. */
export function diffMaps(before: readonly MapFile[], after: readonly MapFile[]): MapDiff[] {
  const none: ReadonlyMap<string, string> = new Map();
  const [old, now] = [before, after].map((maps) => new Map(maps.map(({ path, entries }) => [path, entries])));
  const diffs: MapDiff[] = [];
  for (const path of new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])) {
    const [from, to] = [old?.get(path) ?? none, now?.get(path) ?? none];
    if (from === to) continue;
    const entries: { key: string; from: string | null; to: string | null }[] = [];
    for (const [key, backend] of from) {
      const next = to.get(key) ?? null;
      if (next !== backend) entries.push({ key, from: backend, to: next });
    }
    for (const [key, backend] of to) if (!from.has(key)) entries.push({ key, from: null, to: backend });
    if (entries.length > 0)
      diffs.push({ file: baseName(path), entries: entries.slice(0, maxShown), total: entries.length });
  }
  return diffs;
}
