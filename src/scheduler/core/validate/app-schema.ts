import type { Pattern, Schema } from './schema.js';

const int32Max = 2_147_483_647;

const text: Schema = { type: 'string' };
const nonEmpty: Schema = { type: 'string', minLength: 1 };
const flag: Schema = { type: 'boolean' };
const labels: Schema = { type: 'map', values: text };
const seconds: Schema = { type: 'integer', minimum: 0, maximum: int32Max };
const longSeconds: Schema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const anyPort: Schema = { type: 'integer', minimum: 0, maximum: 65_535 };
const sizeMib: Schema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const httpPath: Schema = { type: 'string', minLength: 1, maxLength: 1024 };
const protocol: Schema = { type: 'string', enum: ['tcp', 'udp', 'udp,tcp'] };

const oneOf = (...values: string[]): Schema => ({ type: 'string', enum: values });
const listOf = (items: Schema): Schema => ({ type: 'array', items });
const setOf = (items: Schema): Schema => ({ type: 'array', items, uniqueItems: true });
const amount = (minimum: number, maximum?: number): Schema => ({
  type: 'number',
  minimum,
  ...(maximum === undefined ? {} : { maximum }),
});
const object = (properties: Readonly<Record<string, Schema>>, required?: readonly string[]): Schema => ({
  type: 'object',
  properties,
  ...(required === undefined ? {} : { required }),
});

const portName: Schema = {
  type: 'string',
  minLength: 1,
  pattern: { expression: /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/, text: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
};
const networkName: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: 63,
  pattern: { expression: /^[a-z0-9](?:[-a-z0-9_]*[a-z0-9])?$/, text: '^[a-z0-9]([-a-z0-9_]*[a-z0-9])?$' },
};
const executorPattern: Pattern = {
  expression: /^(?:\/\/cmd|\/?[^/]+(?:\/[^/]+)*)?$/,
  text: '^(//cmd)|(/?[^/]+(/[^/]+)*)|$',
};

const portMapping = object({
  containerPort: anyPort,
  hostPort: anyPort,
  labels,
  name: portName,
  protocol,
  servicePort: anyPort,
  networkNames: listOf(networkName),
});

/** Constraints are checked by their own rule, which says more than a length error. */
const constraints = setOf(listOf(text));

const volume = object(
  {
    containerPath: nonEmpty,
    hostPath: nonEmpty,
    mode: oneOf('RO', 'RW'),
    secret: nonEmpty,
    persistent: object(
      {
        type: oneOf('root', 'path', 'mount'),
        size: sizeMib,
        maxSize: sizeMib,
        profileName: text,
        constraints,
      },
      ['size'],
    ),
    external: object({
      size: sizeMib,
      name: text,
      provider: text,
      options: {
        type: 'map',
        // dvdi: names to texts; csi: also maps (volumeContext, capability)
        values: {
          type: 'either',
          of: [text, { type: 'map', values: { type: 'either', of: [text, listOf(text)] } }],
        },
      },
      shared: flag,
    }),
  },
  ['containerPath'],
);

const container = object({
  type: oneOf('MESOS', 'DOCKER'),
  docker: object(
    {
      image: nonEmpty,
      privileged: flag,
      parameters: listOf(object({ key: nonEmpty, value: text }, ['key', 'value'])),
      forcePullImage: flag,
      pullConfig: object({ secret: nonEmpty }, ['secret']),
      credential: object({ principal: text, secret: text }),
      network: oneOf('BRIDGE', 'HOST', 'NONE', 'USER'),
      portMappings: listOf(portMapping),
    },
    ['image'],
  ),
  linuxInfo: object({
    seccomp: object({ profileName: text, unconfined: flag }),
    ipcInfo: object({ mode: oneOf('PRIVATE', 'SHARE_PARENT'), shmSize: amount(0) }, ['mode']),
  }),
  volumes: listOf(volume),
  portMappings: listOf(portMapping),
});

const checkCommand = object({
  command: object({ shell: nonEmpty, argv: { type: 'array', items: text, minItems: 1 } }),
});

const resourceLimit: Schema = { type: 'either', of: [{ type: 'number' }, oneOf('unlimited')] };

