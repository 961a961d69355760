import fc from 'fast-check';
import { podSchema } from '../../../src/scheduler/core/validate/pods/pod-schema.js';
import { fitting, hostile } from '../normalize/arbitrary.js';

/** Objects with the members of a pod, of whatever content. */
export const hostilePod = fc.record(
  Object.fromEntries(
    Object.entries(podSchema.properties).map(([name, schema]) => [name, fc.oneof(fitting(schema), hostile)]),
  ),
  { requiredKeys: ['id', 'containers'] },
);

const labels = fc.dictionary(fc.constantFrom('a', 'b/c', 'constructor'), fc.constantFrom('', 'x'), { maxKeys: 2 });
const seconds = fc.constantFrom(0, 1, 5, 60);
const environment = fc.dictionary(
  fc.constantFrom('A', 'b_1', '_'),
  fc.constantFrom<unknown>('x', '', { secret: 's' }),
  { maxKeys: 2 },
);
const command = fc.constantFrom({ shell: 'sleep 1' }, { argv: ['a', 'b'] });
const optional = { requiredKeys: [] };

function probes(endpoint: string): fc.Arbitrary<object> {
  return fc.oneof(
    fc
      .record(
        { endpoint: fc.constant(endpoint), path: fc.constant('/p'), scheme: fc.constantFrom('HTTP', 'https') },
        { requiredKeys: ['endpoint'] },
      )
      .map((http) => ({ http })),
    fc.constant({ tcp: { endpoint } }),
    command.map((c) => ({ exec: { command: c } })),
  );
}

function checks(endpoint: string): fc.Arbitrary<object> {
  const times = fc.record(
    {
      gracePeriodSeconds: seconds,
      maxConsecutiveFailures: seconds,
      delaySeconds: seconds,
      intervalSeconds: fc.constant(70),
      timeoutSeconds: fc.constant(5),
    },
    optional,
  );
  return fc.tuple(probes(endpoint), times).map(([probe, more]) => ({ ...probe, ...more }));
}

function container(name: string, mounts: readonly string[], isHost: boolean): fc.Arbitrary<object> {
  const endpoint = `${name}-port`;
  const endpoints = fc
    .record(
      {
        name: fc.constant(endpoint),
        hostPort: fc.constantFrom(0, 31_000 + name.charCodeAt(0)),
        protocol: fc.constantFrom(['tcp'], ['http', 'udp']),
        labels,
      },
      { requiredKeys: ['name'] },
    )
    .map((e) => [isHost ? e : { ...e, containerPort: 80 + name.charCodeAt(0) }]);
  return fc.record(
    {
      name: fc.constant(name),
      exec: fc.record({ command, overrideEntrypoint: fc.boolean() }, { requiredKeys: ['command'] }),
      resources: fc.record(
        {
          cpus: fc.constantFrom(0.1, 1),
          mem: fc.constantFrom(32, 64.5),
          disk: fc.constantFrom(0, 10),
          gpus: fc.constantFrom(0, 1),
        },
        optional,
      ),
      resourceLimits: fc.record({ cpus: fc.constantFrom(4, 'unlimited'), mem: fc.constant('unlimited') }, optional),
      endpoints,
      image: fc.record(
        {
          kind: fc.constantFrom('DOCKER', 'docker'),
          id: fc.constant('busybox'),
          forcePull: fc.boolean(),
          pullConfig: fc.constant({ secret: 's' }),
          labels,
        },
        { requiredKeys: ['kind', 'id'] },
      ),
      environment,
      user: fc.constant('nobody'),
      healthCheck: checks(endpoint),
      check: checks(endpoint),
      volumeMounts: fc.constant(mounts.map((volume) => ({ name: volume, mountPath: `m/${volume}`, readOnly: false }))),
      artifacts: fc.constant([
        { uri: 'http://h/x.tgz', destPath: 'y' },
        { uri: 'file:///x', cache: true },
      ]),
      labels,
      lifecycle: fc.constantFrom({}, { killGracePeriodSeconds: 2.5 }),
      tty: fc.boolean(),
      linuxInfo: fc.constantFrom<object>(
        { seccomp: { unconfined: true } },
        { ipcInfo: { mode: 'PRIVATE', shmSize: 8 } },
      ),
    },
    { requiredKeys: ['name', 'endpoints', 'volumeMounts'] },
  );
}

const volumes = fc.subarray<{ readonly name: string }>([
  { name: 'plain' },
  { name: 'of-host', host: '/etc' } as { name: string },
  { name: 'of-secret', secret: 's' } as { name: string },
]);

/** Pods that are right as a rule. */
export const plausiblePod = fc.tuple(volumes, fc.boolean()).chain(([used, isHost]) => {
  const mounts = used.map(({ name }) => name);
  return fc.record(
    {
      id: fc.constant('/group/pod'),
      containers: fc.tuple(container('a', mounts, isHost), container('b', [], isHost)).map((both) => [...both]),
      volumes: fc.constant(used),
      secrets: fc.constant({ s: { source: '/s' } }),
      networks: isHost
        ? fc.constantFrom<object[]>([], [{ mode: 'host' }])
        : fc.constantFrom<object[]>([{ mode: 'container/bridge' }], [{}], [{ name: 'net', labels: { a: 'b' } }]),
      labels,
      user: fc.constant('root'),
      environment,
      scaling: fc.record(
        { kind: fc.constant('fixed'), instances: fc.nat(3), maxInstances: fc.constant(9) },
        { requiredKeys: ['kind'] },
      ),
      scheduling: fc.record(
        {
          backoff: fc.record({ backoff: fc.constantFrom(0, 0.5), maxLaunchDelay: seconds }, optional),
          upgrade: fc.record({ minimumHealthCapacity: fc.constantFrom(0, 0.5) }, optional),
          placement: fc.record(
            {
              constraints: fc.constant([
                { fieldName: 'hostname', operator: 'UNIQUE' },
                { fieldName: 'rack', operator: 'LIKE', value: 'r.*' },
              ]),
              acceptedResourceRoles: fc.constantFrom([], ['*']),
            },
            optional,
          ),
          killSelection: fc.constantFrom('YOUNGEST_FIRST', 'Oldest_First'),
          unreachableStrategy: fc.constantFrom<unknown>('disabled', {}, { expungeAfterSeconds: 3 }),
        },
        optional,
      ),
      executorResources: fc.record({ cpus: fc.constant(0.5), mem: fc.constant(40) }, optional),
      linuxInfo: fc.constant({ ipcInfo: { mode: 'SHARE_PARENT' } }),
    },
    { requiredKeys: ['id', 'containers', 'volumes', 'secrets', 'networks'] },
  );
});
