import { Type } from 'typebox';
import type { TSchema } from 'typebox';
import { healthCheckSchema } from '../../core/validate/app-schema.js';
import type { PublishedEvent } from '../../service.js';
import { appInfoSchema } from './app-schemas.js';
import { count, ipAddressSchema, pathId, text, timestamp } from './common-schemas.js';
import { planSchema, stepSchema } from './deployment-schemas.js';

type Members = Readonly<Record<string, TSchema>>;

const caller: Members = { clientIp: text, uri: text };
const subscription: Members = { clientIp: text, callbackUrl: text };
const step: Members = { plan: planSchema, currentStep: stepSchema };

/** The members of each type of event, but for `eventType` and `timestamp` (marathon.md §14.3). */
const members: Readonly<Record<PublishedEvent['event']['type'], Members>> = {
  api_post_event: { ...caller, appDefinition: appInfoSchema },
  pod_created_event: caller,
  pod_updated_event: caller,
  pod_deleted_event: caller,
  scheduler_registered_event: { frameworkId: text, master: text },
  scheduler_reregistered_event: { master: text },
  scheduler_disconnected_event: {},
  subscribe_event: subscription,
  unsubscribe_event: subscription,
  event_stream_attached: { remoteAddress: text },
  event_stream_detached: { remoteAddress: text },
  add_health_check_event: { appId: pathId, version: timestamp, healthCheck: healthCheckSchema },
  remove_health_check_event: { appId: pathId },
  failed_health_check_event: { appId: pathId, taskId: text, healthCheck: healthCheckSchema },
  health_status_changed_event: { appId: pathId, instanceId: text, version: timestamp, alive: Type.Boolean() },
  unhealthy_instance_kill_event: {
    appId: pathId,
    taskId: text,
    instanceId: text,
    version: timestamp,
    reason: text,
    host: text,
    slaveId: text,
  },
  group_change_success: { groupId: pathId, version: timestamp },
  group_change_failed: { groupId: pathId, version: timestamp, reason: text },
  deployment_info: step,
  deployment_step_success: step,
  deployment_step_failure: step,
  deployment_success: { id: text, plan: planSchema },
  deployment_failed: { id: text, plan: planSchema, reason: text },
  app_terminated_event: { appId: pathId },
  status_update_event: {
    slaveId: text,
    taskId: text,
    taskStatus: text,
    message: text,
    appId: pathId,
    host: text,
    ipAddresses: Type.Array(ipAddressSchema),
    ports: Type.Array(count),
    version: timestamp,
  },
  instance_changed_event: {
    instanceId: text,
    condition: text,
    runSpecId: pathId,
    agentId: text,
    host: text,
    runSpecVersion: timestamp,
  },
  unknown_instance_terminated_event: { instanceId: text, runSpecId: pathId, condition: text },
  instance_health_changed_event: {
    instanceId: text,
    runSpecVersion: timestamp,
    healthy: Type.Union([Type.Boolean(), Type.Null()]),
    runSpecId: pathId,
  },
  framework_message_event: {
    executorId: text,
    slaveId: text,
    message: Type.Array(Type.Integer({ minimum: -128, maximum: 127 })),
  },
};

/** Any event as it is sent. */
export const eventSchema = Type.Union(
  Object.entries(members).map(([type, more]) =>
    Type.Object({ ...more, eventType: Type.Literal(type), timestamp }, { title: type }),
  ),
  { $id: 'Event' },
);
