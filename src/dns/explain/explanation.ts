/** `GET /ekiden/v1/explain/{name}` of the name server: what a name is, whose, and why it is not more. Names are without the dot at the end. */
export interface Explanation {
  /** In lower case. */
  readonly name: string;
  /** The type of records that it is about; `ANY`: all. */
  readonly type: string;
  /** All of it in a sentence or two. */
  readonly text: string;
  /** The zone that is served here. */
  readonly zone: string;
  /** The name is answered from the zone; otherwise by `resolvers`. */
  readonly isServed: boolean;
  /** Where queries for a name outside the zone go, in this order; empty when they are refused, and for names of the zone. */
  readonly resolvers: readonly string[];
  /** What a query is answered with; null: that is up to the resolvers. */
  readonly status: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | null;
  /**
   * The sections of the answer as `dig` shows them, a line for each record: what was asked for; the SOA of the zone where there is no such
   * record, or no such name; the addresses that come with it. An answer from the zone (`NOERROR`, `NXDOMAIN`) is authoritative (`aa`).
   */
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
  /** Serial number of the zone. */
  readonly serial: number;
  /** Since when no master has told of the cluster, ISO 8601, and how long that is, in milliseconds; null while one does. */
  readonly staleSince: string | null;
  readonly staleMs: number | null;
  /** The records, each with all who have it. */
  readonly records: readonly ExplainedRecord[];
  /** Who should have records here and has none that is shown. */
  readonly leftOut: readonly (ExplainedOwner & { readonly why: string })[];
  /** The apps of the scheduler whose instances have this name, with what they want and what there is. */
  readonly apps: readonly {
    readonly id: string;
    readonly instances: number;
    readonly inDns: number;
    readonly text: string;
  }[];
  /** More records or owners than this has place for. */
  readonly isCut: boolean;
  /** Names that exist and may have been meant, when this one does not. */
  readonly similar: readonly string[];
}

export interface ExplainedRecord {
  readonly type: string;
  /** An address, `target.:port`, or `target.` */
  readonly data: string;
  readonly owners: readonly ExplainedOwner[];
}

/** Whose a record is. */
export type ExplainedOwner =
  | ExplainedTask
  | { readonly kind: 'agent'; readonly id: string; readonly host: string }
  | { readonly kind: 'framework'; readonly id: string; readonly framework: string }
  | { readonly kind: 'masters' }
  | { readonly kind: 'name server' };

export interface ExplainedTask {
  readonly kind: 'task';
  readonly id: string;
  /** Of the scheduler's catalog; null while the scheduler does not tell. */
  readonly app: string | null;
  readonly framework: string;
  readonly agent: string;
  /** Host name or address of the agent, as far as it is known. */
  readonly host: string | null;
  /** At most a hundred. */
  readonly hostPorts: readonly number[];
  /** Mesos' word. */
  readonly state: string;
  /** By the scheduler's health checks, else by Mesos; null: there are none, or none has given a result. */
  readonly healthy: boolean | null;
  /** `avoided`: named only where nobody better is; `withdrawn`: only under the names of the one instance; `absent`: nowhere. */
  readonly standing: 'in' | 'avoided' | 'withdrawn' | 'absent';
  /** Why it is not `in`; null when it is. */
  readonly why: string | null;
}
