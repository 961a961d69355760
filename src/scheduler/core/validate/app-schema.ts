import { Type } from 'typebox';
import type { TSchema } from 'typebox';
import { defineSchema } from './schema.js';

// The `$id`s are the names under which these schemas are published.

const int32Max = 2_147_483_647;

const text = Type.String();
const nonEmpty = Type.String({ minLength: 1 });
const flag = Type.Boolean();
const seconds = Type.Integer({ minimum: 0, maximum: int32Max });
const longSeconds = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const anyPort = Type.Integer({ minimum: 0, maximum: 65_535 });
const sizeMib = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const shmSizeMib = Type.Integer({ minimum: 0, maximum: int32Max });
const location = Type.String({ minLength: 1, maxLength: 1024 });

const mapOf = <S extends TSchema>(values: S) => Type.Record(Type.String(), values);
const setOf = <S extends TSchema>(items: S) => Type.Array(items, { uniqueItems: true });
const oneOf = <V extends string[]>(...values: [...V]) => Type.Enum(values, { type: 'string' });
const amount = (minimum: number, maximum?: number) =>
  Type.Number(maximum === undefined ? { minimum } : { minimum, maximum });

const labels = mapOf(text);
const protocol = oneOf('tcp', 'udp', 'udp,tcp');
const portName = Type.String({
  minLength: 1,
  pattern: '^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$',
  'x-shownPattern': '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
});
const networkName = Type.String({
  minLength: 1,
  maxLength: 63,
  pattern: '^[a-z0-9](?:[-a-z0-9_]*[a-z0-9])?$',
  'x-shownPattern': '^[a-z0-9]([-a-z0-9_]*[a-z0-9])?$',
});

export const networkSchema = Type.Object(
  {
    name: Type.Optional(networkName),
    mode: Type.Optional(oneOf('container', 'container/bridge', 'host')),
    labels: Type.Optional(labels),
  },
  { $id: 'Network' },
);

export const portDefinitionSchema = Type.Object(
  {
    port: Type.Optional(anyPort),
    labels: Type.Optional(labels),
    name: Type.Optional(portName),
    protocol: Type.Optional(protocol),
  },
  { $id: 'PortDefinition' },
);

export const portMappingSchema = Type.Object(
  {
    containerPort: Type.Optional(anyPort),
    hostPort: Type.Optional(anyPort),
    labels: Type.Optional(labels),
    name: Type.Optional(portName),
    protocol: Type.Optional(protocol),
    servicePort: Type.Optional(anyPort),
    networkNames: Type.Optional(Type.Array(networkName)),
  },
  { $id: 'PortMapping' },
);

/** Constraints are checked by their own rule, which says more than a length error. */
const constraints = setOf(Type.Array(text));

export const volumeSchema = Type.Object(
  {
    containerPath: nonEmpty,
    hostPath: Type.Optional(nonEmpty),
    mode: Type.Optional(oneOf('RO', 'RW')),
    secret: Type.Optional(nonEmpty),
    persistent: Type.Optional(
      Type.Object({
        type: Type.Optional(oneOf('root', 'path', 'mount')),
        size: sizeMib,
        maxSize: Type.Optional(sizeMib),
        profileName: Type.Optional(text),
        constraints: Type.Optional(constraints),
      }),
    ),
    external: Type.Optional(
      Type.Object({
        size: Type.Optional(sizeMib),
        name: Type.Optional(text),
        provider: Type.Optional(text),
        // dvdi: names to texts; csi: also maps (volumeContext, capability)
        options: Type.Optional(mapOf(Type.Union([text, mapOf(Type.Union([text, Type.Array(text)]))]))),
        shared: Type.Optional(flag),
      }),
    ),
  },
  { $id: 'Volume' },
);

export const dockerSchema = Type.Object(
  {
    image: nonEmpty,
    privileged: Type.Optional(flag),
    parameters: Type.Optional(Type.Array(Type.Object({ key: nonEmpty, value: text }))),
    forcePullImage: Type.Optional(flag),
    pullConfig: Type.Optional(Type.Object({ secret: nonEmpty })),
    credential: Type.Optional(Type.Object({ principal: Type.Optional(text), secret: Type.Optional(text) })),
    network: Type.Optional(oneOf('BRIDGE', 'HOST', 'NONE', 'USER')),
    portMappings: Type.Optional(Type.Array(portMappingSchema)),
  },
  { $id: 'Docker' },
);

