/** The kinds of events of `GET /v2/events`, in groups (marathon.md §14.3). Browsers hear only those that they ask for by name. */
export const eventKinds = [
  'api_post_event',
  'pod_created_event',
  'pod_updated_event',
  'pod_deleted_event',
  'group_change_success',
  'group_change_failed',
  'deployment_info',
  'deployment_step_success',
  'deployment_step_failure',
  'deployment_success',
  'deployment_failed',
  'app_terminated_event',
  'status_update_event',
  'instance_changed_event',
  'instance_health_changed_event',
  'unknown_instance_terminated_event',
  'health_status_changed_event',
  'failed_health_check_event',
  'unhealthy_instance_kill_event',
  'add_health_check_event',
  'remove_health_check_event',
  'scheduler_registered_event',
  'scheduler_reregistered_event',
  'scheduler_disconnected_event',
  'framework_message_event',
  'subscribe_event',
  'unsubscribe_event',
  'event_stream_attached',
  'event_stream_detached',
] as const;

/** An event, of any kind. */
export interface MarathonEvent extends Readonly<Record<string, unknown>> {
  readonly eventType: string;
  /** ISO 8601. */
  readonly timestamp: string;
}

export interface EventAction {
  readonly action: string;
  readonly app?: string;
  readonly pod?: string;
}

/** The plan that events of deployments carry. */
export interface EventPlan {
  readonly id: string;
  readonly version: string;
  readonly steps: readonly { readonly actions: readonly EventAction[] }[];
}
