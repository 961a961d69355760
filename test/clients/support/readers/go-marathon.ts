/** go-marathon at 94e7bcb: its types, as encoding/json fills them. */
import {
  goBool,
  goFloat,
  goInt,
  goInt32,
  goMap,
  goPointer,
  goSlice,
  goString,
  goStruct,
  GoUnmarshalError,
  unmarshal,
} from '../go-json.js';
import type { Decoded, GoDecoder } from '../go-json.js';
import type { WireAnswer } from '../wire.js';

/** task.go, HealthCheckResult. */
export const healthCheckResult = goStruct({
  alive: goBool,
  consecutiveFailures: goInt,
  firstSuccess: goString,
  lastFailure: goString,
  lastFailureCause: goString,
  lastSuccess: goString,
  taskId: goString,
});

/** task.go, IPAddress. */
export const ipAddress = goStruct({ ipAddress: goString, protocol: goString });

/** task.go, Task. */
export const task = goStruct({
  id: goString,
  appId: goString,
  host: goString,
  healthCheckResults: goSlice(healthCheckResult),
  ports: goSlice(goInt),
  servicePorts: goSlice(goInt),
  slaveId: goString,
  stagedAt: goString,
  startedAt: goString,
  state: goString,
  ipAddresses: goSlice(ipAddress),
  version: goString,
});
export const tasks = goStruct({ tasks: goSlice(task) });

/** health.go, HealthCheck. */
export const healthCheck = goStruct({
  portIndex: goPointer(goInt),
  port: goPointer(goInt),
  path: goPointer(goString),
  maxConsecutiveFailures: goPointer(goInt),
  protocol: goString,
  gracePeriodSeconds: goInt,
  intervalSeconds: goInt,
  timeoutSeconds: goInt,
  ignoreHttp1xx: goPointer(goBool),
});

/** docker.go, PortMapping: the labels are of texts. */
export const portMapping = goStruct({
  containerPort: goInt,
  hostPort: goInt,
  labels: goMap(goString),
  name: goString,
  servicePort: goInt,
  protocol: goString,
});

/** docker.go, Container. */
export const container = goStruct({
  type: goString,
  docker: goPointer(goStruct({ image: goString, forcePullImage: goPointer(goBool), privileged: goPointer(goBool) })),
  portMappings: goSlice(portMapping),
});

/** network.go, PodNetwork: also the networks of apps. */
export const network = goStruct({ name: goString, mode: goString, labels: goMap(goString) });

/** update_strategy.go, UnreachableStrategy: `disabled` or the two times. */
export const unreachableStrategy: GoDecoder<unknown> = (value, path) =>
  value === 'disabled'
    ? { absenceReason: value }
    : goStruct({ inactiveAfterSeconds: goPointer(goFloat), expungeAfterSeconds: goPointer(goFloat) })(value, path);

/** application.go, ReadinessCheckResult. */
export const readinessCheckResult = goStruct({
  name: goString,
  taskId: goString,
  ready: goBool,
  lastResponse: goStruct({ body: goString, contentType: goString, status: goInt }),
});

/** application_marshalling.go: variables are texts, or name a secret. */
const environment: GoDecoder<Readonly<Record<string, unknown>>> = goMap((value, path) =>
  typeof value === 'string' ? value : goStruct({ secret: goString })(value, path),
);

/** application.go, Application. */
export const application = goStruct({
  id: goString,
  cmd: goPointer(goString),
  args: goPointer(goSlice(goString)),
  constraints: goPointer(goSlice(goSlice(goString))),
  container: goPointer(container),
  cpus: goFloat,
  gpus: goPointer(goFloat),
  disk: goPointer(goFloat),
  networks: goPointer(goSlice(network)),
  env: environment,
  executor: goPointer(goString),
  healthChecks: goPointer(goSlice(healthCheck)),
  instances: goPointer(goInt),
  mem: goPointer(goFloat),
  tasks: goSlice(task),
  ports: goSlice(goInt),
  portDefinitions: goPointer(
    goSlice(goStruct({ port: goPointer(goInt), protocol: goString, name: goString, labels: goMap(goString) })),
  ),
  requirePorts: goPointer(goBool),
  backoffSeconds: goPointer(goFloat),
  backoffFactor: goPointer(goFloat),
  maxLaunchDelaySeconds: goPointer(goFloat),
  deployments: goSlice(goMap(goString)),
  readinessCheckResults: goPointer(goSlice(readinessCheckResult)),
  dependencies: goSlice(goString),
  tasksRunning: goInt,
  tasksStaged: goInt,
  tasksHealthy: goInt,
  tasksUnhealthy: goInt,
  taskStats: goMap(goStruct({ stats: goStruct({ counts: goMap(goInt), lifeTime: goMap(goFloat) }) })),
  user: goString,
  upgradeStrategy: goPointer(
    goStruct({ minimumHealthCapacity: goPointer(goFloat), maximumOverCapacity: goPointer(goFloat) }),
  ),
  unreachableStrategy: goPointer(unreachableStrategy),
  killSelection: goString,
  version: goString,
  versionInfo: goPointer(goStruct({ lastScalingAt: goString, lastConfigChangeAt: goString })),
  labels: goPointer(goMap(goString)),
  acceptedResourceRoles: goSlice(goString),
  lastTaskFailure: goPointer(
    goStruct({
      appId: goString,
      host: goString,
      message: goString,
      slaveId: goString,
      state: goString,
      taskId: goString,
      timestamp: goString,
      version: goString,
    }),
  ),
  fetch: goPointer(goSlice(goStruct({ uri: goString, executable: goBool, extract: goBool, cache: goBool }))),
});
export type Application = Decoded<typeof application>;

