import type { FetchUri, HealthCheck, PortDefinition, UpgradeStrategy } from '../../model/app-definition.js';
import type { ReadinessCheck } from '../../model/readiness.js';
import type {
  appUpdateSchema,
  checkSchema,
  containerSchema,
  dockerSchema,
  envSchema,
  healthCheckSchema,
  networkSchema,
  portDefinitionSchema,
  portMappingSchema,
  readinessCheckSchema,
  volumeSchema,
} from '../validate/app-schema.js';
import type { JsonOf } from '../validate/schema.js';

/*
 * An app as Marathon's JSON has it, after its types were checked: what core/validate/app-schema.ts describes, as types.
 */

export type NetworkJson = JsonOf<typeof networkSchema>;
export type PortDefinitionJson = JsonOf<typeof portDefinitionSchema>;
export type PortMappingJson = JsonOf<typeof portMappingSchema>;
export type VolumeJson = JsonOf<typeof volumeSchema>;
export type DockerJson = JsonOf<typeof dockerSchema>;
export type ContainerJson = JsonOf<typeof containerSchema>;
export type HealthCheckJson = JsonOf<typeof healthCheckSchema>;
export type ReadinessCheckJson = JsonOf<typeof readinessCheckSchema>;
export type CheckJson = JsonOf<typeof checkSchema>;
export type EnvJson = JsonOf<typeof envSchema>;

/** An app of a request, types checked. */
export type AppJson = JsonOf<typeof appUpdateSchema>;

type RequestOnly = 'id' | 'version' | 'ipAddress' | 'ports' | 'uris';

/** Members in Marathon's canonical (1.5+) form. */
export type CanonicalMembers = Omit<AppJson, RequestOnly>;

/** Members that only a request has: the old forms, and what the server decides. */
export type RequestMembers = Pick<AppJson, RequestOnly>;

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
  | 'requirePorts'
  | 'secrets'
  | 'storeUrls'
  | 'killSelection'
  | 'role'
> & {
  readonly id: string;
  readonly networks: readonly Filled<NetworkJson, 'mode'>[];
  readonly portDefinitions: readonly PortDefinition[];
  readonly healthChecks: readonly HealthCheck[];
  readonly readinessChecks: readonly ReadinessCheck[];
  readonly upgradeStrategy: UpgradeStrategy;
  readonly unreachableStrategy:
    'disabled' | { readonly inactiveAfterSeconds: number; readonly expungeAfterSeconds: number };
  readonly fetch: readonly FetchUri[];
  /** As given; resolved against the root when the rules hold. */
  readonly dependencies: readonly string[];
};
