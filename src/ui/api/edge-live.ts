/**
 * What a load balancer adds to its API for the interface. `GET /ekiden/v1/events`: server-sent events; `state` (LbRevisions) first and whenever
 * one of them has grown, `backends` (LbBackends) every two seconds with `?backends=true`.
 */
export interface LbRevisions {
  /** Unique to this process: after another one began, everything is to be read again. */
  readonly process: string;
  /** Of `/ekiden/v1/rules` with what became of them, and of their history. */
  readonly rules: number;
  /** Of `/ekiden/v1/routes`, and of the names in LbBackends. */
  readonly routing: number;
  /** Of `/ekiden/v1/status` (but for the position in the catalog), `/ekiden/v1/config` and `/ekiden/v1/reloads`. */
  readonly status: number;
}

/** `GET /ekiden/v1/backends`: what the running HAProxy says of each backend; 503 while none runs that can be asked (none is sent as an event then). */
export interface LbBackends {
  readonly at: string;
  /** How many there are: of very many (more than 4 MiB of them) only the first are here. */
  readonly total: number;
  readonly backends: readonly LbBackend[];
}

export interface LbBackend {
  readonly name: string;
  /** Whose it is; of a deployment group (blue/green) the oldest app. null: of a rule to fixed addresses, or of the template. */
  readonly app: string | null;
  /** It takes requests: an app's backend without a server that is up does not. */
  readonly up: boolean;
  readonly sessions: number;
  readonly queued: number;
  /** Requests (or connections, of TCP) in the last second. */
  readonly rate: number;
  /** Since this process of HAProxy began, as bytes, errors and responses: a reload begins at 0 again. */
  readonly total: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Servers that could not be connected to, and answers that were none. */
  readonly errors: number;
  /** Of answers, by class. */
  readonly responses: {
    readonly '2xx': number;
    readonly '3xx': number;
    readonly '4xx': number;
    readonly '5xx': number;
  };
  /** How long servers took to answer, of the last 1024 requests; null: there were none, or it is TCP. */
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
  /** `L4OK`, `L7STS/503 Service Unavailable`; null: it has not been checked. */
  readonly lastCheck: string | null;
}

/** `GET /ekiden/v1/reloads`: the last changes of HAProxy since this load balancer began, the newest first; at most 100. */
export interface LbReloads {
  readonly changes: readonly {
    readonly at: string;
    /** `restart`: it was not running, and was started with the last good configuration. What fails again in the same way stands there once. */
    readonly kind: 'reload' | 'runtime' | 'failed' | 'restart';
    /** null: nothing came into force. */
    readonly durationMs: number | null;
    /** Why it was a reload, or what HAProxy was told at run time, or what went wrong; at most 20 lines. */
    readonly reasons: readonly string[];
    readonly generation: string | null;
  }[];
}
