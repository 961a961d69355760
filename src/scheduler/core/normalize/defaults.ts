import type { HealthCheck } from '../../model/app-definition.js';
import type {
  CanonicalApp,
  CanonicalMembers,
  ContainerJson,
  HealthCheckJson,
  NetworkJson,
  PortMappingJson,
} from './app-json.js';
import { isHostNetworking } from './old-forms.js';
import type { DefinitionOptions } from './options.js';

/** Label of an app of which never more than one instance may run, not even for a moment. */
export const singleInstanceLabel = 'MARATHON_SINGLE_INSTANCE_APP';

export function isSingleInstance(labels: Readonly<Record<string, string>>): boolean {
  return Object.hasOwn(labels, singleInstanceLabel) && labels[singleInstanceLabel] === 'true';
}

/** Whether tasks of this app keep data that two of them must not write at once. */
export function hasVolumesOfItsOwn(container: ContainerJson | undefined): boolean {
  return container?.volumes?.some((v) => v.persistent !== undefined || v.external !== undefined) === true;
}

export function isResident(container: ContainerJson | undefined): boolean {
  return container?.volumes?.some((v) => v.persistent !== undefined) === true;
}

/**
 * The engine of a container: DOCKER unless it says otherwise. One that has volumes, ports or Linux settings but no image can only
 * mean MESOS (Marathon's own documentation writes it so); an empty one stays an incomplete DOCKER one.
 */
export function containerTypeOf({ type, docker, ...others }: ContainerJson): 'MESOS' | 'DOCKER' {
  return type ?? (docker === undefined && Object.keys(others).length > 0 ? 'MESOS' : 'DOCKER');
}

type Network = CanonicalApp['networks'][number];

