import type { HostClaim } from './compile/routing-model.js';
import type { StatsdTarget } from './metrics/statsd.js';
import type { ExternalHaproxy } from './external/external-haproxy.js';

interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Settings of `ekiden lb`. */
export interface LbOptions {
  /** Address of the rules API and UI. */
  readonly host: string;
  readonly lbPort: number;
  /** What the rules API asks for (`--lb_credentials`); undefined = nothing. */
  readonly apiCredentials?: Credentials | undefined;
  /** Address that HAProxy binds its ports to (`--haproxy_bind`). */
  readonly bindAddress: string;
  readonly haproxyHttpPort: number;
  readonly haproxyHttpsPort: number;
  /** Where clients reach it, for redirects; undefined = there. */
  readonly httpsPublicPort?: number | undefined;
  readonly haproxyStatsPort: number;
  /** 0 = none. */
  readonly haproxyAppIdPort: number;
  readonly bindsHttpAndHttps: boolean;
  readonly isStrictSni: boolean;
  readonly statsCredentials?: Credentials | undefined;
  readonly statsPath?: string | undefined;
  /** Base URLs of schedulers, Ekiden's or any Marathon's, e.g. `http://127.0.0.1:8080`. */
  readonly schedulers: readonly string[];
  /** What the schedulers ask for (`--marathon_credentials`). */
  readonly credentials?: Credentials | undefined;
  /** PEM file with certificates to trust besides the usual authorities (`--marathon_ca`). */
  readonly caFile?: string | undefined;
  /** `--callback_url`. */
  readonly callbackUrl?: string | undefined;
  readonly pollSeconds: number;
  /** Configuration, sockets, pid file and rules are kept in `<workDir>/lb`. */
  readonly workDir: string;
  /** The haproxy program (`--haproxy_path`), by name or path. */
  readonly haproxyPath: string;
  /** HAProxy is run by something else; undefined = by this role. */
  readonly external?: ExternalHaproxy | undefined;
  /** A template that replaces the shipped `templates/haproxy.cfg.hbs` (`--haproxy_template`). */
  readonly templatePath: string | undefined;
  /** The rules file (`--rules_file`); default `<workDir>/lb/rules.json`. */
  readonly rulesFile: string | undefined;
  /** `zk://…/path` where rules are shared (`--rules_zk`); instead of the file. */
  readonly rulesZk?: string | undefined;
  /** Files and directories (`--ssl_certs`); empty = one is made. */
  readonly certificates: readonly string[];
  /** What `HAPROXY_{n}_BIND_ADDR` may name besides `bindAddress`. */
  readonly bindAddresses: readonly string[];
  /** First and last port of each range; empty = all. */
  readonly servicePorts: readonly (readonly [number, number])[];
  /** First and last of the service ports that are assigned; null = none are. */
  readonly assignedPorts: readonly [number, number] | null;
  readonly groups: readonly string[];
  readonly isStrict: boolean;
  readonly settingsFrom: 'labels' | 'env' | 'both' | 'none';
  readonly templateLabels: boolean;
  readonly health: 'all' | 'any' | 'ignore';
  readonly defaultRule: 'path' | 'bamboo' | 'none';
  readonly emptyServices: 'keep' | 'refuse';
  readonly hostClaims: readonly HostClaim[];
  /** `--lb_statsd`, `--lb_statsd_prefix`. */
  readonly statsd?: StatsdTarget | undefined;
  readonly reloadIntervalMs: number;
  readonly hardStopAfterSeconds: number;
  readonly maxOldProcesses: number;
  readonly archivedConfigs: number;
}
