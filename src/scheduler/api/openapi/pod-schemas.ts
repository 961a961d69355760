import { Type } from 'typebox';
import { podSchema } from '../../core/validate/pods/pod-schema.js';
import { optional, pathId, text, timestamp } from './common-schemas.js';

/** A pod as it is answered: defaults filled in. */
export const podAnswerSchema = Type.Object({ ...podSchema.properties, version: timestamp }, { $id: 'PodDefinition' });

const amount = Type.Number({ minimum: 0 });

const terminationSchema = Type.Object({ exitCode: optional(Type.Integer()), message: optional(text) });

const containerStatusSchema = Type.Object(
  {
    name: text,
    status: Type.String({ description: 'State of its Mesos task.' }),
    statusSince: timestamp,
    message: optional(text),
    conditions: Type.Array(
      Type.Object({ name: text, lastChanged: timestamp, lastUpdated: timestamp, value: text, reason: text }),
    ),
    containerId: Type.String({ description: 'Id of its Mesos task.' }),
    endpoints: Type.Array(
      Type.Object({
        name: text,
        allocatedHostPort: optional(Type.Integer()),
        healthy: optional(Type.Boolean({ description: 'Of the endpoint that the health check asks.' })),
      }),
    ),
    resources: optional(Type.Object({ cpus: amount, mem: amount, disk: amount, gpus: amount })),
    termination: optional(terminationSchema),
    lastUpdated: timestamp,
    lastChanged: timestamp,
  },
  { $id: 'PodContainerStatus' },
);

const terminationHistorySchema = Type.Object(
  {
    instanceID: text,
    startedAt: timestamp,
    terminatedAt: timestamp,
    message: optional(text),
    containers: Type.Array(Type.Object({ containerId: text, lastKnownState: text, termination: terminationSchema })),
  },
  { $id: 'PodTerminationHistory' },
);

const podInstanceStatusSchema = Type.Object(
  {
    id: text,
    status: Type.Enum(['PENDING', 'STAGING', 'STABLE', 'DEGRADED', 'TERMINAL'], { type: 'string' }),
    statusSince: timestamp,
    message: optional(text),
    agentHostname: text,
    agentId: text,
    agentRegion: optional(text),
    agentZone: optional(text),
    resources: Type.Object({ cpus: amount, mem: amount, disk: amount, gpus: amount }),
    networks: Type.Array(Type.Object({ name: optional(text), addresses: Type.Array(text) })),
    containers: Type.Array(containerStatusSchema),
    specReference: Type.String({ description: 'Path of the definition that it runs.' }),
    localVolumes: Type.Array(Type.Unknown()),
    lastUpdated: timestamp,
    lastChanged: timestamp,
    role: text,
  },
  { $id: 'PodInstanceStatus' },
);

export const podStatusSchema = Type.Object(
  {
    id: pathId,
    spec: podAnswerSchema,
    status: Type.Enum(['DEGRADED', 'STABLE', 'TERMINAL'], { type: 'string' }),
    statusSince: timestamp,
    message: optional(text),
    instances: Type.Array(podInstanceStatusSchema),
    terminationHistory: Type.Array(terminationHistorySchema, { description: 'The latest ones, the newest first.' }),
    lastUpdated: timestamp,
    lastChanged: timestamp,
  },
  { $id: 'PodStatus' },
);

export const podInstanceSchema = Type.Object(
  {
    instanceId: text,
    state: Type.Object({
      condition: text,
      since: timestamp,
      activeSince: optional(timestamp),
      healthy: optional(Type.Boolean()),
      goal: text,
    }),
    agentInfo: Type.Object({
      host: text,
      agentId: text,
      region: optional(text),
      zone: optional(text),
      attributes: Type.Array(Type.Unknown()),
    }),
    runSpecVersion: timestamp,
    unreachableStrategy: podSchema.properties.scheduling.properties.unreachableStrategy,
  },
  { $id: 'PodInstance' },
);
