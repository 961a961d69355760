import { equalData } from '../../../../common/equal.js';
import type { PodVolume } from '../../../model/pod-definition.js';
import { isResidentPod } from '../../normalize/pods/draft-pod.js';
import type { PodDraft } from '../../normalize/pods/pod-draft.js';
import { roleChangeProblems } from '../rules/resident-update.js';
import { scalaDouble } from '../rules/resources.js';
import { problem } from '../violations.js';
import type { PodRule } from './pod-rule.js';

/** What a pod with persistent volumes must not ask for. */
export const residentRule: PodRule = function* (pod) {
  if (!isResidentPod(pod)) return;
  const { acceptedResourceRoles = ['*'], role, unreachableStrategy, upgradeStrategy } = pod;
  if (role === '*') yield problem('/role', 'Resident pods cannot have the role *');
  if (!equalData(acceptedResourceRoles, ['*'])) {
    yield problem('/acceptedResourceRoles', 'A resident pod must have `acceptedResourceRoles = ["*"]`.');
  }
  if (unreachableStrategy !== 'disabled') {
    yield problem('', 'unreachableStrategy must be disabled for pods with persistent volumes');
  }
  const { maximumOverCapacity } = upgradeStrategy;
  if (maximumOverCapacity !== 0) {
    yield problem('/upgrade/maximumOverCapacity', `got ${scalaDouble(maximumOverCapacity)}, expected 0.0`);
  }
};

/** In the order of their names: another order changes nothing. */
function persistentVolumesOf({ volumes }: PodDraft): readonly PodVolume[] {
  return volumes.filter(({ type }) => type === 'persistent').sort((a, b) => (a.name < b.name ? -1 : 1));
}

type Resource = 'cpus' | 'mem' | 'disk' | 'gpus';

/** What one instance takes, its executor included, in thousandths: sums of decimals miss each other by a hair. */
function takenBy({ containers, executorResources }: PodDraft): Readonly<Record<Resource, number>> {
  const sum = { cpus: executorResources.cpus, mem: executorResources.memMib, disk: executorResources.diskMib, gpus: 0 };
  for (const { resources } of containers) {
    sum.cpus += resources.cpus;
    sum.mem += resources.memMib;
    sum.disk += resources.diskMib;
    sum.gpus += resources.gpus;
  }
  const milli = (value: number): number => Math.round(value * 1000);
  return { cpus: milli(sum.cpus), mem: milli(sum.mem), disk: milli(sum.disk), gpus: milli(sum.gpus) };
}

function hostPortsOf({ containers }: PodDraft): readonly number[] {
  const ports = containers.flatMap(({ endpoints }) => endpoints.flatMap(({ hostPort }) => hostPort ?? []));
  return [...new Set(ports)].sort((a, b) => a - b);
}

/** A pod that has or had persistent volumes cannot have another role, or ask for other resources: what its instances have reserved is as it is. */
export const residentUpdateRule: PodRule = function* (pod, { current }) {
  if (current === undefined || !(isResidentPod(pod) || isResidentPod(current))) return;
  if (!equalData(persistentVolumesOf(current), persistentVolumesOf(pod))) {
    yield problem('', 'persistent volumes cannot be updated');
  }
  yield* roleChangeProblems(current.role, pod.role);
  const before = takenBy(current);
  const after = takenBy(pod);
  for (const resource of ['cpus', 'mem', 'disk', 'gpus'] as const) {
    if (before[resource] !== after[resource]) {
      yield problem('', `${resource} cannot be updated if a pod has persistent volumes`);
    }
  }
  if (!equalData(hostPortsOf(current), hostPortsOf(pod))) {
    yield problem('', 'host ports cannot be updated if a pod has persistent volumes');
  }
};
