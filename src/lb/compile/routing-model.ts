import type { PathId } from '../../common/path-id.js';
import type { Balance } from '../labels/service-settings.js';
import type { Acl } from '../rules/acl.js';

/** What the whole configuration is about, besides apps and rules. Addresses and ports are checked by whoever sets them. */
export interface ProxySettings {
  /** Address that HAProxy binds its ports to. */
  readonly bindAddress: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly statsPort: number;
  /** Of the frontend that routes by `X-Marathon-App-Id`; 0 = there is none. */
  readonly appIdPort: number;
  /** False: neither the HTTP nor the HTTPS frontend (`--dont-bind-http-https`). */
  readonly bindsHttpAndHttps: boolean;
  /** Ports that no app may take, though HAProxy does not bind them: this role's own API. */
  readonly reservedPorts: readonly number[];
  readonly maxConnections: number;
  readonly statsSocket: string;
  /** The account HAProxy runs as once it has bound its ports; null = the one that starts it. */
  readonly account: { readonly user: string; readonly group: string } | null;
  /** How long a replaced process may serve the connections it has. */
  readonly hardStopAfterSeconds: number;
  /** Directory of the map files. */
  readonly mapsDirectory: string;
  /** The file that HAProxy reads server states from when it starts. */
  readonly serverStateFile: string;
  /** The certificates of the HTTPS frontend: those that exist; the first one is for names that none is made for. */
  readonly certificates: readonly Certificate[];
  /** Names that no route has get no TLS session (`--haproxy_strict_sni`). */
  readonly isStrictSni: boolean;
  /** `user:password` of the statistics page; null = everybody may see it. */
  readonly statsCredentials: { readonly user: string; readonly password: string } | null;
  /** Where the HTTP frontend shows the statistics, as Bamboo's does (`/haproxy_stats`); null = nowhere. */
  readonly statsPath: string | null;
  /** What the service port of an app without usable instances does: accept and refuse to answer, or not listen. */
  readonly emptyServices: 'keep' | 'refuse';
  /** What the health that the scheduler tells means: every check has to be good, one is enough, or HAProxy judges alone. */
  readonly health: 'all' | 'any' | 'ignore';
  /**
   * How apps are reached that have no rule: `path`: those that have no host of their own either, below their id; `bamboo`: all,
   * by whatever begins with their id, of several that fit by the first in the order of ids, as Bamboo's template does it.
   */
  readonly defaultRule: 'path' | 'bamboo' | 'none';
  /** Who may have which hosts: of several that fit, the longest; an app outside of it cannot have the host. */
  readonly hostClaims: readonly HostClaim[];
}

/** Hosts that are kept for the apps of a group. */
export interface HostClaim {
  /** A host, or `*.…` for all below one. */
  readonly host: string;
  readonly group: PathId;
}

/** A file with a certificate and its key, as it was found. */
export interface Certificate {
  readonly path: string;
  /** Of its content: a renewed one is a new configuration. */
  readonly fingerprint: string;
}

export type Mode = 'tcp' | 'http';

/** Something of a configuration that is left out, or is not as its owner wants it, and why. */
export interface Report {
  readonly kind: 'app' | 'rule' | 'port' | 'template' | 'haproxy' | 'rules-file' | 'rules' | 'catalog' | 'certificate';
  /** The app's id, the port, the file … */
  readonly id: string;
  readonly reason: string;
}

/** Who wants a route. */
export type RouteSource =
  | { readonly kind: 'rule'; readonly id: string }
  | { readonly kind: 'label'; readonly app: PathId; readonly portIndex: number }
  | { readonly kind: 'default'; readonly app: PathId };

/**
 * One way of requests to a backend. All conditions that are there must be true. Of the routes in their order the first that fits
 * takes a request; explain.ts reads them the same way as HAProxy does the steps made of them.
 */
export interface Route {
  /** Of what stands for it in the text; unique. */
  readonly name: string;
  readonly source: RouteSource;
  readonly backend: string;
  /** The app; null = fixed addresses. */
  readonly app: PathId | null;
  /** The higher goes first. */
  readonly priority: number;
  /** A lower-case name, `*.…` for all below one, or null = any. */
  readonly host: string | null;
  /** A prefix that ends where a segment does; null = any. */
  readonly path: string | null;
  /** Whether the path is compared without regard to case. */
  readonly ignoreCase: boolean;
  /** A test that is none of them. */
  readonly acl: Acl | null;
}

/** What a request is looked up by: `host/path/`, or `/path/`; the lower ones in lower case. */
export type MapKey = 'hostPath' | 'hostPathLower' | 'path' | 'pathLower' | 'appId';

/** One step of the way through a frontend: those that stand in a file, by the longest that fits; or one with tests of its own. */
export type RouteStep =
  | { readonly kind: 'map'; readonly key: MapKey; readonly file: string }
  | {
      readonly kind: 'acl';
      /** Who wants it. */
      readonly from: RouteSource;
      readonly backend: string;
      /** `acl` lines: a name and the text behind it, safe to be written as it is. */
      readonly tests: readonly { readonly name: string; readonly expression: string }[];
      /** What stands behind `if`. */
      readonly condition: string;
      /** For the comment above it. */
      readonly source: string;
    };

