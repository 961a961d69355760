import { Type } from 'typebox';
import { count, ipAddressSchema, optional, pathId, text, timestamp } from './common-schemas.js';

const healthCheckResultSchema = Type.Object(
  {
    alive: Type.Boolean(),
    consecutiveFailures: count,
    firstSuccess: optional(timestamp),
    lastSuccess: optional(timestamp),
    lastFailure: optional(timestamp),
    lastFailureCause: optional(text),
    instanceId: text,
  },
  { $id: 'HealthCheckResult' },
);

const checkResultSchema = Type.Object(
  {
    http: optional(Type.Object({ statusCode: count })),
    tcp: optional(Type.Object({ succeeded: Type.Boolean() })),
    command: optional(Type.Object({ exitCode: Type.Integer() })),
  },
  { $id: 'CheckResult', description: 'What the check that the agent runs said last.' },
);

const localVolumeSchema = Type.Object(
  { runSpecId: pathId, containerPath: text, uuid: text, persistenceId: text },
  { $id: 'LocalVolume' },
);

export const taskSchema = Type.Object(
  {
    appId: pathId,
    healthCheckResults: Type.Array(healthCheckResultSchema),
    checkResult: optional(checkResultSchema),
    host: Type.String({ description: 'Name or address of the agent.' }),
    id: text,
    ipAddresses: Type.Array(ipAddressSchema),
    ports: Type.Array(count, { description: 'Ports of the host, in the order of the definition.' }),
    servicePorts: Type.Array(count),
    slaveId: text,
    state: Type.String({ description: 'State as Mesos has it.', examples: ['TASK_RUNNING'] }),
    stagedAt: timestamp,
    startedAt: optional(timestamp),
    version: timestamp,
    localVolumes: Type.Array(localVolumeSchema),
    region: optional(text),
    zone: optional(text),
    role: text,
  },
  { $id: 'Task' },
);

export const tasksSchema = Type.Object({ tasks: Type.Array(taskSchema) }, { $id: 'Tasks' });

export const taskFailureSchema = Type.Object(
  {
    appId: pathId,
    host: text,
    message: text,
    state: text,
    taskId: text,
    timestamp,
    version: timestamp,
    slaveId: optional(text),
  },
  { $id: 'TaskFailure' },
);

const statsSchema = Type.Object(
  {
    stats: Type.Object({
      counts: Type.Object({ staged: count, running: count, healthy: count, unhealthy: count }),
      lifeTime: optional(Type.Object({ averageSeconds: Type.Number(), medianSeconds: Type.Number() })),
    }),
  },
  { $id: 'TaskStatsPart' },
);

/** Parts without tasks are left out. */
export const taskStatsSchema = Type.Object(
  {
    startedAfterLastScaling: optional(statsSchema),
    withLatestConfig: optional(statsSchema),
    withOutdatedConfig: optional(statsSchema),
    totalSummary: optional(statsSchema),
  },
  { $id: 'TaskStats' },
);
