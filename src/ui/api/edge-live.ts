/**
 * What a load balancer adds to its API for the interface. `GET /ekiden/v1/events`: server-sent events; `state` (LbRevisions) first and whenever
 * one of them has grown, `backends` (LbBackends) every two seconds with `?backends=true`.
 */
export interface LbRevisions {
  /** Unique to this process: after another one began, everything is to be read again. */
  readonly process: string;
  readonly rules: number;
  readonly routing: number;
  /** Of `/ekiden/v1/status`, `/ekiden/v1/config` and `/ekiden/v1/reloads`. */
  readonly status: number;
}

/** `GET /ekiden/v1/backends`: what the running HAProxy says of each backend. */
export interface LbBackends {
  readonly at: string;
  readonly backends: readonly LbBackend[];
}

export interface LbBackend {
  readonly name: string;
  /** Whose it is; null: of a rule to fixed addresses, or of nobody. */
  readonly app: string | null;
  readonly up: boolean;
  readonly sessions: number;
  readonly queued: number;
  /** Requests (or connections, of TCP) in the last second. */
  readonly rate: number;
  /** Since this process of HAProxy began; what was before a reload is added. */
  readonly total: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly errors: number;
  /** Of answers, by class. */
  readonly responses: {
    readonly '2xx': number;
    readonly '3xx': number;
    readonly '4xx': number;
    readonly '5xx': number;
  };
  readonly responseMs: number | null;
  readonly servers: readonly LbServer[];
}

export interface LbServer {
  readonly name: string;
  readonly address: string;
  /** HAProxy's word: UP, DOWN, DRAIN, MAINT, no check … */
  readonly status: string;
  readonly weight: number;
  readonly sessions: number;
  readonly rate: number;
  /** Of the instance behind it; null: nobody's. */
  readonly task: string | null;
  readonly lastCheck: string | null;
}

/** `GET /ekiden/v1/reloads`: the last changes of HAProxy, the newest first; at most 100. */
export interface LbReloads {
  readonly changes: readonly {
    readonly at: string;
    readonly kind: 'reload' | 'runtime' | 'failed' | 'restart';
    readonly durationMs: number | null;
    /** Why it was a reload, or what HAProxy was told at run time, or what went wrong; at most 20 lines. */
    readonly reasons: readonly string[];
    readonly generation: string | null;
  }[];
}