/** The members of an app in a request body, old forms included. Defaults and everything beyond types come later. */
export const appProperties = {
  id: text,
  acceptedResourceRoles: setOf(text),
  args: listOf(text),
  backoffFactor: amount(1),
  backoffSeconds: seconds,
  cmd: nonEmpty,
  constraints,
  container,
  // RAML says 0.001, Marathon's own tests 0.0001; nothing depends on a lower bound but the sign
  cpus: amount(0),
  dependencies: setOf(text),
  disk: amount(0),
  env: { type: 'map', values: { type: 'either', of: [text, object({ secret: text }, ['secret'])] } },
  executor: { type: 'string', pattern: executorPattern },
  executorResources: object({ cpus: amount(0.1), mem: amount(32), disk: amount(10) }),
  fetch: listOf(
    object(
      {
        uri: { type: 'string', minLength: 1, maxLength: 1024 },
        extract: flag,
        executable: flag,
        cache: flag,
        destPath: httpPath,
      },
      ['uri'],
    ),
  ),
  healthChecks: setOf(
    object({
      command: object({ value: text }, ['value']),
      gracePeriodSeconds: seconds,
      ignoreHttp1xx: flag,
      intervalSeconds: seconds,
      maxConsecutiveFailures: seconds,
      path: text,
      port: anyPort,
      portIndex: anyPort,
      protocol: oneOf('HTTP', 'HTTPS', 'TCP', 'COMMAND', 'MESOS_TCP', 'MESOS_HTTP', 'MESOS_HTTPS'),
      ipProtocol: oneOf('IPv4', 'IPv6'),
      timeoutSeconds: seconds,
      delaySeconds: seconds,
    }),
  ),
  check: object({
    http: object({ portIndex: anyPort, port: anyPort, path: httpPath, scheme: oneOf('HTTP', 'HTTPS') }),
    tcp: object({ portIndex: anyPort, port: anyPort }),
    exec: checkCommand,
    intervalSeconds: seconds,
    timeoutSeconds: seconds,
    delaySeconds: seconds,
  }),
  instances: { type: 'integer', minimum: 0, maximum: int32Max },
  labels,
  maxLaunchDelaySeconds: seconds,
  mem: amount(0),
  gpus: { type: 'integer', minimum: 0, maximum: int32Max },
  ipAddress: object({
    discovery: object({
      ports: listOf(object({ number: anyPort, name: portName, protocol, labels }, ['name'])),
    }),
    groups: setOf(text),
    labels,
    networkName,
  }),
  networks: listOf(object({ name: networkName, mode: oneOf('container', 'container/bridge', 'host'), labels })),
  ports: listOf(anyPort),
  portDefinitions: listOf(object({ port: anyPort, labels, name: portName, protocol })),
  readinessChecks: listOf(
    object({
      name: nonEmpty,
      protocol: oneOf('HTTP', 'HTTPS'),
      path: httpPath,
      portName,
      intervalSeconds: seconds,
      timeoutSeconds: { type: 'integer', minimum: 1, maximum: int32Max },
      httpStatusCodesForReady: {
        type: 'array',
        items: { type: 'integer', minimum: 100, maximum: 999 },
        minItems: 1,
        uniqueItems: true,
      },
      preserveLastResponse: flag,
    }),
  ),
  resourceLimits: object({ cpus: resourceLimit, mem: resourceLimit }),
  requirePorts: flag,
  secrets: { type: 'map', values: object({ source: nonEmpty }, ['source']) },
  taskKillGracePeriodSeconds: seconds,
  upgradeStrategy: object({ maximumOverCapacity: amount(0, 1), minimumHealthCapacity: amount(0, 1) }),
  uris: listOf({ type: 'string', minLength: 1, maxLength: 1024 }),
  user: text,
  version: text,
  killSelection: oneOf('YOUNGEST_FIRST', 'OLDEST_FIRST'),
  unreachableStrategy: {
    type: 'either',
    of: [object({ inactiveAfterSeconds: longSeconds, expungeAfterSeconds: longSeconds }), oneOf('disabled')],
  },
  tty: flag,
  role: nonEmpty,
} as const satisfies Readonly<Record<string, Schema>>;

/** An app in a PUT or PATCH: every member may be absent. */
export const appUpdateSchema: Schema = object(appProperties);

/** An app in a POST: the id is required. */
export const appSchema: Schema = object(appProperties, ['id']);
