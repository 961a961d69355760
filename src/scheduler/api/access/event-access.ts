import { resolvePathId } from '../../../common/path-id.js';
import type { PathId } from '../../../common/path-id.js';
import type { HttpRequest } from '../../../http/server.js';
import { runSpecIdOf } from '../../core/handlers/task-status.js';
import { instanceIdOf } from '../../core/launch/task-id.js';
import type { PublishedEvent } from '../../service.js';
import type { AccessResource } from '../access.js';
import type { ApiContext } from '../context.js';
import { visibleDeployment } from './deployment-access.js';

type AnyEvent = PublishedEvent['event'];
/** The events with a plan, of which a part may be visible. */
type DeploymentEvent = Extract<AnyEvent, { readonly plan: unknown }>;

const podsUri = /\/v2\/pods\/+([^:?]+)/;

/** The pod that a request was for; undefined when its URL does not name one (a pod that was posted to `/v2/pods`). */
function podOf(uri: string): PathId | undefined {
  try {
    const id = podsUri.exec(decodeURIComponent(uri))?.[1];
    return id === undefined ? undefined : resolvePathId(id);
  } catch {
    return undefined;
  }
}

/** Marathon names executors after the instance or its task; an executor of another name belongs to no app that can be told. */
function runSpecOfExecutor(executorId: string): PathId | undefined {
  const instanceId = instanceIdOf(executorId.replace(/^(?:marathon|instance)-/, ''));
  return instanceId.includes('.instance-') ? runSpecIdOf(instanceId) : undefined;
}

/** The app, pod or group that an event tells of; undefined: whoever may view events may hear it. */
function subjectOf(
  event: Exclude<AnyEvent, DeploymentEvent>,
  isPod: (id: PathId) => boolean,
): AccessResource | undefined {
  const runSpec = (id: PathId): AccessResource => ({ kind: isPod(id) ? 'pod' : 'app', id });
  switch (event.type) {
    case 'api_post_event':
      return { kind: 'app', id: event.appDefinition.id };
    case 'pod_created_event':
    case 'pod_updated_event':
    case 'pod_deleted_event': {
      const id = podOf(event.uri);
      return id === undefined ? undefined : { kind: 'pod', id };
    }
    case 'add_health_check_event':
    case 'remove_health_check_event':
    case 'failed_health_check_event':
    case 'health_status_changed_event':
    case 'unhealthy_instance_kill_event':
    case 'app_terminated_event':
    case 'status_update_event':
      return runSpec(event.appId);
    case 'instance_changed_event':
    case 'instance_health_changed_event':
    case 'unknown_instance_terminated_event':
      return runSpec(event.runSpecId);
    case 'group_change_success':
    case 'group_change_failed':
      return { kind: 'group', id: event.groupId };
    case 'framework_message_event': {
      const id = runSpecOfExecutor(event.executorId);
      return id === undefined ? undefined : runSpec(id);
    }
    case 'scheduler_registered_event':
    case 'scheduler_reregistered_event':
    case 'scheduler_disconnected_event':
    case 'subscribe_event':
    case 'unsubscribe_event':
    case 'event_stream_attached':
    case 'event_stream_detached':
      return undefined;
  }
}

/** An event as whoever sent `request` may hear it: plans without what he may not view. Undefined: not at all. */
export function visibleEvent(
  context: ApiContext,
  request: HttpRequest,
  published: PublishedEvent,
): PublishedEvent | undefined {
  const { access, service } = context;
  if (access.isOpen) return published;
  const { event } = published;
  if ('plan' in event) {
    const plan = visibleDeployment(context, request, event.plan);
    if (plan === undefined) return undefined;
    const isWhole = plan.affected.length === event.plan.affected.length;
    return isWhole ? published : { ...published, event: { ...event, plan } };
  }
  const subject = subjectOf(event, (id) => service.state.pods.has(id));
  return subject === undefined || access.may(request, 'view', subject) ? published : undefined;
}
