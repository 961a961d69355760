import t from 'tap';
import { buildPod } from '../../../src/scheduler/core/normalize/pods/build-pod.js';
import { podChangeKind } from '../../../src/scheduler/core/normalize/pods/pod-change-kind.js';
import type { PodDraft } from '../../../src/scheduler/core/normalize/pods/pod-draft.js';
import { podJsonOf } from '../../../src/scheduler/core/normalize/pods/pod-json-of.js';
import type { PodDefinition } from '../../../src/scheduler/model/pod-definition.js';

const options = { partial: false, mesosRole: 'prod', features: ['secrets'] };
const container = { name: 'c', exec: { command: { shell: 'sleep 1' } }, resources: { cpus: 0.1, mem: 32 } };

function build(members: object, current?: PodDraft): ReturnType<typeof buildPod> {
  return buildPod(current, '/pod', { id: '/pod', containers: [container], ...members }, options);
}

function draftOf(members: object): PodDraft {
  const built = build(members);
  if (!built.ok) throw new Error(JSON.stringify(built.violations));
  return built.draft;
}

function violationsOf(members: object, current?: PodDraft): Readonly<Record<string, readonly string[]>> {
  const built = build(members, current);
  return built.ok ? {} : Object.fromEntries(built.violations.map(({ path, errors }) => [path, errors]));
}

function versioned(draft: PodDraft): PodDefinition {
  const version = '2020-01-01T00:00:00.000Z';
  return { ...draft, version, versionInfo: { lastScalingAt: version, lastConfigChangeAt: version } };
}

t.test('a pod that says little is shown with what it does not say', (t) => {
  t.same(podJsonOf(draftOf({})), {
    id: '/pod',
    containers: [
      {
        name: 'c',
        exec: { command: { shell: 'sleep 1' } },
        resources: { cpus: 0.1, mem: 32, disk: 0, gpus: 0 },
      },
    ],
    scaling: { kind: 'fixed', instances: 1 },
    scheduling: {
      backoff: { backoff: 1, backoffFactor: 1.15, maxLaunchDelay: 300 },
      upgrade: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
      killSelection: 'YOUNGEST_FIRST',
      unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    },
    executorResources: { cpus: 0.1, mem: 32, disk: 10 },
    role: 'prod',
  });
  t.end();
});

t.test('host ports come by themselves, but not in container networks', (t) => {
  const endpointsOf = (networks: object[], endpoint: object): unknown =>
    draftOf({ networks, containers: [{ ...container, endpoints: [{ name: 'e', ...endpoint }] }] }).containers[0]
      ?.endpoints[0]?.hostPort;
  t.equal(endpointsOf([{ mode: 'host' }], {}), 0);
  t.equal(endpointsOf([], {}), 0);
  t.equal(endpointsOf([{ mode: 'container/bridge' }], { containerPort: 80 }), 0);
  t.equal(endpointsOf([{ mode: 'container', name: 'n' }], { containerPort: 80 }), undefined);
  t.end();
});

t.test('a pod with persistent volumes: what it gets, and what it may not have', (t) => {
  const volumes = [{ name: 'v', persistent: { size: 10 } }];
  const containers = [{ ...container, volumeMounts: [{ name: 'v', mountPath: 'v' }] }];
  const resident = draftOf({ volumes, containers });
  t.equal(resident.unreachableStrategy, 'disabled');
  t.same(resident.upgradeStrategy, { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 });
  t.match(podJsonOf(resident).volumes, [{ name: 'v', persistent: { type: 'root', size: 10, constraints: [] } }]);

  t.same(violationsOf({ volumes: [{ name: 'v', persistent: { size: 0 } }], containers }), {
    '/volumes(0)/persistent/size': ['should be >0'],
  });
  t.same(violationsOf({ volumes: [{ name: 'v', persistent: { size: 10, maxSize: 20 } }], containers }), {
    '/volumes(0)/persistent': ['Only mount volumes can have maxSize'],
  });

  t.same(violationsOf({ volumes, containers, scaling: { kind: 'fixed', instances: 2 } }, resident), {});
  t.same(violationsOf({}, resident), { '/': ['persistent volumes cannot be updated'] });
  const bigger = { ...containers[0], resources: { cpus: 0.2, mem: 64, disk: 1, gpus: 1 } };
  const endpoints = [{ name: 'e', hostPort: 8080 }];
  t.same(violationsOf({ volumes, containers: [{ ...bigger, endpoints }] }, resident), {
    '/': [
      ...['cpus', 'mem', 'disk', 'gpus', 'host ports'].map(
        (what) => `${what} cannot be updated if a pod has persistent volumes`,
      ),
    ],
  });
  t.end();
});

