import type {
  FetchUri,
  HealthCheck,
  HealthCheckProtocol,
  PortDefinition,
  UpgradeStrategy,
} from '../../model/app-definition.js';

/*
 * An app as Marathon's JSON has it, after its types were checked (core/validate/app-schema.ts). Type aliases, not interfaces,
 * so that they are assignable to `Json`.
 */

type Texts = Readonly<Record<string, string>>;

export type NetworkJson = {
  readonly name?: string;
  readonly mode?: 'container' | 'container/bridge' | 'host';
  readonly labels?: Texts;
};

export type PortDefinitionJson = {
  readonly port?: number;
  readonly labels?: Texts;
  readonly name?: string;
  readonly protocol?: string;
};

export type PortMappingJson = {
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly labels?: Texts;
  readonly name?: string;
  readonly protocol?: string;
  readonly servicePort?: number;
  readonly networkNames?: readonly string[];
};

export type VolumeJson = {
  readonly containerPath: string;
  readonly hostPath?: string;
  readonly mode?: 'RO' | 'RW';
  readonly secret?: string;
  readonly persistent?: {
    readonly type?: 'root' | 'path' | 'mount';
    readonly size: number;
    readonly maxSize?: number;
    readonly profileName?: string;
    readonly constraints?: readonly (readonly string[])[];
  };
  readonly external?: {
    readonly size?: number;
    readonly name?: string;
    readonly provider?: string;
    readonly options?: Readonly<Record<string, string | Readonly<Record<string, string | readonly string[]>>>>;
    readonly shared?: boolean;
  };
};

export type DockerJson = {
  readonly image: string;
  readonly privileged?: boolean;
  readonly parameters?: readonly { readonly key: string; readonly value: string }[];
  readonly forcePullImage?: boolean;
  readonly pullConfig?: { readonly secret: string };
  readonly credential?: { readonly principal?: string; readonly secret?: string };
  readonly network?: 'BRIDGE' | 'HOST' | 'NONE' | 'USER';
  readonly portMappings?: readonly PortMappingJson[];
};

export type ContainerJson = {
  readonly type?: 'MESOS' | 'DOCKER';
  readonly docker?: DockerJson;
  readonly linuxInfo?: {
    readonly seccomp?: { readonly profileName?: string; readonly unconfined?: boolean };
    readonly ipcInfo?: { readonly mode: 'PRIVATE' | 'SHARE_PARENT'; readonly shmSize?: number };
  };
  readonly volumes?: readonly VolumeJson[];
  readonly portMappings?: readonly PortMappingJson[];
};

export type HealthCheckJson = {
  readonly command?: { readonly value: string };
  readonly gracePeriodSeconds?: number;
  readonly ignoreHttp1xx?: boolean;
  readonly intervalSeconds?: number;
  readonly maxConsecutiveFailures?: number;
  readonly path?: string;
  readonly port?: number;
  readonly portIndex?: number;
  readonly protocol?: HealthCheckProtocol;
  readonly ipProtocol?: 'IPv4' | 'IPv6';
  readonly timeoutSeconds?: number;
  readonly delaySeconds?: number;
};

export type ReadinessCheckJson = {
  readonly name?: string;
  readonly protocol?: 'HTTP' | 'HTTPS';
  readonly path?: string;
  readonly portName?: string;
  readonly intervalSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly httpStatusCodesForReady?: readonly number[];
  readonly preserveLastResponse?: boolean;
};

export type CheckJson = {
  readonly http?: {
    readonly portIndex?: number;
    readonly port?: number;
    readonly path?: string;
    readonly scheme?: string;
  };
  readonly tcp?: { readonly portIndex?: number; readonly port?: number };
  readonly exec?: { readonly command?: { readonly shell?: string; readonly argv?: readonly string[] } };
  readonly intervalSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly delaySeconds?: number;
};

export type EnvJson = Readonly<Record<string, string | { readonly secret: string }>>;

