/** `GET ekiden/v1/explain/{name}?type=` of a name server: what a name is, whose, and why it is not more. Names are without the dot at the end. */
export interface DnsExplanation {
  readonly name: string;
  /** The type of records that it is about; `ANY`: all. */
  readonly type: string;
  /** All of it in a sentence or two. */
  readonly text: string;
  readonly zone: string;
  /** The name is answered from the zone; otherwise by `resolvers`. */
  readonly isServed: boolean;
  readonly resolvers: readonly string[];
  /** What a query is answered with; null: that is up to the resolvers. */
  readonly status: string | null;
  /** The sections of the answer as `dig` shows them, a line for each record. */
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
  readonly serial: number;
  readonly staleSince: string | null;
  readonly records: readonly {
    readonly type: string;
    readonly data: string;
    readonly owners: readonly DnsOwner[];
  }[];
  readonly leftOut: readonly (DnsOwner & { readonly why: string })[];
  /** Apps whose instances have this name. */
  readonly apps: readonly {
    readonly id: string;
    readonly instances: number;
    readonly inDns: number;
    readonly text: string;
  }[];
  /** More records or owners than this has place for. */
  readonly isCut: boolean;
  readonly similar: readonly string[];
}

/** Whose a record is. */
export type DnsOwner =
  | {
      readonly kind: 'task';
      readonly id: string;
      readonly app: string | null;
      readonly framework: string;
      readonly host: string | null;
      readonly hostPorts: readonly number[];
      readonly healthy: boolean | null;
      readonly standing: string;
    }
  | { readonly kind: 'agent'; readonly id: string; readonly host: string }
  | { readonly kind: 'framework'; readonly id: string; readonly framework: string }
  | { readonly kind: 'masters' }
  | { readonly kind: 'name server' };

/** `GET ekiden/v1/records?filter=&after=&limit=` of a name server; 404 where its zone may not be listed. */
export interface DnsRecords {
  readonly totalNames: number;
  readonly totalRecords: number;
  readonly names: readonly DnsName[];
  /** What `after` is to be for the next page; null: this is the last one. */
  readonly next: string | null;
}

export interface DnsName {
  readonly name: string;
  /** How many records it has, of which `records` are the first. */
  readonly count: number;
  readonly records: readonly { readonly type: string; readonly data: string }[];
}

/** `GET ekiden/v1/status` of a name server, as far as it is shown. */
export interface DnsStatus {
  readonly synced: boolean;
  readonly source: string;
  readonly lastChangeAt: string | null;
  /** How long ago a master was heard of, in milliseconds. */
  readonly ageMs: number | null;
  readonly staleSince: string | null;
  /** Where DNS is answered, UDP and TCP; null: this is only the HTTP API. */
  readonly port: number | null;
  readonly records: number;
  readonly names: number;
  readonly serial: number;
  readonly workers: readonly unknown[];
  readonly catalog: { readonly connected: boolean; readonly synced: boolean; readonly lastError: string | null } | null;
  readonly leader: string | null;
}