t.test('rules, each with its path', (t) => {
  const one = (members: object): object => ({ containers: [{ ...container, ...members }] });
  const cases: readonly (readonly [object, string, string])[] = [
    [one({ exec: { command: {} } }), '/containers(0)/exec/command', 'must have exactly one of shell and argv'],
    [
      one({ healthCheck: { http: { endpoint: 'nope' } } }),
      '/containers(0)/healthCheck/http/endpoint',
      'contained in the container endpoints',
    ],
    [one({ healthCheck: {} }), '/containers(0)/healthCheck', 'Only one of http, tcp, or command may be specified'],
    [
      one({ healthCheck: { exec: { command: { argv: ['a'] } }, intervalSeconds: 5, timeoutSeconds: 5 } }),
      '/containers(0)/healthCheck/timeoutSeconds',
      'got 5, expected less than 5',
    ],
    [one({ check: { tcp: { endpoint: 'x' } } }), '/containers(0)/check/tcp/endpoint', 'contained in the container'],
    [
      one({ resourceLimits: { mem: 16 } }),
      '/containers(0)/resourceLimits/mem',
      'resource limit must be greater than or equal to requested resource (32.0)',
    ],
    [
      one({ volumeMounts: [{ name: 'v', mountPath: 'v' }] }),
      '/containers(0)/volumeMounts(0)/name',
      'Referenced Volume in VolumeMount should exist',
    ],
    [
      one({ endpoints: [{ name: 'e', protocol: ['tcp', 'tcp'] }] }),
      '/containers(0)/endpoints(0)/protocol',
      'Duplicate protocols within the same endpoint are not allowed',
    ],
    [
      one({ environment: { A: { secret: 'x' } } }),
      '/containers(0)/environment/A/secret',
      'references an undefined secret',
    ],
    [{ volumes: [{ name: 'v' }] }, '/volumes(0)', 'volume must be referenced by at least one container'],
    [
      { volumes: [{ name: 'v', host: '/x', secret: 's' }] },
      '/volumes(0)',
      'must have at most one of host, secret and persistent',
    ],
    [
      { networks: [{ mode: 'container' }] },
      '/networks',
      'Network name must be specified when container network is selected.',
    ],
    [
      {
        networks: [{ name: 'a' }, { name: 'b' }],
        ...one({ endpoints: [{ name: 'e', containerPort: 80, hostPort: 0 }] }),
      },
      '/containers(0)/endpoints(0)',
      'networkNames must be a single item list',
    ],
    [
      { networks: [{ name: 'a' }], ...one({ endpoints: [{ name: 'e', containerPort: 80, networkNames: ['b'] }] }) },
      '/containers(0)/endpoints(0)/networkNames(0)',
      'is not one of (a)',
    ],
    [
      { scheduling: { placement: { constraints: [{ fieldName: 'x', operator: 'MAX_PER' }] } } },
      '/scheduling/placement/constraints(0)',
      'MAX_PER requires an integer value',
    ],
    [
      { scheduling: { unreachableStrategy: { inactiveAfterSeconds: 2, expungeAfterSeconds: 1 } } },
      '/scheduling/unreachableStrategy',
      'inactiveAfterSeconds (2) must be less or equal to expungeAfterSeconds, which is 1',
    ],
    [
      { scheduling: { placement: { acceptedResourceRoles: ['other'] } } },
      '/acceptedResourceRoles',
      'acceptedResourceRoles can only contain * and prod',
    ],
    [{ scaling: { instances: 1 } }, '/scaling/kind', 'error.path.missing'],
    [{ id: '/other' }, '/id', "'/other' is not the id of the request, which is '/pod'"],
  ];
  for (const [members, path, text] of cases) {
    const violations = violationsOf(members);
    t.ok(
      violations[path]?.some((error) => error.includes(text)),
      `${path} ${text}: ${JSON.stringify(violations)}`,
    );
  }
  t.end();
});

t.test('enumerations in any case are shown in their own', (t) => {
  const image = { kind: 'Docker', id: 'busybox' };
  const draft = draftOf({ containers: [{ ...container, image }], scheduling: { killSelection: 'Oldest_First' } });
  t.equal(draft.containers[0]?.image?.kind, 'DOCKER');
  t.equal(draft.killSelection, 'OLDEST_FIRST');
  t.same(violationsOf({ scheduling: { killSelection: 'OldestFirst' } }), {
    '/scheduling/killSelection': ['error.unknown.enum.literal'],
  });
  t.end();
});

t.test('roles: those of its place in the tree', (t) => {
  const settings = { ...options, roles: { default: 'dev', allowed: ['dev'] } };
  const pod = { id: '/dev/pod', containers: [container] };
  const byDefault = buildPod(undefined, '/dev/pod', pod, settings);
  t.equal(byDefault.ok && byDefault.draft.role, 'dev');
  t.match(buildPod(undefined, '/dev/pod', { ...pod, role: 'prod' }, settings), {
    violations: [{ path: '/role', errors: ['got prod, expected one of: [dev]'] }],
  });
  t.end();
});

t.test('what a change means', (t) => {
  const from = versioned(draftOf({}));
  t.equal(podChangeKind(from, draftOf({})), 'none');
  t.equal(podChangeKind(from, draftOf({ scaling: { kind: 'fixed', instances: 3 } })), 'scale');
  t.equal(podChangeKind(from, draftOf({ labels: { a: 'b' } })), 'upgrade');
  t.equal(podChangeKind(from, draftOf({ executorResources: { cpus: 1 } })), 'upgrade');
  t.end();
});
