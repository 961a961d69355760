import type { TlsSource } from '../http/tls.js';
import type { MasterOptions } from '../mesos/master-access.js';
import type { ZooKeeperAddress } from '../zookeeper/address.js';
import type { CoreSettings } from './core/settings.js';
import type { Json } from './model/app-definition.js';

export type { TlsSource } from '../http/tls.js';

/** How the REST API is served. */
export interface HttpOptions {
  /** `--http_address`, else `--host`. */
  readonly host: string;
  readonly httpPort: number;
  /** `--disable_http`: only TLS. */
  readonly httpDisabled: boolean;
  readonly httpsHost: string;
  readonly httpsPort: number;
  /** Undefined: no TLS. */
  readonly tls: TlsSource | undefined;
  /** `--http_credentials user:password`: basic authentication for every path. */
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
  /** `--http_realm` */
  readonly realm: string;
  /** `--access_control_allow_origin`; `*` for any. Empty: no page of another origin may use the API. */
  readonly allowedOrigins: readonly string[];
  /** `--http_max_concurrent_requests`; undefined = no limit. Open event streams do not count. */
  readonly maxConcurrentRequests: number | undefined;
  /** `--http_compression` */
  readonly compression: boolean;
  /** `--http_max_request_bytes` */
  readonly maxRequestBytes: number;
  /** `--http_mount_prefix`, e.g. `/service/marathon`: the API answers below it as well as at the root. */
  readonly mountPrefix: string | undefined;
  /** `--assets_path`: a directory with another web UI. */
  readonly assetsPath: string | undefined;
}

/** Where metrics go besides `/metrics`. */
export interface MetricsOptions {
  /** `--metrics_name_prefix` */
  readonly namePrefix: string;
  /** `--metrics_prometheus` */
  readonly prometheus: boolean;
  /** `--metrics_seed_names`: `/metrics` in the names and the shape of Marathon 0.15. */
  readonly seedNames: boolean;
  /** `--metrics_statsd`, `--metrics_statsd_host`, `--metrics_statsd_port`, `--metrics_statsd_transmission_interval_ms` */
  readonly statsd: { readonly host: string; readonly port: number; readonly intervalMs: number } | undefined;
  /** `--metrics_datadog …` (protocol udp or api) and the seed era's `--reporter_datadog udp://host:port?prefix=…&interval=…&tags=a,b`. */
  readonly datadog:
    | {
        readonly protocol: 'udp';
        readonly host: string;
        readonly port: number;
        readonly intervalMs: number;
        readonly prefix: string;
        readonly tags: readonly string[];
      }
    | {
        readonly protocol: 'api';
        readonly url: string;
        readonly apiKey: string;
        readonly intervalMs: number;
        readonly prefix: string;
        readonly tags: readonly string[];
      }
    | undefined;
  /** `--reporter_graphite tcp://host:port?prefix=…&interval=…` */
  readonly graphite:
    | {
        readonly protocol: 'tcp' | 'udp';
        readonly host: string;
        readonly port: number;
        readonly intervalMs: number;
        readonly prefix: string;
      }
    | undefined;
}

/** How the Mesos masters are talked to. */
export interface MesosOptions extends MasterOptions {
  /** `--mesos_heartbeat_interval`, until the master names its own. */
  readonly heartbeatIntervalMs: number;
  /** `--mesos_heartbeat_failure_threshold` */
  readonly heartbeatFailureThreshold: number;
  /** `--checkpoint` */
  readonly checkpoint: boolean;
}

/** State and election in ZooKeeper. */
export interface ZooKeeperOptions {
  readonly address: ZooKeeperAddress;
  /** `--zk_session_timeout` */
  readonly sessionTimeoutMs: number;
  /** `--zk_timeout` */
  readonly requestTimeoutMs: number;
  /** `--zk_compression`, `--zk_compression_threshold` */
  readonly compression: { readonly enabled: boolean; readonly thresholdBytes: number };
  /** `--zk_max_concurrency` */
  readonly maxConcurrency: number;
}

/** `--leader_proxy_…`: how a scheduler that does not lead passes on what it is asked. */
export interface LeaderProxyOptions {
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly ignoreHostname: boolean;
  readonly maxOpenConnections: number;
}

/** Settings of `ekiden scheduler`. Names follow Marathon's flags; times are in milliseconds unless the name says otherwise. */
export interface SchedulerOptions extends CoreSettings, HttpOptions {
  /** What `X-Marathon-Leader` and `/v2/leader` show (`--hostname`). */
  readonly hostname: string;
  /** `--master`: `host:port` of each Mesos master, separated by commas, or where ZooKeeper tells of them (parseMasterAddress). */
  readonly master: string;
  readonly mesos: MesosOptions;
  /** `--zk`; undefined: the embedded store, and no election. */
  readonly zookeeper: ZooKeeperOptions | undefined;
  /** `--ha` with `--zk`: other schedulers may run, and one of them leads. */
  readonly ha: boolean;
  /** `--on_elected_prepare_timeout` */
  readonly prepareTimeoutMs: number;
  readonly leaderProxy: LeaderProxyOptions;
  /** `--backup_location`: where a backup goes when the leadership is given up and the request names no other place. */
  readonly backupLocation: string | undefined;
  /** The embedded store is kept in `<workDir>/scheduler`. */
  readonly workDir: string;
  readonly frameworkName: string;
  /** `--mesos_user`, by default whoever runs this process; undefined when that has no name. */
  readonly mesosUser: string | undefined;
  readonly failoverTimeoutSeconds: number;
  readonly webuiUrl: string | undefined;
  readonly maxConcurrentHealthChecks: number;
  readonly eventStreamMaxOutstandingMessages: number;
  /** `--event_subscriber http_callback` with its first `--http_endpoints`; undefined = no callbacks. */
  readonly httpCallback:
    | {
        readonly endpoints: readonly string[];
        /** `--http_event_callback_slow_consumer_timeout` */
        readonly slowConsumerTimeoutMs: number;
      }
    | undefined;
  /** `--artifact_max_bytes` of one artifact. */
  readonly artifactMaxBytes: number;
  /** `--acl_file`: who may do what. */
  readonly aclFile: string | undefined;
  /** `--plugin_dir` and `--plugin_conf`: both or none. */
  readonly plugins: { readonly directory: string; readonly configuration: string } | undefined;
  readonly metrics: MetricsOptions;
  /**
   * Every flag of Marathon's with its effective value, by its name (`http_port`), for `/v2/info` and `/config`. Secrets are
   * replaced before they get here; null = not given.
   */
  readonly flags: Readonly<Record<string, Json>>;
}
