/** `GET /ekiden/v1/edges`: the name servers and load balancers that follow this scheduler. */
export interface Edges {
  readonly edges: readonly Edge[];
}

export interface Edge {
  /** `host:port`, the same after a restart. `GET /ekiden/v1/edges/{edge}/…` is forwarded to its API. */
  readonly edge: string;
  readonly role: 'dns' | 'lb';
  readonly live: boolean;
  /** It has said where its API is: it can be asked. */
  readonly reachable: boolean;
  /** Changes of the catalog that it has not acted on yet; null: it has not said. */
  readonly behind: number | null;
}
