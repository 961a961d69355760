/** `GET /ekiden/v1/backends`: what the running HAProxy says of each backend. */
export interface LbBackends {
  /** ISO 8601: when it was asked. */
  readonly at: string;
  /** How many there are: of more than are good to be sent every moment, only the first are shown. */
  readonly total: number;
  readonly backends: readonly LbBackend[];
}

/** One backend. All counts begin at 0 with each process of HAProxy, so with each reload. */
export interface LbBackend {
  readonly name: string;
  /** Whose it is; of a deployment group the oldest app. null: of a rule to fixed addresses, or of the template. */
  readonly app: string | null;
  /** It takes requests: an app's backend without a server that is up does not. */
  readonly up: boolean;
  /** Open now. */
  readonly sessions: number;
  /** Waiting for a server. */
  readonly queued: number;
  /** Requests (or connections, of TCP) in the last second. */
  readonly rate: number;
  readonly total: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Servers that could not be connected to, and answers that were none. */
  readonly errors: number;
  /** Answers by class; of TCP there are none. */
  readonly responses: Readonly<Record<'2xx' | '3xx' | '4xx' | '5xx', number>>;
  /** How long servers took to answer, the average of the last 1024 requests; null: there were none, or it is TCP. */
  readonly responseMs: number | null;
  readonly servers: readonly LbServer[];
}

export interface LbServer {
  readonly name: string;
  /** `address:port`. */
  readonly address: string;
  /** HAProxy's word: UP, DOWN, DRAIN, MAINT, no check … */
  readonly status: string;
  readonly weight: number;
  readonly sessions: number;
  readonly rate: number;
  /** Of the instance behind it; null: nobody's. */
  readonly task: string | null;
  /** The result of the last check, such as `L4OK` or `L7STS/503 Service Unavailable`; null: there was none. */
  readonly lastCheck: string | null;
}
