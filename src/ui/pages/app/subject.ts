import type { AppDetails } from '../../api/app-details.js';
import type { PodResources, PodStatus } from '../../api/pod-details.js';
import { rowsOfApp, rowsOfPod } from './instances/instance-row.js';
import type { InstanceRow } from './instances/instance-row.js';
import { volumesOfApp, volumesOfPod } from './volumes/volume-rows.js';
import type { DefinedVolume } from './volumes/volume-rows.js';

/** What a page is about, as it was read: an app or a pod. */
export type Subject =
  { readonly kind: 'app'; readonly app: AppDetails } | { readonly kind: 'pod'; readonly pod: PodStatus };

/** What both have, in one form. */
export interface SubjectFacts {
  readonly id: string;
  readonly kind: 'app' | 'pod';
  readonly version: string;
  /** Wanted. */
  readonly instances: number;
  /** Of one instance; `mem` and `disk` in MiB. */
  readonly resources: Required<PodResources>;
  readonly labels: Readonly<Record<string, string>>;
  readonly rows: readonly InstanceRow[];
  readonly volumes: readonly DefinedVolume[];
  /** Its instances have places of their own, with their data. */
  readonly isResident: boolean;
  readonly hasReadiness: boolean;
}

function podResources({ spec }: PodStatus): Required<PodResources> {
  const shares = [spec.executorResources ?? {}, ...spec.containers.map(({ resources = {} }) => resources)];
  const sum = (name: keyof PodResources): number => shares.reduce((total, share) => total + (share[name] ?? 0), 0);
  return { cpus: sum('cpus'), mem: sum('mem'), disk: sum('disk'), gpus: sum('gpus') };
}

/** What the page shows of an app or pod. */
export function factsOf(subject: Subject): SubjectFacts {
  if (subject.kind === 'app') {
    const { app } = subject;
    const { id, version, instances, cpus, mem, disk, gpus, labels = {}, readinessChecks = [] } = app;
    const volumes = volumesOfApp(app);
    return {
      kind: 'app',
      id,
      version,
      instances,
      labels,
      volumes,
      resources: { cpus, mem, disk, gpus },
      rows: rowsOfApp(app),
      isResident: volumes.some(({ kind }) => kind === 'persistent'),
      hasReadiness: readinessChecks.length > 0,
    };
  }
  const { pod } = subject;
  const { id, version, labels = {}, scaling } = pod.spec;
  const volumes = volumesOfPod(pod);
  return {
    kind: 'pod',
    id,
    version,
    instances: scaling?.instances ?? 1,
    labels,
    volumes,
    resources: podResources(pod),
    rows: rowsOfPod(pod),
    isResident: volumes.some(({ kind }) => kind === 'persistent'),
    hasReadiness: false,
  };
}
