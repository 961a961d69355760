import { Type } from 'typebox';
import { defineSchema } from '../schema.js';
import type { JsonOf } from '../schema.js';

const int32Max = 2_147_483_647;

const oneOf = <V extends string[]>(...values: [...V]) => Type.Enum(values, { type: 'string' });

const nonEmpty = Type.String({ minLength: 1 });
const labels = Type.Record(Type.String(), Type.String());
const seconds = Type.Integer({ minimum: 0, maximum: int32Max });
const longSeconds = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const sizeMib = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const fraction = Type.Number({ minimum: 0, maximum: 1 });
const path = Type.String({ minLength: 1, maxLength: 1024 });
/** RAML's `strings.Name`: of containers, endpoints, volumes. */
const name = Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' });
const networkName = Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9_]*[a-z0-9])?$' });

const environment = Type.Record(
  Type.String({ pattern: '^[a-zA-Z_][a-zA-Z0-9_]{0,253}$' }),
  Type.Union([Type.String(), Type.Object({ secret: Type.String() })]),
);

const command = Type.Object({
  shell: Type.Optional(nonEmpty),
  argv: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
});

const resources = Type.Object({
  cpus: Type.Optional(Type.Number({ minimum: 0.001 })),
  mem: Type.Optional(Type.Number({ minimum: 0.001 })),
  disk: Type.Optional(Type.Number({ minimum: 0 })),
  gpus: Type.Optional(Type.Integer({ minimum: 0, maximum: int32Max })),
});

const resourceLimit = Type.Union([Type.Number(), Type.Literal('unlimited')]);

const linuxInfo = Type.Object({
  seccomp: Type.Optional(
    Type.Object({ profileName: Type.Optional(Type.String()), unconfined: Type.Optional(Type.Boolean()) }),
  ),
  ipcInfo: Type.Optional(
    Type.Object({
      mode: oneOf('PRIVATE', 'SHARE_PARENT'),
      shmSize: Type.Optional(Type.Integer({ minimum: 0, maximum: int32Max })),
    }),
  ),
});

const probes = {
  http: Type.Optional(
    Type.Object({
      endpoint: name,
      path: Type.Optional(path),
      scheme: Type.Optional(oneOf('HTTP', 'HTTPS')),
    }),
  ),
  tcp: Type.Optional(Type.Object({ endpoint: name })),
  exec: Type.Optional(Type.Object({ command })),
  intervalSeconds: Type.Optional(seconds),
  timeoutSeconds: Type.Optional(seconds),
  delaySeconds: Type.Optional(seconds),
};

const endpoint = Type.Object({
  name,
  containerPort: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  hostPort: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
  // RAML says `strings.Name`, Marathon's own examples say HTTP: the items are not looked at
  protocol: Type.Optional(Type.Array(nonEmpty, { minItems: 1 })),
  labels: Type.Optional(labels),
  networkNames: Type.Optional(Type.Array(Type.String())),
});

const container = Type.Object({
  name,
  exec: Type.Optional(Type.Object({ command, overrideEntrypoint: Type.Optional(Type.Boolean()) })),
  // RAML requires it, Marathon's own examples leave it out: each of its members has a default
  resources: Type.Optional(resources),
  resourceLimits: Type.Optional(Type.Object({ cpus: Type.Optional(resourceLimit), mem: Type.Optional(resourceLimit) })),
  endpoints: Type.Optional(Type.Array(endpoint)),
  linuxInfo: Type.Optional(linuxInfo),
  image: Type.Optional(
    Type.Object({
      kind: oneOf('DOCKER'),
      id: path,
      pullConfig: Type.Optional(Type.Object({ secret: nonEmpty })),
      forcePull: Type.Optional(Type.Boolean()),
      labels: Type.Optional(labels),
    }),
  ),
  environment: Type.Optional(environment),
  user: Type.Optional(Type.String()),
  healthCheck: Type.Optional(
    Type.Object({
      ...probes,
      gracePeriodSeconds: Type.Optional(seconds),
      maxConsecutiveFailures: Type.Optional(seconds),
    }),
  ),
  check: Type.Optional(Type.Object(probes)),
  volumeMounts: Type.Optional(
    Type.Array(Type.Object({ name, mountPath: path, readOnly: Type.Optional(Type.Boolean()) })),
  ),
  artifacts: Type.Optional(
    Type.Array(
      Type.Object({
        uri: path,
        extract: Type.Optional(Type.Boolean()),
        executable: Type.Optional(Type.Boolean()),
        cache: Type.Optional(Type.Boolean()),
        destPath: Type.Optional(path),
      }),
    ),
  ),
  labels: Type.Optional(labels),
  lifecycle: Type.Optional(Type.Object({ killGracePeriodSeconds: Type.Optional(Type.Number({ minimum: 0 })) })),
  tty: Type.Optional(Type.Boolean()),
});

