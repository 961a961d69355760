/** `GET /ekiden/v1/propagation?app=&limit=`: how long the last changes took to each name server and load balancer. */
export interface PropagationReport {
  readonly now: string;
  readonly edges: readonly PropagationEdge[];
  /** Instances that are taken out of use before they are killed, and whom they wait for. */
  readonly draining: readonly {
    readonly taskId: string;
    readonly app: string;
    /** When they are killed at the latest. */
    readonly until: string;
    readonly waitsFor: readonly EdgeKey[];
  }[];
  /** The newest first. */
  readonly changes: readonly PropagatedChange[];
}

export interface EdgeKey {
  readonly edge: string;
  readonly role: string;
}

export interface PropagationEdge extends EdgeKey {
  readonly apiUrl?: string;
  readonly live: boolean;
  /** Changes that it has not acted on yet. */
  readonly behind?: number;
}

export interface PropagatedChange {
  readonly seq: number;
  readonly publishedAt: string;
  readonly apps: readonly string[];
  readonly reached: readonly (EdgeKey & { readonly ms: number })[];
  readonly missing: readonly EdgeKey[];
  /** Absent while one is missing, and where there was nobody to reach. */
  readonly everywhereAfterMs?: number;
}
