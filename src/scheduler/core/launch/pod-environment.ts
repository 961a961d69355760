import type { Instance } from '../../model/instance.js';
import type { PodContainer, PodDefinition, PodEnvironment } from '../../model/pod-definition.js';
import type { AssignedPort } from '../wanted-ports.js';
import { sourceOf } from './secrets.js';
import { decimal, labelVariables, upperName } from './environment.js';

/** The texts of an environment. */
function textsOf(environment: PodEnvironment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/**
 * Where the secrets are that variables of a container get the value of, by the names of the variables. A variable that a container sets
 * itself is not the pod's any more.
 */
export function secretVariablesOf(pod: PodDefinition, container: PodContainer): Readonly<Record<string, string>> {
  const variables = Object.entries({ ...pod.environment, ...container.environment });
  return Object.fromEntries(
    variables.flatMap(([name, value]) => (typeof value === 'string' ? [] : [[name, sourceOf(pod, value.secret)]])),
  );
}

/**
 * Where the endpoints of the pod are, those of all its containers: `ENDPOINT_<NAME>` is the port that its process listens on, `EP_HOST_<NAME>`
 * that of the agent, `EP_CONTAINER_<NAME>` that of the container (marathon.md §7).
 */
function endpointVariables(assigned: readonly AssignedPort[], given: string): Record<string, string> {
  const prefix = given.toUpperCase();
  const variables: Record<string, string> = {};
  for (const { wanted, hostPort, containerPort } of assigned) {
    const name = upperName(wanted.name ?? '');
    const own = containerPort ?? hostPort;
    if (own !== undefined) variables[`${prefix}ENDPOINT_${name}`] = String(own);
    if (hostPort !== undefined) variables[`${prefix}EP_HOST_${name}`] = String(hostPort);
    if (containerPort !== undefined) variables[`${prefix}EP_CONTAINER_${name}`] = String(containerPort);
  }
  return variables;
}

/** What the environment of a pod's container is made of. */
export interface ContainerFacts {
  readonly pod: PodDefinition;
  readonly container: PodContainer;
  readonly taskId: string;
  readonly executorId: string;
  /** Whether the pod's top-level group enforces its role. */
  readonly enforcesRole: boolean;
  /** `--env_vars_prefix`: before the names of the endpoints' variables, in capitals. */
  readonly prefix: string;
  readonly instance: Pick<Instance, 'host'>;
  /** Ports of the whole pod. */
  readonly assigned: readonly AssignedPort[];
}

/** The environment of one container of a pod, as Marathon gives it: unlike with apps, Marathon's own variables win. */
export function containerEnvironment(facts: ContainerFacts): Record<string, string> {
  const { pod, container, taskId, executorId, enforcesRole, prefix, instance, assigned } = facts;
  const { resources } = container;
  return {
    ...textsOf({ ...pod.environment, ...container.environment }),
    HOST: instance.host,
    MESOS_TASK_ID: taskId,
    MESOS_EXECUTOR_ID: executorId,
    MARATHON_APP_ID: pod.id,
    MARATHON_APP_VERSION: pod.version,
    MARATHON_APP_ENFORCE_GROUP_ROLE: enforcesRole ? 'TRUE' : 'FALSE',
    MARATHON_CONTAINER_ID: container.name,
    MARATHON_CONTAINER_RESOURCE_CPUS: decimal(resources.cpus),
    MARATHON_CONTAINER_RESOURCE_MEM: decimal(resources.memMib),
    MARATHON_CONTAINER_RESOURCE_DISK: decimal(resources.diskMib),
    MARATHON_CONTAINER_RESOURCE_GPUS: String(resources.gpus),
    ...labelVariables({ ...pod.labels, ...container.labels }),
    ...endpointVariables(assigned, prefix),
  };
}
