import type { DeployingApp, DeployingPod, DeployingTask } from '../../api/deploying.js';

/** An instance as the progress of a deployment shows it. */
export interface InstanceLine {
  /** Of its task, or of the instance of a pod. */
  readonly id: string;
  /** Whether it is what the app is to be; else it is of a version before that and will be replaced. */
  readonly isNew: boolean;
  readonly version: string;
  readonly state: string;
  readonly health: 'healthy' | 'unhealthy' | 'unknown' | undefined;
  readonly place: string;
  readonly since: string | null;
}

function healthOf({ healthCheckResults = [] }: DeployingTask, isChecked: boolean): InstanceLine['health'] {
  if (!isChecked) return undefined;
  if (healthCheckResults.length === 0) return 'unknown';
  return healthCheckResults.every(({ alive }) => alive) ? 'healthy' : 'unhealthy';
}

/** Those that have not begun yet are last; times are ISO 8601. */
const bySince = (a: InstanceLine, b: InstanceLine): number =>
  Number(a.isNew) - Number(b.isNew) || (a.since ?? '9').localeCompare(b.since ?? '9') || a.id.localeCompare(b.id);

/** The instances of an app, those of versions before first. A change of the number of instances alone makes none of them old. */
export function linesOfApp({ app }: DeployingApp): readonly InstanceLine[] {
  const newFrom = app.versionInfo?.lastConfigChangeAt ?? app.version;
  const isChecked = (app.healthChecks ?? []).length > 0;
  const lines = (app.tasks ?? []).map((task): InstanceLine => {
    const { id, host, ports = [], state, version, stagedAt, startedAt } = task;
    return {
      id,
      isNew: Date.parse(version ?? '') >= Date.parse(newFrom),
      version: version ?? '',
      state: state.replace(/^TASK_/, '').toLowerCase(),
      health: state === 'TASK_RUNNING' ? healthOf(task, isChecked) : undefined,
      place: ports.length === 0 ? (host ?? '') : `${host ?? ''}:${ports.join(', ')}`,
      since: startedAt ?? stagedAt ?? null,
    };
  });
  return lines.sort(bySince);
}

/** The instances of a pod; whether one is old is told by the version that it refers to. */
export function linesOfPod({ spec, instances = [] }: DeployingPod): readonly InstanceLine[] {
  const lines = instances.map(({ id, status, statusSince, agentHostname, specReference }): InstanceLine => {
    const version = specReference?.split('::versions/')[1] ?? '';
    return {
      id,
      isNew: spec.version === undefined || version === '' || version === spec.version,
      version,
      state: status.toLowerCase(),
      health: undefined,
      place: agentHostname ?? '',
      since: statusSince,
    };
  });
  return lines.sort(bySince);
}