/** application.go, Applications and the wrapper of one. */
export const applications = goStruct({ apps: goSlice(application) });
export const wrappedApplication = goStruct({ app: application });

/** deployment.go, DeploymentID. */
export const deploymentId = goStruct({ deploymentId: goString, version: goString });

/** deployment.go, DeploymentStep: one action. */
const action = goStruct({
  action: goString,
  app: goString,
  readinessCheckResults: goPointer(goSlice(readinessCheckResult)),
});

/** deployment.go, Deployment; its steps are those of Marathon 1 (an object) or older ones (a list), read as they come. */
export const deployment = goStruct({
  id: goString,
  version: goString,
  currentStep: goInt,
  totalSteps: goInt,
  affectedApps: goSlice(goString),
  affectedPods: goSlice(goString),
  steps: goSlice(goStruct({ actions: goSlice(action) })),
  currentActions: goSlice(action),
});

/** group.go, Group: groups in groups. */
export const group: GoDecoder<GroupOf> = (value, path) =>
  goStruct({
    id: goString,
    apps: goSlice(application),
    dependencies: goSlice(goString),
    groups: goSlice(group),
    pods: goSlice(goStruct({ id: goString })),
    enforceRole: goPointer(goBool),
  })(value, path);

export interface GroupOf {
  readonly id: string;
  readonly apps: readonly Application[];
  readonly dependencies: readonly string[];
  readonly groups: readonly GroupOf[];
}

/** queue.go:43: `timeLeftSeconds` is an int, and so are all counts. */
const declinedStep = goStruct({ reason: goString, declined: goInt32, processed: goInt32 });
export const queue = goStruct({
  queue: goSlice(
    goStruct({
      count: goInt,
      delay: goStruct({ overdue: goBool, timeLeftSeconds: goInt }),
      app: goPointer(application),
      pod: goPointer(goStruct({ id: goString })),
      role: goString,
      since: goString,
      processedOffersSummary: goStruct({
        processedOffersCount: goInt32,
        unusedOffersCount: goInt32,
        lastUnusedOfferAt: goPointer(goString),
        lastUsedOfferAt: goPointer(goString),
        rejectSummaryLastOffers: goSlice(declinedStep),
        rejectSummaryLaunchAttempt: goSlice(declinedStep),
      }),
      lastUnusedOffers: goSlice(
        goStruct({
          offer: goStruct({ id: goString, agentId: goString, hostname: goString }),
          reason: goSlice(goString),
          timestamp: goString,
        }),
      ),
    }),
  ),
});

/** pod.go, Pod, and pod_container.go, as far as types can go wrong. */
export const pod = goStruct({
  id: goString,
  labels: goMap(goString),
  version: goString,
  user: goString,
  environment,
  containers: goSlice(
    goStruct({
      name: goString,
      exec: goPointer(goStruct({ command: goStruct({ shell: goString }) })),
      resources: goPointer(goStruct({ cpus: goFloat, mem: goFloat, disk: goFloat, gpus: goInt })),
      endpoints: goSlice(
        goStruct({ name: goString, containerPort: goInt, hostPort: goInt, protocol: goSlice(goString) }),
      ),
      image: goPointer(goStruct({ kind: goString, id: goString, forcePull: goPointer(goBool) })),
      environment,
    }),
  ),
  networks: goSlice(network),
  scaling: goPointer(goStruct({ kind: goString, instances: goInt, maxInstances: goInt })),
  scheduling: goPointer(
    goStruct({
      backoff: goPointer(goStruct({ backoff: goPointer(goFloat), backoffFactor: goPointer(goFloat) })),
      killSelection: goString,
      unreachableStrategy: goPointer(unreachableStrategy),
    }),
  ),
  executorResources: goPointer(goStruct({ cpus: goFloat, mem: goFloat, disk: goFloat })),
  role: goPointer(goString),
});

