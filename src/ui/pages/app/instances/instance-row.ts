import type { AppDetails, AppTask, LocalVolume } from '../../../api/app-details.js';
import type { PodInstance, PodStatus } from '../../../api/pod-details.js';
import { portLink, portsOf } from './ports.js';
import type { PortLink } from './ports.js';

export type RowHealth = 'healthy' | 'unhealthy' | 'unknown' | 'unchecked';

/** What runs in an instance of a pod. */
export interface ContainerRow {
  readonly name: string;
  readonly taskId: string;
  /** Of Mesos: `TASK_RUNNING`. */
  readonly state: string;
  readonly since: string;
  readonly health: RowHealth;
  /** What Mesos said of it, and how it ended. */
  readonly message: string | undefined;
  readonly ports: readonly PortLink[];
}

/** An instance of an app or pod, as a row of the list. */
export interface InstanceRow {
  /** What it is killed by: the id of an app's task, or of a pod's instance. */
  readonly id: string;
  /** Whose sandbox it has; undefined: its containers have their own. */
  readonly taskId: string | undefined;
  readonly host: string;
  readonly region: string | undefined;
  readonly zone: string | undefined;
  readonly ports: readonly PortLink[];
  /** Of its own, where it has one. */
  readonly addresses: readonly string[];
  /** Mesos' word for a task (`TASK_RUNNING`), Marathon's for an instance of a pod (`STABLE`). */
  readonly state: string;
  readonly version: string | undefined;
  /** The configuration was changed since. */
  readonly isOutdated: boolean;
  readonly health: RowHealth;
  /** What the last failed check said. */
  readonly healthText: string | undefined;
  /** By its readiness checks; undefined: it has none to pass. */
  readonly isReady: boolean | undefined;
  readonly stagedAt: string | undefined;
  readonly startedAt: string | undefined;
  readonly volumes: readonly LocalVolume[];
  readonly containers: readonly ContainerRow[];
}

function healthOf(app: AppDetails, { healthCheckResults = [] }: AppTask): Pick<InstanceRow, 'health' | 'healthText'> {
  const checks = app.healthChecks?.length ?? 0;
  if (checks === 0) return { health: 'unchecked', healthText: undefined };
  const failed = healthCheckResults.filter(({ alive }) => !alive);
  const causes = failed.flatMap(({ lastFailureCause, consecutiveFailures }) =>
    lastFailureCause === undefined || lastFailureCause === null
      ? []
      : [`${lastFailureCause}${consecutiveFailures > 1 ? ` (${consecutiveFailures} times in a row)` : ''}`],
  );
  const health = failed.length > 0 ? 'unhealthy' : healthCheckResults.length < checks ? 'unknown' : 'healthy';
  return { health, healthText: causes.length === 0 ? undefined : causes.join('; ') };
}

/** The instances of an app. */
export function rowsOfApp(app: AppDetails): readonly InstanceRow[] {
  const changedAt = app.versionInfo?.lastConfigChangeAt;
  const results = new Map<string, boolean>();
  for (const { taskId, ready } of app.readinessCheckResults ?? []) {
    results.set(taskId, ready && results.get(taskId) !== false);
  }
  return (app.tasks ?? []).map((task) => ({
    id: task.id,
    taskId: task.id,
    host: task.host,
    region: task.region,
    zone: task.zone,
    ports: portsOf(app, task),
    addresses: (task.ipAddresses ?? []).map(({ ipAddress }) => ipAddress).filter((address) => address !== task.host),
    state: task.state,
    version: task.version,
    isOutdated: changedAt !== undefined && task.version !== undefined && task.version < changedAt,
    ...healthOf(app, task),
    isReady: results.get(task.id),
    stagedAt: task.stagedAt,
    startedAt: task.startedAt,
    volumes: task.localVolumes ?? [],
    containers: [],
  }));
}

function rowOfPod(pod: PodStatus, instance: PodInstance): InstanceRow {
  const host = instance.agentHostname ?? '';
  const containers = instance.containers.map((container): ContainerRow => {
    const spec = pod.spec.containers.find(({ name }) => name === container.name);
    const condition = container.conditions?.find(({ name }) => name === 'healthy');
    const isUnheard = condition?.reason === 'health-unreported-by-mesos';
    const { exitCode, message: end } = container.termination ?? {};
    const words = [container.message, end === container.message ? undefined : end].filter((text) => text !== undefined);
    return {
      name: container.name,
      taskId: container.containerId,
      state: container.status,
      since: container.statusSince,
      health:
        spec?.healthCheck === undefined
          ? 'unchecked'
          : condition === undefined || isUnheard
            ? 'unknown'
            : condition.value === 'true'
              ? 'healthy'
              : 'unhealthy',
      message: [...(exitCode === undefined ? [] : [`exit status ${exitCode}`]), ...words].join(': ') || undefined,
      ports: (container.endpoints ?? []).flatMap(({ name, allocatedHostPort }) =>
        allocatedHostPort === undefined
          ? []
          : [
              portLink(host, allocatedHostPort, {
                name,
                protocol: spec?.endpoints?.find((one) => one.name === name)?.protocol?.join() || 'tcp',
              }),
            ],
      ),
    };
  });
  const healths = containers.map(({ health }) => health);
  const worst = (['unhealthy', 'unknown', 'healthy'] as const).find((health) => healths.includes(health));
  return {
    id: instance.id,
    taskId: undefined,
    host,
    region: instance.agentRegion,
    zone: instance.agentZone,
    ports: [],
    addresses: (instance.networks ?? []).flatMap(({ addresses = [] }) => addresses).filter((one) => one !== host),
    state: instance.status,
    version: /::versions\/(.+)$/.exec(instance.specReference ?? '')?.[1],
    // Pods do not tell which of their changes was more than a change of their number
    isOutdated: false,
    health: worst ?? 'unchecked',
    healthText: instance.message,
    isReady: undefined,
    stagedAt: undefined,
    startedAt: instance.statusSince,
    volumes: instance.localVolumes ?? [],
    containers,
  };
}

/** The instances of a pod. */
export function rowsOfPod(pod: PodStatus): readonly InstanceRow[] {
  return pod.instances.map((instance) => rowOfPod(pod, instance));
}