/** Members in Marathon's canonical (1.5+) form. */
export type CanonicalMembers = {
  readonly acceptedResourceRoles?: readonly string[];
  readonly args?: readonly string[];
  readonly backoffFactor?: number;
  readonly backoffSeconds?: number;
  readonly cmd?: string;
  readonly constraints?: readonly (readonly string[])[];
  readonly container?: ContainerJson;
  readonly cpus?: number;
  readonly dependencies?: readonly string[];
  readonly disk?: number;
  readonly env?: EnvJson;
  readonly executor?: string;
  readonly executorResources?: { readonly cpus?: number; readonly mem?: number; readonly disk?: number };
  readonly fetch?: readonly {
    readonly uri: string;
    readonly extract?: boolean;
    readonly executable?: boolean;
    readonly cache?: boolean;
    readonly destPath?: string;
  }[];
  readonly healthChecks?: readonly HealthCheckJson[];
  readonly check?: CheckJson;
  readonly instances?: number;
  readonly labels?: Texts;
  readonly maxLaunchDelaySeconds?: number;
  readonly mem?: number;
  readonly gpus?: number;
  readonly networks?: readonly NetworkJson[];
  readonly portDefinitions?: readonly PortDefinitionJson[];
  readonly readinessChecks?: readonly ReadinessCheckJson[];
  readonly resourceLimits?: { readonly cpus?: number | 'unlimited'; readonly mem?: number | 'unlimited' };
  readonly requirePorts?: boolean;
  readonly secrets?: Readonly<Record<string, { readonly source: string }>>;
  readonly taskKillGracePeriodSeconds?: number;
  readonly upgradeStrategy?: { readonly maximumOverCapacity?: number; readonly minimumHealthCapacity?: number };
  readonly user?: string;
  readonly killSelection?: 'YOUNGEST_FIRST' | 'OLDEST_FIRST';
  readonly unreachableStrategy?:
    'disabled' | { readonly inactiveAfterSeconds?: number; readonly expungeAfterSeconds?: number };
  readonly tty?: boolean;
  readonly role?: string;
};

/** Members that only a request has: the old forms, and what the server decides. */
export type RequestMembers = {
  readonly id?: string;
  readonly version?: string;
  readonly ipAddress?: {
    readonly discovery?: {
      readonly ports?: readonly {
        readonly number?: number;
        readonly name: string;
        readonly protocol?: string;
        readonly labels?: Texts;
      }[];
    };
    readonly groups?: readonly string[];
    readonly labels?: Texts;
    readonly networkName?: string;
  };
  readonly ports?: readonly number[];
  readonly uris?: readonly string[];
};

/** An app of a request, types checked. */
export type AppJson = CanonicalMembers & RequestMembers;

type Filled<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]-?: NonNullable<T[P]> };

/** An app in canonical form with every default filled in: what rules are checked on and what the model is made of. */
export type CanonicalApp = Filled<
  Omit<
    CanonicalMembers,
    'networks' | 'portDefinitions' | 'healthChecks' | 'upgradeStrategy' | 'fetch' | 'dependencies'
  >,
  | 'args'
  | 'backoffFactor'
  | 'backoffSeconds'
  | 'constraints'
  | 'cpus'
  | 'disk'
  | 'env'
  | 'executor'
  | 'instances'
  | 'labels'
  | 'maxLaunchDelaySeconds'
  | 'mem'
  | 'gpus'
  | 'readinessChecks'
  | 'requirePorts'
  | 'secrets'
  | 'killSelection'
  | 'role'
> & {
  readonly id: string;
  readonly networks: readonly Filled<NetworkJson, 'mode'>[];
  readonly portDefinitions: readonly PortDefinition[];
  readonly healthChecks: readonly HealthCheck[];
  readonly upgradeStrategy: UpgradeStrategy;
  readonly unreachableStrategy:
    'disabled' | { readonly inactiveAfterSeconds: number; readonly expungeAfterSeconds: number };
  readonly fetch: readonly FetchUri[];
  /** As given; resolved against the root when the rules hold. */
  readonly dependencies: readonly string[];
};
