import type { PathId } from '../../common/path-id.js';
import type { Mode, RouteSource } from '../compile/routing-model.js';

/** `GET /api/explain`: what becomes of a request, and why. */
export interface Explanation {
  /** All of it in a few sentences. */
  readonly text: string;
  readonly request: {
    readonly host: string | null;
    readonly path: string;
    readonly method: string;
    readonly port: number;
    readonly scheme: 'http' | 'https' | 'tcp';
    readonly sni: string | null;
    readonly source: string | null;
  };
  readonly connection: ExplainedConnection;
  /** What takes the request; null: nothing does, or it is up to what was not given (`possible`). */
  readonly route: ExplainedRoute | null;
  /** Routes before `route` that take the request if what was not given is as they want it. */
  readonly possible: readonly ExplainedRoute[];
  /** Routes behind `route` that fit as well, in their order; they get nothing of it. */
  readonly shadowed: readonly ExplainedRoute[];
  readonly backend: ExplainedBackend | null;
  /** What HAProxy does with the request besides passing it on, one sentence each, in this order. */
  readonly onTheWay: readonly string[];
  /** Apps, rules and ports that are left out, or not as their owners want them, and have to do with the request. */
  readonly leftOut: readonly ExplainedAbsence[];
  /** Hosts that there are and that may have been meant, when nobody has this one. */
  readonly similarHosts: readonly string[];
  /** There were more routes than this has place for. */
  readonly isCut: boolean;
}

/** Who takes a connection to the port. */
export interface ExplainedConnection {
  /** `service`: the service port of an app; `api`: this load balancer itself; `none`: nobody. */
  readonly kind: 'http' | 'https' | 'appId' | 'service' | 'statistics' | 'api' | 'none';
  /** HAProxy's name of it where it is the load balancer's to give; null otherwise. */
  readonly frontend: string | null;
  /** Of a service port. */
  readonly app: PathId | null;
  readonly mode: Mode;
  readonly text: string;
}

export interface ExplainedRoute {
  readonly name: string;
  readonly source: RouteSource;
  /** The condition in words: `host shop.example.com, path below /cart`. */
  readonly condition: string;
  readonly priority: number;
  readonly backend: string;
  readonly app: PathId | null;
  /** What has to be so for it to take the request, of those that are only possible. */
  readonly depends?: string;
}

export interface ExplainedBackend {
  readonly name: string;
  /** null = fixed addresses. */
  readonly app: PathId | null;
  readonly mode: Mode;
  readonly balance: string;
  /** Where the states are from: what HAProxy says now, or only the configuration. */
  readonly statesFrom: 'haproxy' | 'configuration';
  readonly servers: readonly ExplainedServer[];
}

export interface ExplainedServer {
  readonly name: string;
  readonly endpoint: string;
  /** `draining`: it gets nothing new; `disabled`: taken out by its owner; `unknown`: nobody has asked HAProxy. */
  readonly state: 'up' | 'down' | 'draining' | 'disabled' | 'unknown';
  /** HAProxy's own word for the state (`UP 1/2`, `DRAIN`, `no check` …); null when it was not asked. */
  readonly status: string | null;
  /** Requests or connections that it serves now. */
  readonly sessions: number | null;
  /** Why it is as it is, as HAProxy's check says (`L4CON` …); null = nothing to say. */
  readonly check: string | null;
  /** The instance behind it; null = not known, or a fixed address. */
  readonly taskId: string | null;
}

export interface ExplainedAbsence {
  readonly kind: string;
  readonly id: string;
  readonly reason: string;
}
