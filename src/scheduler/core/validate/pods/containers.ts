import type { PodCheck, PodContainer, PodEnvironment, PodHealthCheck } from '../../../model/pod-definition.js';
import { ipcProblems, seccompProblems } from '../rules/container.js';
import { limitProblems } from '../rules/resources.js';
import { featureDisabled } from '../rules/rule.js';
import { elementPath, memberPath, problem } from '../violations.js';
import type { Problem } from '../violations.js';
import { hasRepetition } from './pod-rule.js';
import type { PodRule, PodRuleContext } from './pod-rule.js';

type Secrets = Readonly<Record<string, unknown>>;

/** Names are unique all over the pod, ports too: its containers share one network. */
export const uniqueNamesRule: PodRule = function* ({ containers }) {
  const endpoints = containers.flatMap((container) => container.endpoints);
  const chosen = (ports: readonly (number | undefined)[]): number[] => ports.flatMap((port) => port ?? []);
  if (hasRepetition(containers.map(({ name }) => name))) {
    yield problem('/containers', 'container names must be unique');
  }
  if (hasRepetition(endpoints.map(({ name }) => name))) {
    // Marathon's spelling, which clients may look for
    yield problem('/containers', 'endpoint names nust be unique across all containers');
  }
  if (hasRepetition(chosen(endpoints.map(({ containerPort }) => containerPort)))) {
    yield problem('/containers', 'container ports must be unique across all containers');
  }
  if (hasRepetition(chosen(endpoints.map(({ hostPort }) => hostPort)).filter((port) => port !== 0))) {
    yield problem('/containers', 'host ports must be unique across all containers');
  }
};

/** Ports as the networks of the pod need them. */
export const endpointsRule: PodRule = function* ({ containers, networks }) {
  const isHost = networks.some(({ mode }) => mode === 'host');
  const isContainer = networks.some(({ mode }) => mode !== 'host');
  const known = networks.flatMap(({ name }) => name ?? []);
  const severalNetworks = networks.filter(({ mode }) => mode === 'container').length > 1;
  for (const [i, { endpoints }] of containers.entries()) {
    for (const [j, { containerPort, hostPort, protocol, networkNames }] of endpoints.entries()) {
      const path = elementPath(`${elementPath('/containers', i)}/endpoints`, j);
      if (isHost && containerPort !== undefined) {
        yield problem(`${path}/containerPort`, 'is not allowed when using host-mode networking');
      }
      if (isContainer && containerPort === undefined) {
        yield problem(`${path}/containerPort`, 'is required when using container-mode networking');
      }
      if (hasRepetition(protocol)) {
        yield problem(`${path}/protocol`, 'Duplicate protocols within the same endpoint are not allowed');
      }
      for (const [k, name] of networkNames.entries()) {
        if (!known.includes(name)) {
          yield problem(elementPath(`${path}/networkNames`, k), `is not one of (${known.join(',')})`);
        }
      }
      if (severalNetworks && hostPort !== undefined && networkNames.length !== 1) {
        yield problem(
          path,
          'networkNames must be a single item list when hostPort is specified and more than 1 container network is defined',
        );
      }
    }
  }
};

function* secretReferenceProblems(
  path: string,
  environment: PodEnvironment,
  secrets: Secrets,
  { features }: PodRuleContext,
): Iterable<Problem> {
  for (const [name, value] of Object.entries(environment)) {
    if (typeof value !== 'object') continue;
    if (!features.includes('secrets')) {
      yield problem(path, 'use of secret-references in the environment requires the secrets feature to be enabled');
    }
    if (!Object.hasOwn(secrets, value.secret)) {
      yield problem(`${memberPath(path, name)}/secret`, 'references an undefined secret');
    }
  }
}

export const environmentRule: PodRule = function* ({ containers, environment, secrets }, context) {
  yield* secretReferenceProblems('/environment', environment, secrets, context);
  for (const [i, container] of containers.entries()) {
    const path = `${elementPath('/containers', i)}/environment`;
    yield* secretReferenceProblems(path, container.environment, secrets, context);
  }
};

/** A check is of one kind, and of an endpoint of its own container. */
function* probeProblems(path: string, { http, tcp, exec }: PodCheck, { endpoints }: PodContainer): Iterable<Problem> {
  if ([http, tcp, exec].filter((kind) => kind !== undefined).length !== 1) {
    yield problem(path, 'Only one of http, tcp, or command may be specified');
  }
  for (const [kind, probe] of [['http', http] as const, ['tcp', tcp] as const]) {
    if (probe !== undefined && endpoints.every(({ name }) => name !== probe.endpoint)) {
      yield problem(`${path}/${kind}/endpoint`, 'contained in the container endpoints');
    }
  }
}

function* healthCheckProblems(path: string, check: PodHealthCheck, container: PodContainer): Iterable<Problem> {
  yield* probeProblems(path, check, container);
  const { intervalSeconds, timeoutSeconds } = check;
  if (timeoutSeconds >= intervalSeconds) {
    yield problem(`${path}/timeoutSeconds`, `got ${timeoutSeconds}, expected less than ${intervalSeconds}`);
  }
}

export const checksRule: PodRule = function* ({ containers }) {
  for (const [i, container] of containers.entries()) {
    const path = elementPath('/containers', i);
    const { healthCheck, check } = container;
    if (healthCheck !== undefined) yield* healthCheckProblems(`${path}/healthCheck`, healthCheck, container);
    if (check !== undefined) yield* probeProblems(`${path}/check`, check, container);
  }
};

export const imagesRule: PodRule = function* ({ containers, secrets }, { features }) {
  for (const [i, { image }] of containers.entries()) {
    if (image?.pullConfig === undefined) continue;
    const path = `${elementPath('/containers', i)}/image/pullConfig`;
    if (!features.includes('secrets')) {
      yield problem(path, 'must be empty');
      yield problem(path, featureDisabled('secrets'));
    }
    if (!Object.hasOwn(secrets, image.pullConfig.secret)) {
      yield problem(path, 'pullConfig.secret must refer to an existing secret');
    }
  }
};

export const resourceLimitsRule: PodRule = function* ({ containers, legacySharedCgroups }) {
  for (const [i, { resources, resourceLimits }] of containers.entries()) {
    if (resourceLimits === undefined) continue;
    const path = `${elementPath('/containers', i)}/resourceLimits`;
    yield* limitProblems(`${path}/cpus`, resourceLimits.cpus, resources.cpus);
    yield* limitProblems(`${path}/mem`, resourceLimits.memMib, resources.memMib);
    if (legacySharedCgroups === true) {
      yield problem(path, 'resourceLimits cannot be defined if legacySharedCgroups is enabled');
    }
  }
};

export const linuxInfoRule: PodRule = function* ({ containers, linuxInfo }) {
  for (const [i, container] of containers.entries()) {
    const path = `${elementPath('/containers', i)}/linuxInfo`;
    yield* seccompProblems(`${path}/seccomp`, container.linuxInfo?.seccomp);
    yield* ipcProblems(`${path}/ipcInfo`, container.linuxInfo?.ipcInfo);
  }
  if (linuxInfo?.seccomp !== undefined) {
    yield problem('/linuxInfo/seccomp', 'Seccomp configuration on executor level is not supported');
  }
  yield* ipcProblems('/linuxInfo/ipcInfo', linuxInfo?.ipcInfo);
};
