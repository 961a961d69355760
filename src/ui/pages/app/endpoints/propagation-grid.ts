import type { EdgeKey, PropagationReport } from '../../../api/propagation.js';

export type Cell =
  { readonly kind: 'reached'; readonly ms: number } | { readonly kind: 'missing' } | { readonly kind: 'absent' };

export interface GridRow {
  readonly seq: number;
  readonly publishedAt: string;
  /** One for each edge. */
  readonly cells: readonly Cell[];
  readonly everywhereAfterMs: number | undefined;
}

export interface PropagationGrid {
  readonly edges: readonly EdgeKey[];
  readonly rows: readonly GridRow[];
}

const keyOf = ({ role, edge }: EdgeKey): string => `${role} ${edge}`;

/** The changes against the edges: how long each took to each. `absent`: the edge was not there when it was published. */
export function propagationGrid({ edges, changes }: PropagationReport): PropagationGrid {
  const known = new Map<string, EdgeKey>();
  for (const { edge, role } of [...edges, ...changes.flatMap(({ reached, missing }) => [...reached, ...missing])]) {
    known.set(`${role} ${edge}`, { edge, role });
  }
  const columns = [...known.values()].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
  const rows = changes.map(({ seq, publishedAt, reached, missing, everywhereAfterMs }): GridRow => {
    const times = new Map(reached.map((one) => [keyOf(one), one.ms]));
    const without = new Set(missing.map(keyOf));
    const cells = columns.map((column): Cell => {
      const ms = times.get(keyOf(column));
      if (ms !== undefined) return { kind: 'reached', ms };
      return { kind: without.has(keyOf(column)) ? 'missing' : 'absent' };
    });
    return { seq, publishedAt, cells, everywhereAfterMs };
  });
  return { edges: columns, rows };
}
