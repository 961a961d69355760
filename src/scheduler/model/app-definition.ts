import type { PathId } from '../../common/path-id.js';
import type { Check } from './check.js';
import type { ReadinessCheck } from './readiness.js';
import type { Container, Network } from './container.js';

/** ISO 8601 with exactly three fraction digits, UTC (`2014-03-01T23:29:30.158Z`): Marathon's timestamps and versions. They compare as strings. */
export type Timestamp = string;

export interface PortDefinition {
  /** Host port if `requirePorts`, else the service port; 0 = assigned. After service port assignment never 0. */
  readonly port: number;
  /** `tcp`, `udp` or `udp,tcp`. */
  readonly protocol: string;
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface FetchUri {
  readonly uri: string;
  readonly extract: boolean;
  readonly executable: boolean;
  readonly cache: boolean;
  readonly destPath?: string;
}

export type HealthCheckProtocol = 'HTTP' | 'HTTPS' | 'TCP' | 'COMMAND' | 'MESOS_HTTP' | 'MESOS_HTTPS' | 'MESOS_TCP';

export interface HealthCheck {
  readonly protocol: HealthCheckProtocol;
  /** HTTP(S) only. */
  readonly path?: string;
  readonly portIndex?: number;
  readonly port?: number;
  readonly command?: { readonly value: string };
  readonly gracePeriodSeconds: number;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** 0 = never kill. */
  readonly maxConsecutiveFailures: number;
  readonly delaySeconds: number;
  readonly ignoreHttp1xx: boolean;
  readonly ipProtocol: 'IPv4' | 'IPv6';
}

export interface UpgradeStrategy {
  /** 0..1 of `instances` that must stay healthy. */
  readonly minimumHealthCapacity: number;
  /** 0..1 of `instances` that may run on top. */
  readonly maximumOverCapacity: number;
}

/** What may be used beyond what was asked for, memory in MiB; `unlimited` = as much as there is. */
export interface ResourceLimits {
  readonly cpus?: number | 'unlimited';
  readonly memMib?: number | 'unlimited';
}

/** What a custom executor takes beside its task. */
export interface ExecutorResources {
  readonly cpus: number;
  readonly memMib: number;
  readonly diskMib: number;
}

export interface VersionInfo {
  readonly lastScalingAt: Timestamp;
  readonly lastConfigChangeAt: Timestamp;
}

/** A JSON value of a field that is stored and echoed, and not read by the core. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * An app in Marathon's canonical (1.5+) form: defaults filled in, old input forms converted. Optional members are absent
 * when they have no value. Immutable: a change makes a new version.
 */
export interface AppDefinition {
  readonly id: PathId;
  readonly cmd?: string;
  readonly args: readonly string[];
  readonly user?: string;
  readonly env: Readonly<Record<string, string>>;
  /** Variables that get the value of a secret: its name in `secrets` by the name of the variable. */
  readonly secretEnv?: Readonly<Record<string, string>>;
  /** Where the secrets are that the app uses, by the names that it gives them; their values are known to agents only. */
  readonly secrets?: Readonly<Record<string, { readonly source: string }>>;
  readonly instances: number;
  readonly cpus: number;
  readonly memMib: number;
  readonly diskMib: number;
  readonly gpus: number;
  /** Empty = that of `--executor`; `//cmd` = the command executor of Mesos; else the path of one. */
  readonly executor: string;
  readonly executorResources?: ExecutorResources;
  readonly resourceLimits?: ResourceLimits;
  /** Whether tasks get a terminal. */
  readonly tty?: boolean;
  readonly fetch: readonly FetchUri[];
  readonly portDefinitions: readonly PortDefinition[];
  readonly requirePorts: boolean;
  readonly healthChecks: readonly HealthCheck[];
  readonly check?: Check;
  readonly labels: Readonly<Record<string, string>>;
  readonly acceptedResourceRoles?: readonly string[];
  readonly role: string;
  readonly backoffSeconds: number;
  readonly backoffFactor: number;
  readonly maxLaunchDelaySeconds: number;
  readonly taskKillGracePeriodSeconds?: number;
  readonly upgradeStrategy: UpgradeStrategy;
  readonly unreachableStrategy:
    'disabled' | { readonly inactiveAfterSeconds: number; readonly expungeAfterSeconds: number };
  readonly killSelection: 'YOUNGEST_FIRST' | 'OLDEST_FIRST';
  readonly container?: Container;
  readonly networks: readonly Network[];
  /** At most one. */
  readonly readinessChecks: readonly ReadinessCheck[];
  /** `[field, operator]` or `[field, operator, value]` each (marathon.md §10). */
  readonly constraints: readonly (readonly string[])[];
  /** Absolute ids of apps, pods or groups that must be up before this app. */
  readonly dependencies: readonly PathId[];
  /** URLs whose content is put into the artifact store before the app is started, and fetched by its tasks from there (Marathon 0.x). */
  readonly storeUrls: readonly string[];
  readonly version: Timestamp;
  readonly versionInfo: VersionInfo;
}