/**
 * A file that HAProxy looks up: one backend by the key. Keys and values hold no blanks and no `#`. A key that ends with `/` ends
 * where a segment does, as what is looked up has a `/` behind it; others (`path_beg` of a rule) end anywhere.
 */
export interface MapFile {
  readonly path: string;
  readonly entries: ReadonlyMap<string, string>;
}

/** A frontend that chooses by what a request asks for. */
export interface SharedFrontend {
  readonly bind: string;
  readonly steps: readonly RouteStep[];
  readonly statsPath: string | null;
}

/** The same over TLS. */
export interface SecureFrontend extends SharedFrontend {
  readonly certificates: readonly Certificate[];
  /** Names that a session is given for; null = any. */
  readonly onlyNames: readonly string[] | null;
}

/** A port that HAProxy listens on for one port of one app. */
export interface Listener {
  readonly name: string;
  readonly bind: string;
  readonly port: number;
  readonly mode: Mode;
  readonly backend: string;
  readonly app: PathId;
  readonly certificate: Certificate | null;
  /** Words behind the address, checked. */
  readonly bindOptions: readonly string[];
}

export interface Server {
  readonly name: string;
  /** `address:port`; HAProxy takes the last colon as the separator, so IPv6 needs no brackets. */
  readonly endpoint: string;
  /** Taken out by its owner (blue/green): it gets nothing, and stays in the statistics. */
  readonly disabled: boolean;
  /** The port that is checked instead of the endpoint's, where it is another one for each server; null = that of `check`. */
  readonly checkPort: number | null;
}

/** An instance that is about to be killed. It is not in the text; what is in use of it is counted until nothing is. */
export interface Leaving {
  readonly taskId: string;
  readonly backend: string;
  readonly server: string;
  readonly endpoint: string;
}

/** How HAProxy itself looks whether a server is there. */
export interface ServerCheck {
  /** `connect`: whether the port can be reached. */
  readonly kind: 'connect' | 'http' | 'https';
  readonly path: string;
  /** What the check sends as `Host`; null = none. */
  readonly host: string | null;
  /** Another port than that of the traffic; null = the same. */
  readonly port: number | null;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly fall: number;
}

export interface Backend {
  readonly name: string;
  readonly mode: Mode;
  readonly balance: Balance;
  readonly servers: readonly Server[];
  readonly check: ServerCheck;
  /** The name of the cookie that keeps a client at its server; null = none. Its values come from the servers' addresses, the same at all edges. */
  readonly cookie: string | null;
  readonly redirectToHttps: boolean;
  readonly hsts: boolean;
  readonly auth: { readonly realm: string; readonly userlist: string } | null;
  /** In portions that fit in a line; empty = everybody. */
  readonly allowedNetworks: readonly (readonly string[])[];
  readonly stripPrefix: string | null;
  readonly locationPrefix: string | null;
  /** The hosts whose `Location` is rewritten. */
  readonly hosts: readonly string[];
  readonly rootRedirect: string | null;
  /** Lines of its own, each safe to be written as it is. */
  readonly directives: readonly string[];
  /** For templates; labels and variables whose value does not fit in one line of configuration are left out. `id` is that of the rule where there is no app (`kind`). */
  readonly app: {
    readonly kind: 'app' | 'rule';
    readonly id: PathId;
    readonly labels: Readonly<Record<string, string>>;
    readonly env: Readonly<Record<string, string>>;
    /** The apps of a deployment group, whose id `id` is. */
    readonly members?: readonly PathId[];
  };
}

export interface Userlist {
  readonly name: string;
  readonly user: string;
  readonly passwordHash: string;
}

/**
 * Everything a template needs, and nothing that it has to check: names are generated, addresses and numbers are typed, rules
 * are written anew. The only outside text in it are labels and variables, which a template can put out through `q` alone.
 * `null` = there is none.
 */
export interface RoutingModel {
  /** Stands for the generation number until the text is known. */
  readonly generation: string;
  readonly global: {
    readonly maxConnections: number;
    readonly statsSocket: string;
    readonly serverStateFile: string;
    readonly user: string | null;
    readonly group: string | null;
    readonly hardStopAfterSeconds: number;
  };
  readonly stats: {
    readonly bind: string;
    readonly credentials: { readonly user: string; readonly password: string } | null;
  } | null;
  readonly http: SharedFrontend | null;
  readonly https: SecureFrontend | null;
  readonly appId: SharedFrontend | null;
  readonly listeners: readonly Listener[];
  readonly backends: readonly Backend[];
  readonly userlists: readonly Userlist[];
}

/** The model, and what belongs to it that is not for templates. */
export interface Routing {
  readonly model: RoutingModel;
  readonly maps: readonly MapFile[];
  /** In the order in which they are tried. */
  readonly routes: readonly Route[];
  /** The task behind each server, by the server's name: one map for each of the model's backends, in their order. */
  readonly tasks: readonly ReadonlyMap<string, string>[];
  readonly leaving: readonly Leaving[];
  readonly reports: readonly Report[];
  /** Which app has which host and path, and which service port. Given back with the next input, so that nobody loses what it has. */
  readonly owners: ReadonlyMap<string, PathId>;
}
