import type { CatalogApp, CatalogPort } from '../../catalog/types.js';
import type { Mode } from '../compile/routing-model.js';

/**
 * One service port of an app as its labels, or its environment, want it: typed and checked, nothing left that a template could
 * trip over. A port of an app can have two: its own, and a plain TCP one that Bamboo's `BAMBOO_TCP_PORT` asks for.
 */
export interface ServiceSettings {
  readonly app: CatalogApp;
  /** Of `app.ports`. */
  readonly portIndex: number;
  readonly port: CatalogPort;
  /**
   * What HAProxy listens on for it (`HAPROXY_{n}_PORT`, else the service port, else an assigned one); 0 = nothing, also where the
   * settings of the listener are bad: its hosts go on being served.
   */
  readonly servicePort: number;
  /** `HAPROXY_{n}_BIND_ADDR`; null = the common address. */
  readonly bindAddress: string | null;
  /** `HAPROXY_{n}_BIND_OPTIONS`: words of a `bind` line that have been checked one by one. */
  readonly bindOptions: readonly string[];
  /** `HAPROXY_{n}_SSL_CERT`: the file of a certificate that the operator allows; null = no TLS on the service port. */
  readonly certificate: string | null;
  /** `HAPROXY_{n}_MODE`, else from the health checks, hosts and password; a rule that leads to the port makes it http as well. */
  readonly mode: Mode;
  /** `HAPROXY_{n}_VHOST`: lower-case names, each possibly `*.…`. */
  readonly hosts: readonly string[];
  /** `HAPROXY_{n}_PATH`: prefixes of the paths of `hosts` and `aliases`; empty = all paths. */
  readonly paths: readonly PathPrefix[];
  /** `HAPROXY_{n}_BACKEND_WEIGHT`: the higher goes first; null = not given (0). */
  readonly priority: number | null;
  readonly balance: Balance;
  /** `HAPROXY_{n}_STICKY`. */
  readonly sticky: boolean;
  /** `HAPROXY_{n}_REDIRECT_TO_HTTPS`. */
  readonly redirectToHttps: boolean;
  /** `HAPROXY_{n}_USE_HSTS`. */
  readonly hsts: boolean;
  /** `HAPROXY_{n}_AUTH`. */
  readonly auth: BasicAuth | null;
  /** `HAPROXY_{n}_BACKEND_NETWORK_ALLOWED_ACL`: addresses and networks; empty = everybody. */
  readonly allowedNetworks: readonly string[];
  /** `HAPROXY_{n}_HTTP_BACKEND_PROXYPASS_PATH`. */
  readonly stripPrefix: string | null;
  /** `HAPROXY_{n}_HTTP_BACKEND_REVPROXY_PATH`. */
  readonly locationPrefix: string | null;
  /** `HAPROXY_{n}_HTTP_BACKEND_REDIR`. */
  readonly rootRedirect: string | null;
  /** `HAPROXY_{n}_BACKEND_HEALTHCHECK_PORT_INDEX`: the port whose check is used; null = its own. */
  readonly checkPortIndex: number | null;
  /** Lines of a backend that template labels ask for, out of a short list of directives, written anew; each is safe as it is. */
  readonly directives: readonly string[];
  /** Other names of `hosts` that template labels give to the service, e.g. `alias-shop.example.org`. */
  readonly aliases: readonly string[];
}

export interface PathPrefix {
  /** Begins with `/` and, but for `/` itself, does not end with it. */
  readonly path: string;
  readonly ignoreCase: boolean;
}

export const balances = ['roundrobin', 'static-rr', 'leastconn', 'first', 'source', 'uri', 'random'] as const;
export type Balance = (typeof balances)[number];

export interface BasicAuth {
  readonly realm: string;
  readonly user: string;
  /** As crypt(3) writes it. */
  readonly passwordHash: string;
}

/** What a label says that cannot be done. It costs only what it is about: the service goes on without it. */
export interface SettingProblem {
  /** The label or variable, e.g. `HAPROXY_0_VHOST`. */
  readonly label: string;
  readonly reason: string;
  /** The service is not served at all, because what is left would be something else than its owner wants (no password, no network list …). */
  readonly isFatal: boolean;
}

/** The settings of an app's ports: those that are to be served here, and what is wrong with them. */
export interface AppSettings {
  readonly services: readonly ServiceSettings[];
  readonly problems: readonly SettingProblem[];
}

/** How apps are read; from the command line. */
export interface ReadingRules {
  /** marathon-lb reads labels, servicerouter.py the environment, Bamboo none (`--lb_settings_from`). */
  readonly settingsFrom: 'labels' | 'env' | 'both' | 'none';
  /** `--lb_group`; `*` = every app. Without any: only apps without a group. */
  readonly groups: readonly string[];
  /** `--lb_strict`: only services with `HAPROXY_{n}_ENABLED`. */
  readonly isStrict: boolean;
  /** `--lb_template_labels`: the few directives of template labels that are understood are taken over. */
  readonly templateLabels: boolean;
  /** `--haproxy_bind`: the common address; `HAPROXY_{n}_BIND_ADDR` may name it, too. */
  readonly bindAddress: string;
  /** `--bind_addresses`: what `HAPROXY_{n}_BIND_ADDR` may name besides the common one. */
  readonly bindAddresses: readonly string[];
  /** `--service_port_allow`: first and last port of each range; empty = all. */
  readonly servicePorts: readonly (readonly [number, number])[];
  /** Files by the names under which labels may ask for them: the path as it was given, the base name, that without its ending. */
  readonly certificates: ReadonlyMap<string, string>;
  /** `--min_serv_port_ip_per_task`, `--max_serv_port_ip_per_task`; null = no service ports are assigned. */
  readonly assignedPorts: readonly [number, number] | null;
}
