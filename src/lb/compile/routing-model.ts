import type { PathId } from '../../common/path-id.js';

/** What the whole configuration is about, besides apps and rules. Addresses and ports are checked by whoever sets them. */
export interface ProxySettings {
  /** Address that HAProxy binds its ports to. */
  readonly bindAddress: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly statsPort: number;
  /** Ports that no app may take, though HAProxy does not bind them: this role's own API. */
  readonly reservedPorts: readonly number[];
  readonly maxConnections: number;
  readonly statsSocket: string;
  /** The account HAProxy runs as once it has bound its ports; null = the one that starts it. */
  readonly account: { readonly user: string; readonly group: string } | null;
  /** How long a replaced process may serve the connections it has. */
  readonly hardStopAfterSeconds: number;
}

export type Mode = 'tcp' | 'http';

/** Something of a configuration that is left out, or is not as its owner wants it, and why. */
export interface Report {
  readonly kind: 'app' | 'rule' | 'port' | 'template' | 'haproxy' | 'rules-file' | 'catalog';
  /** The app's id, the port, the file … */
  readonly id: string;
  readonly reason: string;
}

/** A port that HAProxy listens on for one port of one app. */
export interface Listener {
  readonly name: string;
  readonly bind: string;
  readonly port: number;
  readonly mode: Mode;
  readonly backend: string;
  readonly app: PathId;
}

/** A test of the HTTP frontend; the first that is true decides. */
export interface RouteRule {
  /** Of the ACL. */
  readonly name: string;
  /** The ACL's text, safe to be written as it is. */
  readonly expression: string;
  readonly backend: string;
  readonly app: PathId;
}

export interface Server {
  readonly name: string;
  /** `address:port`; HAProxy takes the last colon as the separator, so IPv6 needs no brackets. */
  readonly endpoint: string;
}

export interface Backend {
  readonly name: string;
  readonly mode: Mode;
  readonly balance: 'leastconn' | 'roundrobin';
  readonly servers: readonly Server[];
  /** For templates; labels whose value does not fit in one line of configuration are left out. */
  readonly app: { readonly id: PathId; readonly labels: Readonly<Record<string, string>> };
}

/**
 * Everything a template needs, and nothing that it has to check: names are generated, addresses and numbers are typed, rules
 * are written anew. The only outside text in it are the labels, which a template can put out through `q` alone.
 * `null` = there is none.
 */
export interface RoutingModel {
  /** Stands for the generation number until the text is known. */
  readonly generation: string;
  readonly global: {
    readonly maxConnections: number;
    readonly statsSocket: string;
    readonly user: string | null;
    readonly group: string | null;
    readonly hardStopAfterSeconds: number;
  };
  readonly stats: { readonly bind: string } | null;
  readonly http: { readonly bind: string; readonly rules: readonly RouteRule[] } | null;
  readonly listeners: readonly Listener[];
  readonly backends: readonly Backend[];
}