export const containerSchema = Type.Object(
  {
    type: Type.Optional(oneOf('MESOS', 'DOCKER')),
    docker: Type.Optional(dockerSchema),
    linuxInfo: Type.Optional(
      Type.Object({
        seccomp: Type.Optional(Type.Object({ profileName: Type.Optional(text), unconfined: Type.Optional(flag) })),
        ipcInfo: Type.Optional(
          Type.Object({ mode: oneOf('PRIVATE', 'SHARE_PARENT'), shmSize: Type.Optional(shmSizeMib) }),
        ),
      }),
    ),
    volumes: Type.Optional(Type.Array(volumeSchema)),
    portMappings: Type.Optional(Type.Array(portMappingSchema)),
  },
  { $id: 'Container' },
);

const fetchSchema = Type.Object(
  {
    uri: location,
    extract: Type.Optional(flag),
    executable: Type.Optional(flag),
    cache: Type.Optional(flag),
    destPath: Type.Optional(location),
  },
  { $id: 'Fetch' },
);

export const healthCheckSchema = Type.Object(
  {
    command: Type.Optional(Type.Object({ value: text })),
    gracePeriodSeconds: Type.Optional(seconds),
    ignoreHttp1xx: Type.Optional(flag),
    intervalSeconds: Type.Optional(seconds),
    maxConsecutiveFailures: Type.Optional(seconds),
    path: Type.Optional(text),
    port: Type.Optional(anyPort),
    portIndex: Type.Optional(anyPort),
    protocol: Type.Optional(oneOf('HTTP', 'HTTPS', 'TCP', 'COMMAND', 'MESOS_TCP', 'MESOS_HTTP', 'MESOS_HTTPS')),
    ipProtocol: Type.Optional(oneOf('IPv4', 'IPv6')),
    timeoutSeconds: Type.Optional(seconds),
    delaySeconds: Type.Optional(seconds),
  },
  { $id: 'HealthCheck' },
);

export const checkSchema = Type.Object(
  {
    http: Type.Optional(
      Type.Object({
        portIndex: Type.Optional(anyPort),
        port: Type.Optional(anyPort),
        path: Type.Optional(location),
        scheme: Type.Optional(oneOf('HTTP', 'HTTPS')),
      }),
    ),
    tcp: Type.Optional(Type.Object({ portIndex: Type.Optional(anyPort), port: Type.Optional(anyPort) })),
    exec: Type.Optional(
      Type.Object({
        command: Type.Optional(
          Type.Object({
            shell: Type.Optional(nonEmpty),
            argv: Type.Optional(Type.Array(text, { minItems: 1 })),
          }),
        ),
      }),
    ),
    intervalSeconds: Type.Optional(seconds),
    timeoutSeconds: Type.Optional(seconds),
    delaySeconds: Type.Optional(seconds),
  },
  { $id: 'Check' },
);

export const readinessCheckSchema = Type.Object(
  {
    name: Type.Optional(nonEmpty),
    protocol: Type.Optional(oneOf('HTTP', 'HTTPS')),
    path: Type.Optional(location),
    portName: Type.Optional(portName),
    intervalSeconds: Type.Optional(seconds),
    timeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: int32Max })),
    httpStatusCodesForReady: Type.Optional(
      Type.Array(Type.Integer({ minimum: 100, maximum: 999 }), { minItems: 1, uniqueItems: true }),
    ),
    preserveLastResponse: Type.Optional(flag),
  },
  { $id: 'ReadinessCheck' },
);

export const envSchema = mapOf(Type.Union([text, Type.Object({ secret: text })]));

/** How a container's own address was written before 1.5. */
const ipAddressSchema = Type.Object(
  {
    discovery: Type.Optional(
      Type.Object({
        ports: Type.Optional(
          Type.Array(
            Type.Object({
              number: Type.Optional(anyPort),
              name: portName,
              protocol: Type.Optional(protocol),
              labels: Type.Optional(labels),
            }),
          ),
        ),
      }),
    ),
    groups: Type.Optional(setOf(text)),
    labels: Type.Optional(labels),
    networkName: Type.Optional(networkName),
  },
  { $id: 'OldIpAddress' },
);

