import type { AppDefinition } from '../../src/scheduler/model/app-definition.js';
import type { Deployment } from '../../src/scheduler/model/deployment.js';
import type { PublishedEvent } from '../../src/scheduler/service.js';
import { anApp } from './scheduler-fixtures.js';

type AnyEvent = PublishedEvent['event'];

const version = '2026-01-01T00:00:00.000Z';
const ids = { appId: '/my-app', instanceId: 'my-app.instance-1', taskId: 'my-app.instance-1._app.1' };
const where = { host: 'agent-1', slaveId: 'S1' };
const request = { clientIp: '10.0.0.9', uri: '/v2/pods/my-pod' };

const healthCheck: AppDefinition['healthChecks'][number] = {
  protocol: 'HTTP',
  path: '/health',
  portIndex: 0,
  gracePeriodSeconds: 5,
  intervalSeconds: 10,
  timeoutSeconds: 10,
  maxConsecutiveFailures: 3,
  delaySeconds: 15,
  ignoreHttp1xx: false,
  ipProtocol: 'IPv4',
};

const plan: Deployment = {
  id: '867ed450-f6a8-4d33-9b0e-e11c5513990b',
  version,
  steps: [{ actions: [{ action: 'ScaleApplication', id: '/my-app', kind: 'app' }] }],
  affected: [{ id: '/my-app', kind: 'app', to: version }],
  groups: [],
  currentStep: 0,
  rollouts: {},
};

/** One event of each type; the compiler misses a type that is left out. */
const byType: { readonly [K in AnyEvent['type']]: AnyEvent & { readonly type: K } } = {
  api_post_event: {
    type: 'api_post_event',
    clientIp: '10.0.0.9',
    uri: '/v2/apps',
    appDefinition: anApp({ id: '/my-app' }),
  },
  pod_created_event: { type: 'pod_created_event', ...request },
  pod_updated_event: { type: 'pod_updated_event', ...request },
  pod_deleted_event: { type: 'pod_deleted_event', ...request },
  scheduler_registered_event: { type: 'scheduler_registered_event', frameworkId: 'F', master: 'master-1' },
  scheduler_reregistered_event: { type: 'scheduler_reregistered_event', master: 'master-1' },
  scheduler_disconnected_event: { type: 'scheduler_disconnected_event' },
  subscribe_event: { type: 'subscribe_event', clientIp: '10.0.0.9', callbackUrl: 'http://subscriber/in' },
  unsubscribe_event: { type: 'unsubscribe_event', clientIp: '10.0.0.9', callbackUrl: 'http://subscriber/in' },
  event_stream_attached: { type: 'event_stream_attached', remoteAddress: '10.0.0.9' },
  event_stream_detached: { type: 'event_stream_detached', remoteAddress: '10.0.0.9' },
  add_health_check_event: { type: 'add_health_check_event', appId: ids.appId, version, healthCheck },
  remove_health_check_event: { type: 'remove_health_check_event', appId: ids.appId },
  failed_health_check_event: {
    type: 'failed_health_check_event',
    appId: ids.appId,
    instanceId: ids.instanceId,
    healthCheck,
  },
  health_status_changed_event: {
    type: 'health_status_changed_event',
    appId: ids.appId,
    instanceId: ids.instanceId,
    version,
    alive: true,
  },
  unhealthy_instance_kill_event: {
    type: 'unhealthy_instance_kill_event',
    ...ids,
    ...where,
    version,
    reason: '500 Internal Server Error',
  },
  group_change_success: { type: 'group_change_success', groupId: '/my', version },
  group_change_failed: { type: 'group_change_failed', groupId: '/my', version, reason: 'why' },
  deployment_info: { type: 'deployment_info', plan },
  deployment_step_success: { type: 'deployment_step_success', plan },
  deployment_step_failure: { type: 'deployment_step_failure', plan },
  deployment_success: { type: 'deployment_success', plan },
  deployment_failed: { type: 'deployment_failed', plan, reason: 'why' },
  app_terminated_event: { type: 'app_terminated_event', appId: ids.appId },
  status_update_event: {
    type: 'status_update_event',
    ...where,
    taskId: ids.taskId,
    taskStatus: 'TASK_RUNNING',
    message: '',
    appId: ids.appId,
    ipAddresses: [{ ipAddress: '10.0.0.1', protocol: 'IPv4' }],
    ports: [31372],
    version,
  },
  instance_changed_event: {
    type: 'instance_changed_event',
    instanceId: ids.instanceId,
    condition: 'Running',
    runSpecId: ids.appId,
    agentId: 'S1',
    host: 'agent-1',
    runSpecVersion: version,
  },
  unknown_instance_terminated_event: {
    type: 'unknown_instance_terminated_event',
    instanceId: ids.instanceId,
    runSpecId: ids.appId,
    condition: 'Running',
  },
  instance_health_changed_event: {
    type: 'instance_health_changed_event',
    instanceId: ids.instanceId,
    runSpecId: ids.appId,
    healthy: true,
    runSpecVersion: version,
  },
  framework_message_event: {
    type: 'framework_message_event',
    executorId: 'an-executor',
    slaveId: 'S1',
    message: [104, 105],
  },
};

/** An event of every type that the bus knows. */
export const sampleEvents: readonly AnyEvent[] = Object.values(byType);
