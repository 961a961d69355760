import type { PathId } from '../../common/path-id.js';
import type { AppDefinition, HealthCheck, Timestamp } from './app-definition.js';
import type { Condition, IpAddress } from './instance.js';
import type { Deployment } from './deployment.js';

/** Events of Marathon's event bus (marathon.md §14.3), before they get `eventType` and `timestamp` on the wire. */
export type SchedulerEvent =
  | {
      readonly type: 'api_post_event';
      readonly clientIp: string;
      readonly uri: string;
      readonly appDefinition: AppDefinition;
    }
  | {
      readonly type: 'status_update_event';
      readonly slaveId: string;
      readonly taskId: string;
      readonly taskStatus: string;
      readonly message: string;
      readonly appId: PathId;
      readonly host: string;
      readonly ipAddresses: readonly IpAddress[];
      readonly ports: readonly number[];
      readonly version: Timestamp;
    }
  | {
      readonly type: 'instance_changed_event';
      readonly instanceId: string;
      readonly condition: Condition;
      readonly runSpecId: PathId;
      readonly agentId: string;
      readonly host: string;
      readonly runSpecVersion: Timestamp;
    }
  | {
      readonly type: 'instance_health_changed_event';
      readonly instanceId: string;
      readonly runSpecId: PathId;
      readonly healthy: boolean | null;
      readonly runSpecVersion: Timestamp;
    }
  | {
      readonly type: 'unknown_instance_terminated_event';
      readonly instanceId: string;
      readonly runSpecId: PathId;
      readonly condition: Condition;
    }
  | {
      readonly type: 'health_status_changed_event';
      readonly appId: PathId;
      readonly instanceId: string;
      readonly version: Timestamp;
      readonly alive: boolean;
    }
  | {
      readonly type: 'failed_health_check_event';
      readonly appId: PathId;
      readonly instanceId: string;
      readonly healthCheck: HealthCheck;
    }
  | {
      readonly type: 'unhealthy_instance_kill_event';
      readonly appId: PathId;
      readonly taskId: string;
      readonly instanceId: string;
      readonly version: Timestamp;
      readonly reason: string;
      readonly host: string;
      readonly slaveId: string;
    }
  | {
      readonly type: 'add_health_check_event';
      readonly appId: PathId;
      readonly version: Timestamp;
      readonly healthCheck: HealthCheck;
    }
  | { readonly type: 'remove_health_check_event'; readonly appId: PathId }
  | {
      readonly type: 'pod_created_event' | 'pod_updated_event' | 'pod_deleted_event';
      readonly clientIp: string;
      readonly uri: string;
    }
  | {
      readonly type: 'framework_message_event';
      readonly executorId: string;
      readonly slaveId: string;
      /** The bytes, one number from -128 to 127 each, as Java has them. */
      readonly message: readonly number[];
    }
  | { readonly type: 'subscribe_event' | 'unsubscribe_event'; readonly clientIp: string; readonly callbackUrl: string }
  | { readonly type: 'deployment_info'; readonly plan: Deployment }
  | { readonly type: 'deployment_step_success' | 'deployment_step_failure'; readonly plan: Deployment }
  | { readonly type: 'deployment_success'; readonly plan: Deployment }
  | { readonly type: 'deployment_failed'; readonly plan: Deployment; readonly reason: string }
  | { readonly type: 'app_terminated_event'; readonly appId: PathId }
  | { readonly type: 'group_change_success'; readonly groupId: PathId; readonly version: Timestamp }
  | {
      readonly type: 'group_change_failed';
      readonly groupId: PathId;
      readonly version: Timestamp;
      readonly reason: string;
    }
  | { readonly type: 'scheduler_registered_event'; readonly frameworkId: string; readonly master: string }
  | { readonly type: 'scheduler_reregistered_event'; readonly master: string }
  | { readonly type: 'scheduler_disconnected_event' };