const upgradeStrategySchema = Type.Object(
  {
    maximumOverCapacity: Type.Optional(amount(0, 1)),
    minimumHealthCapacity: Type.Optional(amount(0, 1)),
  },
  { $id: 'UpgradeStrategy' },
);

const resourceLimit = Type.Union([Type.Number(), oneOf('unlimited')]);

/** The members of an app in a request body, old forms included. Defaults and everything beyond types come later. */
export const appProperties = {
  id: Type.Optional(text),
  acceptedResourceRoles: Type.Optional(setOf(text)),
  args: Type.Optional(Type.Array(text)),
  backoffFactor: Type.Optional(amount(1)),
  backoffSeconds: Type.Optional(seconds),
  cmd: Type.Optional(nonEmpty),
  constraints: Type.Optional(constraints),
  container: Type.Optional(containerSchema),
  // RAML says 0.001, Marathon's own tests 0.0001; nothing depends on a lower bound but the sign
  cpus: Type.Optional(amount(0)),
  dependencies: Type.Optional(setOf(text)),
  disk: Type.Optional(amount(0)),
  env: Type.Optional(envSchema),
  executor: Type.Optional(
    Type.String({
      pattern: '^(?:\\/\\/cmd|\\/?[^/]+(?:\\/[^/]+)*)?$',
      'x-shownPattern': '^(//cmd)|(/?[^/]+(/[^/]+)*)|$',
    }),
  ),
  executorResources: Type.Optional(
    Type.Object({
      cpus: Type.Optional(amount(0.1)),
      mem: Type.Optional(amount(32)),
      disk: Type.Optional(amount(10)),
    }),
  ),
  fetch: Type.Optional(Type.Array(fetchSchema)),
  healthChecks: Type.Optional(setOf(healthCheckSchema)),
  check: Type.Optional(checkSchema),
  instances: Type.Optional(Type.Integer({ minimum: 0, maximum: int32Max })),
  labels: Type.Optional(labels),
  maxLaunchDelaySeconds: Type.Optional(seconds),
  mem: Type.Optional(amount(0)),
  gpus: Type.Optional(Type.Integer({ minimum: 0, maximum: int32Max })),
  ipAddress: Type.Optional(ipAddressSchema),
  networks: Type.Optional(Type.Array(networkSchema)),
  ports: Type.Optional(Type.Array(anyPort)),
  portDefinitions: Type.Optional(Type.Array(portDefinitionSchema)),
  readinessChecks: Type.Optional(Type.Array(readinessCheckSchema)),
  resourceLimits: Type.Optional(Type.Object({ cpus: Type.Optional(resourceLimit), mem: Type.Optional(resourceLimit) })),
  requirePorts: Type.Optional(flag),
  secrets: Type.Optional(mapOf(Type.Object({ source: nonEmpty }))),
  storeUrls: Type.Optional(Type.Array(location)),
  taskKillGracePeriodSeconds: Type.Optional(seconds),
  upgradeStrategy: Type.Optional(upgradeStrategySchema),
  uris: Type.Optional(Type.Array(location)),
  user: Type.Optional(text),
  version: Type.Optional(text),
  killSelection: Type.Optional(oneOf('YOUNGEST_FIRST', 'OLDEST_FIRST')),
  unreachableStrategy: Type.Optional(
    Type.Union([
      Type.Object({
        inactiveAfterSeconds: Type.Optional(longSeconds),
        expungeAfterSeconds: Type.Optional(longSeconds),
      }),
      oneOf('disabled'),
    ]),
  ),
  tty: Type.Optional(flag),
  role: Type.Optional(nonEmpty),
};

/** An app in a PUT or PATCH: every member may be absent. */
export const appUpdateSchema = defineSchema(Type.Object(appProperties, { $id: 'AppUpdate' }));

/** An app in a POST: the id is required. */
export const appSchema = defineSchema(Type.Object({ ...appProperties, id: text }, { $id: 'App' }));