function networkWithDefaults({ mode = 'container', name, labels }: NetworkJson, defaultName?: string): Network {
  const shownName = mode === 'container' ? (name ?? defaultName) : name;
  return {
    mode,
    ...(shownName === undefined ? {} : { name: shownName }),
    ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

function portMappingWithDefaults(mapping: PortMappingJson, isBridge: boolean): PortMappingJson {
  const hostPort = mapping.hostPort ?? (isBridge ? 0 : undefined);
  return {
    containerPort: mapping.containerPort ?? 0,
    ...(hostPort === undefined ? {} : { hostPort }),
    labels: mapping.labels ?? {},
    ...(mapping.name === undefined ? {} : { name: mapping.name }),
    protocol: mapping.protocol ?? 'tcp',
    servicePort: mapping.servicePort ?? 0,
    ...(mapping.networkNames === undefined || mapping.networkNames.length === 0
      ? {}
      : { networkNames: mapping.networkNames }),
  };
}

function containerWithDefaults(
  given: ContainerJson | undefined,
  networks: readonly Network[],
): ContainerJson | undefined {
  const isHost = isHostNetworking(networks);
  if (given === undefined && isHost) return undefined;
  const container: ContainerJson = given ?? { type: 'MESOS' };
  const isBridge = networks.some(({ mode }) => mode === 'container/bridge');
  const { docker } = container;
  const mappings = container.portMappings ?? (isHost ? undefined : [{ containerPort: 0, name: 'default' }]);
  return {
    type: containerTypeOf(container),
    ...(docker === undefined
      ? {}
      : {
          docker: {
            ...docker,
            privileged: docker.privileged ?? false,
            parameters: docker.parameters ?? [],
            forcePullImage: docker.forcePullImage ?? false,
          },
        }),
    ...(container.linuxInfo === undefined ? {} : { linuxInfo: container.linuxInfo }),
    volumes: container.volumes ?? [],
    // Without networks of its own a container has no mappings to show; some that were given are left for the rules to see
    ...(mappings === undefined || (isHost && mappings.length === 0)
      ? {}
      : { portMappings: mappings.map((m) => portMappingWithDefaults(m, isBridge)) }),
  };
}

function healthCheckWithDefaults(check: HealthCheckJson, hasPorts: boolean): HealthCheck {
  const protocol = check.protocol ?? 'HTTP';
  const isHttp = protocol === 'HTTP' || protocol === 'HTTPS' || protocol === 'MESOS_HTTP' || protocol === 'MESOS_HTTPS';
  const isCommand = protocol === 'COMMAND';
  const portIndex = check.portIndex ?? (check.port === undefined && hasPorts ? 0 : undefined);
  return {
    protocol,
    ...(isHttp ? { path: check.path === undefined || check.path === '' ? '/' : check.path } : {}),
    ...(isCommand || portIndex === undefined ? {} : { portIndex }),
    ...(isCommand || check.port === undefined ? {} : { port: check.port }),
    ...(isCommand && check.command !== undefined ? { command: check.command } : {}),
    gracePeriodSeconds: check.gracePeriodSeconds ?? 300,
    intervalSeconds: check.intervalSeconds ?? 60,
    timeoutSeconds: check.timeoutSeconds ?? 20,
    maxConsecutiveFailures: check.maxConsecutiveFailures ?? 3,
    delaySeconds: check.delaySeconds ?? 15,
    ignoreHttp1xx: isHttp && check.ignoreHttp1xx === true,
    ipProtocol: check.ipProtocol ?? 'IPv4',
  };
}

/** `upgradeStrategy` of an app that gives none: what its volumes or its single-instance label allow. */
function defaultUpgradeStrategy(app: CanonicalMembers): CanonicalApp['upgradeStrategy'] {
  if (isSingleInstance(app.labels ?? {})) return { minimumHealthCapacity: 0, maximumOverCapacity: 0 };
  if (hasVolumesOfItsOwn(app.container)) return { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 };
  return { minimumHealthCapacity: 1, maximumOverCapacity: 1 };
}

function defaultUnreachableStrategy(app: CanonicalMembers): CanonicalApp['unreachableStrategy'] {
  return isResident(app.container) ? 'disabled' : { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 };
}

/** Fills in Marathon's defaults (marathon.md §3.1, §4). Applied to its own result it changes nothing. */
export function withDefaults(id: string, app: CanonicalMembers, options: DefinitionOptions): CanonicalApp {
  const {
    args = [],
    backoffFactor = 1.15,
    backoffSeconds = 1,
    constraints = [],
    container: givenContainer,
    cpus = 1,
    dependencies = [],
    disk = 0,
    env = {},
    executor = '',
    fetch = [],
    gpus = 0,
    healthChecks = [],
    instances = 1,
    killSelection = 'YOUNGEST_FIRST',
    labels = {},
    maxLaunchDelaySeconds = 300,
    mem = 128,
    networks: givenNetworks = [],
    portDefinitions: givenPorts,
    readinessChecks = [],
    requirePorts = false,
    role = options.roles?.default ?? options.mesosRole,
    secrets = {},
    storeUrls = [],
    unreachableStrategy,
    upgradeStrategy,
    ...withoutDefault
  } = app;
  const networks = (givenNetworks.length === 0 ? [{ mode: 'host' as const }] : givenNetworks).map((n) =>
    networkWithDefaults(n, options.defaultNetworkName),
  );
  const isHost = isHostNetworking(networks);
  const container = containerWithDefaults(givenContainer, networks);
  const portDefinitions = (givenPorts ?? (isHost ? [{ port: 0, name: 'default' }] : [])).map((p) => ({
    port: p.port ?? 0,
    protocol: p.protocol ?? 'tcp',
    ...(p.name === undefined ? {} : { name: p.name }),
    labels: p.labels ?? {},
  }));
  const hasPorts = isHost ? portDefinitions.length > 0 : (container?.portMappings?.length ?? 0) > 0;
  const strategy = defaultUpgradeStrategy(app);
  // The copied members come last: an object that begins as a copy takes ten times as long to fill.
  return {
    id,
    args,
    backoffFactor,
    backoffSeconds,
    constraints,
    cpus,
    dependencies,
    disk,
    env,
    executor,
    fetch: fetch.map(({ uri, extract = true, executable = false, cache = false, destPath }) => ({
      uri,
      extract,
      executable,
      cache,
      ...(destPath === undefined ? {} : { destPath }),
    })),
    healthChecks: healthChecks.map((healthCheck) => healthCheckWithDefaults(healthCheck, hasPorts)),
    instances,
    labels,
    maxLaunchDelaySeconds,
    mem,
    gpus,
    networks,
    portDefinitions,
    readinessChecks: readinessChecks.map((readinessCheck) => ({
      name: 'readinessCheck',
      protocol: 'HTTP' as const,
      path: '/',
      portName: 'http-api',
      intervalSeconds: 30,
      timeoutSeconds: 10,
      httpStatusCodesForReady: [200],
      preserveLastResponse: false,
      ...readinessCheck,
    })),
    requirePorts: isHost && requirePorts,
    secrets,
    storeUrls,
    upgradeStrategy: {
      minimumHealthCapacity: upgradeStrategy?.minimumHealthCapacity ?? strategy.minimumHealthCapacity,
      maximumOverCapacity: upgradeStrategy?.maximumOverCapacity ?? strategy.maximumOverCapacity,
    },
    unreachableStrategy:
      unreachableStrategy === undefined
        ? defaultUnreachableStrategy(app)
        : unreachableStrategy === 'disabled'
          ? 'disabled'
          : { inactiveAfterSeconds: 0, expungeAfterSeconds: 0, ...unreachableStrategy },
    killSelection,
    role,
    ...(container === undefined ? {} : { container }),
    ...withoutDefault,
  };
}
