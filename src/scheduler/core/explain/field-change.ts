import type { AppDefinition } from '../../model/app-definition.js';
import type { PodDefinition } from '../../model/pod-definition.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import type { Constraint } from '../match/constraints.js';
import { constraintsOf } from '../match/spread.js';
import { usesHostNetwork } from '../wanted-ports.js';

export type LoweredScalar = 'cpus' | 'memMib' | 'diskMib' | 'gpus';

/** One member of a definition that would have to be another one. */
export type FieldChange =
  /** `container`: of a pod, the one whose share is lowered. */
  | {
      readonly field: LoweredScalar;
      readonly from: number;
      readonly to: number;
      readonly container?: string;
    }
  /** This constraint is left out. */
  | { readonly field: 'constraints'; readonly constraint: Constraint }
  /** Resources of these roles are taken, too; `to` is the whole list. */
  | { readonly field: 'acceptedResourceRoles'; readonly added: readonly string[]; readonly to: readonly string[] }
  /** Any ports are taken in place of these. */
  | { readonly field: 'hostPorts'; readonly ports: readonly number[] };

const sameConstraint = (a: Constraint, b: Constraint): boolean =>
  a.field === b.field && a.operator === b.operator && a.value === b.value;

function withoutConstraint(runSpec: RunSpec, constraint: Constraint): RunSpec {
  const isKept = constraintsOf(runSpec).map((one) => !sameConstraint(one, constraint));
  return isPod(runSpec)
    ? { ...runSpec, constraints: runSpec.constraints.filter((_, i) => isKept[i]) }
    : { ...runSpec, constraints: runSpec.constraints.filter((_, i) => isKept[i]) };
}

function withOpenPort<T extends { readonly hostPort?: number }>(port: T, ports: readonly number[]): T {
  return port.hostPort !== undefined && ports.includes(port.hostPort) ? { ...port, hostPort: 0 } : port;
}

function withAnyPorts(runSpec: RunSpec, ports: readonly number[]): RunSpec {
  if (isPod(runSpec)) {
    const containers = runSpec.containers.map((container) => ({
      ...container,
      endpoints: container.endpoints.map((endpoint) => withOpenPort(endpoint, ports)),
    }));
    return { ...runSpec, containers };
  }
  if (usesHostNetwork(runSpec)) return { ...runSpec, requirePorts: false };
  const { container } = runSpec;
  if (container?.portMappings === undefined) return runSpec;
  const portMappings = container.portMappings.map((mapping) => withOpenPort(mapping, ports));
  return { ...runSpec, container: { ...container, portMappings } };
}

function withLessOf(pod: PodDefinition, name: string | undefined, scalar: LoweredScalar, to: number): PodDefinition {
  const containers = pod.containers.map((container) =>
    container.name === name ? { ...container, resources: { ...container.resources, [scalar]: to } } : container,
  );
  return { ...pod, containers };
}

/** The definition with one member changed. */
export function changed(runSpec: RunSpec, change: FieldChange): RunSpec {
  switch (change.field) {
    case 'constraints':
      return withoutConstraint(runSpec, change.constraint);
    case 'acceptedResourceRoles':
      return { ...runSpec, acceptedResourceRoles: change.to };
    case 'hostPorts':
      return withAnyPorts(runSpec, change.ports);
    default:
      return isPod(runSpec)
        ? withLessOf(runSpec, change.container, change.field, change.to)
        : { ...runSpec, [change.field]: change.to };
  }
}

/** What takes the most of a resource: the app itself, or one container of a pod. */
function largestShare(
  runSpec: RunSpec,
  scalar: LoweredScalar,
): { readonly from: number; readonly container?: string } | undefined {
  if (!isPod(runSpec)) return { from: (runSpec satisfies AppDefinition)[scalar] };
  const [largest] = [...runSpec.containers].sort((a, b) => b.resources[scalar] - a.resources[scalar]);
  return largest === undefined ? undefined : { from: largest.resources[scalar], container: largest.name };
}

/** Without any of these a task could do nothing. */
const indispensable: ReadonlySet<LoweredScalar> = new Set(['cpus', 'memMib']);

/** Lowers what asks for a resource by what is missing of it; undefined: that much cannot be done without. */
export function lowered(runSpec: RunSpec, scalar: LoweredScalar, missing: number): FieldChange | undefined {
  const share = largestShare(runSpec, scalar);
  if (share === undefined) return undefined;
  // Mesos counts in thousandths
  const to = (Math.round(share.from * 1000) - Math.round(missing * 1000)) / 1000;
  if (to < 0 || (to === 0 && indispensable.has(scalar))) return undefined;
  return { field: scalar, to, ...share };
}