/** Of which kind it is, and that it is of one only, is a rule of its own. */
const volume = Type.Object({
  name,
  host: Type.Optional(nonEmpty),
  secret: Type.Optional(nonEmpty),
  persistent: Type.Optional(
    Type.Object({
      type: Type.Optional(oneOf('root', 'path', 'mount')),
      size: sizeMib,
      maxSize: Type.Optional(sizeMib),
      profileName: Type.Optional(Type.String()),
      constraints: Type.Optional(Type.Array(Type.Array(Type.String()), { uniqueItems: true })),
    }),
  ),
});

const network = Type.Object({
  name: Type.Optional(networkName),
  mode: Type.Optional(oneOf('container', 'container/bridge', 'host')),
  labels: Type.Optional(labels),
});

const scaling = Type.Object({
  kind: oneOf('fixed'),
  instances: Type.Optional(Type.Integer({ minimum: 0, maximum: int32Max })),
  maxInstances: Type.Optional(Type.Integer({ minimum: 0, maximum: int32Max })),
});

const scheduling = Type.Object({
  backoff: Type.Optional(
    Type.Object({
      backoff: Type.Optional(Type.Number({ minimum: 0 })),
      backoffFactor: Type.Optional(Type.Number({ minimum: 0 })),
      maxLaunchDelay: Type.Optional(Type.Number({ minimum: 0 })),
    }),
  ),
  upgrade: Type.Optional(
    Type.Object({
      minimumHealthCapacity: Type.Optional(fraction),
      maximumOverCapacity: Type.Optional(fraction),
    }),
  ),
  placement: Type.Optional(
    Type.Object({
      constraints: Type.Optional(
        Type.Array(
          Type.Object({
            fieldName: Type.String(),
            operator: oneOf('UNIQUE', 'CLUSTER', 'GROUP_BY', 'LIKE', 'UNLIKE', 'MAX_PER', 'IS'),
            value: Type.Optional(Type.String()),
          }),
          { uniqueItems: true },
        ),
      ),
      acceptedResourceRoles: Type.Optional(Type.Array(Type.String())),
    }),
  ),
  killSelection: Type.Optional(oneOf('YOUNGEST_FIRST', 'OLDEST_FIRST')),
  unreachableStrategy: Type.Optional(
    Type.Union([
      Type.Object({
        inactiveAfterSeconds: Type.Optional(longSeconds),
        expungeAfterSeconds: Type.Optional(longSeconds),
      }),
      Type.Literal('disabled'),
    ]),
  ),
});

/** A pod in the body of a POST or PUT, which is always a whole one (marathon.md §7). Defaults and everything beyond types come later. */
export const podSchema = defineSchema(
  Type.Object(
    {
      id: Type.String(),
      labels: Type.Optional(labels),
      version: Type.Optional(Type.String()),
      user: Type.Optional(nonEmpty),
      environment: Type.Optional(environment),
      containers: Type.Array(container, { minItems: 1 }),
      secrets: Type.Optional(Type.Record(Type.String(), Type.Object({ source: nonEmpty }))),
      volumes: Type.Optional(Type.Array(volume)),
      networks: Type.Optional(Type.Array(network)),
      scaling: Type.Optional(scaling),
      scheduling: Type.Optional(scheduling),
      executorResources: Type.Optional(
        Type.Object({
          cpus: Type.Optional(Type.Number({ minimum: 0.1 })),
          mem: Type.Optional(Type.Number({ minimum: 32 })),
          disk: Type.Optional(Type.Number({ minimum: 10 })),
        }),
      ),
      role: Type.Optional(nonEmpty),
      linuxInfo: Type.Optional(linuxInfo),
      legacySharedCgroups: Type.Optional(Type.Boolean()),
    },
    { $id: 'Pod' },
  ),
);

/** A pod of a request, types checked. */
export type PodJson = JsonOf<typeof podSchema>;
