import type { HealthCheck, Json } from '../../model/app-definition.js';
import { usesHostNetwork } from '../wanted-ports.js';
import type { AppDraft } from './app-draft.js';
import { checkJsonOf } from './check-of.js';
import { containerJsonOf } from './container-of.js';

function omitEmpty<T extends object>(name: string, value: T): Readonly<Record<string, T>> {
  return (Array.isArray(value) ? value.length : Object.keys(value).length) === 0 ? {} : { [name]: value };
}

function given(name: string, value: Json | undefined): Readonly<Record<string, Json>> {
  return value === undefined ? {} : { [name]: value };
}

/** One health check as Marathon shows it. */
export function healthCheckJsonOf(check: HealthCheck): Readonly<Record<string, Json>> {
  const isHttp = check.path !== undefined;
  return {
    ...(check.command === undefined ? {} : { command: { value: check.command.value } }),
    gracePeriodSeconds: check.gracePeriodSeconds,
    ...(isHttp ? { ignoreHttp1xx: check.ignoreHttp1xx } : {}),
    intervalSeconds: check.intervalSeconds,
    maxConsecutiveFailures: check.maxConsecutiveFailures,
    ...given('path', check.path),
    ...given('port', check.port),
    ...given('portIndex', check.portIndex),
    protocol: check.protocol,
    ipProtocol: check.ipProtocol,
    timeoutSeconds: check.timeoutSeconds,
    delaySeconds: check.delaySeconds,
  };
}

function envJsonOf({ env, secretEnv = {} }: AppDraft): Readonly<Record<string, Json>> {
  const secrets = Object.entries(secretEnv).map(([name, secret]): [string, Json] => [name, { secret }]);
  return { ...env, ...Object.fromEntries(secrets) };
}

function executorResourcesJsonOf({ executorResources }: AppDraft): Json | undefined {
  if (executorResources === undefined) return undefined;
  const { cpus, memMib, diskMib } = executorResources;
  return { cpus, mem: memMib, disk: diskMib };
}

function limitsJsonOf({ resourceLimits }: AppDraft): Json | undefined {
  if (resourceLimits === undefined) return undefined;
  return { ...given('cpus', resourceLimits.cpus), ...given('mem', resourceLimits.memMib) };
}

/**
 * A definition in Marathon's own JSON (1.11): its field names and order, empty collections left out where Marathon leaves them
 * out, no `version` and no `versionInfo`. `buildDefinition` of the result gives the same definition again.
 */
export function appJsonOf(app: AppDraft): Readonly<Record<string, Json>> {
  const isHost = usesHostNetwork(app);
  return {
    id: app.id,
    ...given('acceptedResourceRoles', app.acceptedResourceRoles),
    ...omitEmpty('args', app.args),
    backoffFactor: app.backoffFactor,
    backoffSeconds: app.backoffSeconds,
    ...given('cmd', app.cmd),
    ...omitEmpty('constraints', app.constraints),
    ...(app.container === undefined ? {} : { container: containerJsonOf(app.container) }),
    cpus: app.cpus,
    ...omitEmpty('dependencies', app.dependencies),
    disk: app.diskMib,
    ...omitEmpty('env', envJsonOf(app)),
    executor: app.executor,
    ...given('executorResources', executorResourcesJsonOf(app)),
    ...omitEmpty(
      'fetch',
      app.fetch.map(({ uri, extract, executable, cache, destPath }) => ({
        uri,
        extract,
        executable,
        cache,
        ...given('destPath', destPath),
      })),
    ),
    ...omitEmpty('healthChecks', app.healthChecks.map(healthCheckJsonOf)),
    ...(app.check === undefined ? {} : { check: checkJsonOf(app.check) }),
    instances: app.instances,
    labels: app.labels,
    maxLaunchDelaySeconds: app.maxLaunchDelaySeconds,
    mem: app.memMib,
    gpus: app.gpus,
    networks: app.networks.map((network) => ({ ...network })),
    ...(isHost
      ? {
          portDefinitions: app.portDefinitions.map(({ port, labels, name, protocol }) => ({
            port,
            ...omitEmpty('labels', labels),
            ...given('name', name),
            protocol,
          })),
        }
      : {}),
    ...omitEmpty(
      'readinessChecks',
      app.readinessChecks.map((check) => ({ ...check })),
    ),
    ...given('resourceLimits', limitsJsonOf(app)),
    requirePorts: app.requirePorts,
    ...omitEmpty('secrets', app.secrets ?? {}),
    ...omitEmpty('storeUrls', app.storeUrls),
    ...given('taskKillGracePeriodSeconds', app.taskKillGracePeriodSeconds),
    upgradeStrategy: {
      maximumOverCapacity: app.upgradeStrategy.maximumOverCapacity,
      minimumHealthCapacity: app.upgradeStrategy.minimumHealthCapacity,
    },
    ...given('user', app.user),
    killSelection: app.killSelection,
    unreachableStrategy:
      app.unreachableStrategy === 'disabled'
        ? 'disabled'
        : {
            inactiveAfterSeconds: app.unreachableStrategy.inactiveAfterSeconds,
            expungeAfterSeconds: app.unreachableStrategy.expungeAfterSeconds,
          },
    ...given('tty', app.tty),
    role: app.role,
  };
}