/** pod_status.go, PodStatus. */
export const podStatus = goStruct({
  id: goString,
  spec: goPointer(pod),
  status: goString,
  statusSince: goString,
  message: goString,
  instances: goSlice(goStruct({ id: goString, status: goString })),
  terminationHistory: goSlice(goStruct({ instanceId: goString })),
  lastUpdated: goString,
  lastChanged: goString,
});

/** info.go, Info; ports and times are ints, what it asks of the rest are texts and flags. */
export const info = goStruct({
  elected: goBool,
  frameworkId: goString,
  leader: goString,
  name: goString,
  version: goString,
  http_config: goStruct({ http_port: goFloat, https_port: goFloat }),
  marathon_config: goStruct({
    checkpoint: goBool,
    executor: goString,
    failover_timeout: goFloat,
    framework_name: goString,
    ha: goBool,
    hostname: goString,
    leader_proxy_connection_timeout_ms: goFloat,
    leader_proxy_read_timeout_ms: goFloat,
    local_port_min: goFloat,
    local_port_max: goFloat,
    master: goString,
    mesos_leader_ui_url: goString,
    webui_url: goString,
    mesos_role: goString,
    mesos_user: goString,
    reconciliation_initial_delay: goFloat,
    reconciliation_interval: goFloat,
    task_launch_timeout: goFloat,
    task_reservation_timeout: goInt,
  }),
  zookeeper_config: goStruct({
    zk: goString,
    zk_max_versions: goFloat,
    zk_session_timeout: goFloat,
    zk_timeout: goFloat,
  }),
});

/** pod.go (DeletePod) and client.go, `apiCall`: an empty answer with `Marathon-Deployment-Id` is read from that header. */
export function readDeploymentId(answer: WireAnswer): Decoded<typeof deploymentId> {
  const { 'marathon-deployment-id': id } = answer.headers;
  if (answer.text === '' && typeof id === 'string') return { deploymentId: id, version: '' };
  if (answer.text === '') throw new GoUnmarshalError('unexpected end of JSON input');
  return unmarshal(deploymentId, answer.text);
}

export type ErrorCode =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'DuplicateID'
  | 'AppLocked'
  | 'InvalidBean'
  | 'Server'
  | 'Unknown';

const simpleError = goStruct({ message: goString });
const badRequest = goStruct({
  message: goString,
  details: goSlice(goStruct({ path: goString, errors: goSlice(goString) })),
});
const conflict = goStruct({ message: goString, deployments: goSlice(goStruct({ id: goString })) });
const unprocessable = goStruct({
  message: goString,
  details: goSlice(goStruct({ path: goString, errors: goSlice(goString) })),
});

/**
 * error.go, NewAPIError: what a status and its body are taken for. `isDecoded` is false when the body is not of the status's form: the
 * client then shows it raw.
 */
export function apiErrorOf(answer: WireAnswer): {
  readonly code: ErrorCode;
  readonly message: string;
  readonly isDecoded: boolean;
} {
  const { status, text } = answer;
  const read = <T>(decode: GoDecoder<T>, use: (body: T) => { code: ErrorCode; message: string }, code: ErrorCode) => {
    try {
      return { ...use(unmarshal(decode, text)), isDecoded: true };
    } catch {
      return { code, message: text, isDecoded: false };
    }
  };
  const simple = (code: ErrorCode) => read(simpleError, ({ message }) => ({ code, message }), code);
  const detailed = (decode: typeof badRequest, code: ErrorCode) =>
    read(
      decode,
      ({ message, details }) => ({
        code,
        message: `${message} (${details.map(({ path, errors }) => `${path}: ${errors.join(', ')}`).join('; ')})`,
      }),
      code,
    );
  if (status === 400) return detailed(badRequest, 'BadRequest');
  if (status === 401) return simple('Unauthorized');
  if (status === 403) return simple('Forbidden');
  if (status === 404) return simple('NotFound');
  if (status === 409) {
    return read(
      conflict,
      ({ message, deployments }) => ({ code: deployments.length === 0 ? 'DuplicateID' : 'AppLocked', message }),
      'DuplicateID',
    );
  }
  if (status === 422) return detailed(unprocessable, 'InvalidBean');
  return simple(status >= 500 ? 'Server' : 'Unknown');
}

/** cluster.go: a status of 500 or more marks the member as down; `/ping` with 200 brings it back. */
export function marksMemberDown({ status }: WireAnswer): boolean {
  return status >= 500;
}

/** `v2/apps/{id}` and the like: application.go, `buildPath` with `trimRootPath`. */
export function pathOf(resource: string, id: string): string {
  return `/v2/${resource}/${id.replace(/^\//, '')}`;
}

/** task.go, KillTask: the app is guessed from the task's id, which holds for ids of Marathon before 1.8 only. */
export function appOfTask(taskId: string): string {
  return taskId.slice(0, taskId.lastIndexOf('.')).replaceAll('_', '/');
}
