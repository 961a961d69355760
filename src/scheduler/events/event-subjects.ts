import { resolvePathId } from '../../common/path-id.js';
import type { PathId } from '../../common/path-id.js';
import type { AccessResource } from '../api/access.js';
import { runSpecIdOf } from '../core/handlers/task-status.js';
import { instanceIdOf } from '../core/launch/launch-instance.js';
import type { Deployment } from '../model/deployment.js';
import type { PublishedEvent } from '../service.js';

const podsUri = /\/v2\/pods\/+([^:?]+)/;

/** The pod that a request was for; undefined when its URL does not name one (a pod that was posted to `/v2/pods`). */
function podOf(uri: string): PathId | undefined {
  try {
    const id = podsUri.exec(decodeURIComponent(uri))?.[1];
    return id === undefined ? undefined : resolvePathId(id, '/');
  } catch {
    return undefined;
  }
}

/** Marathon names executors after the instance or its task; an executor of another name belongs to no app that can be told. */
function runSpecOfExecutor(executorId: string): PathId | undefined {
  const instanceId = instanceIdOf(executorId.replace(/^(?:marathon|instance)-/, ''));
  return instanceId.includes('.instance-') ? runSpecIdOf(instanceId) : undefined;
}

function pod(id: PathId): AccessResource {
  return { kind: 'pod', id };
}

/** The apps and pods that a deployment has to do with, each once. */
function subjectsOfPlan({ steps }: Deployment): readonly AccessResource[] {
  const subjects = new Map<PathId, AccessResource>();
  for (const { actions } of steps) for (const { id, kind } of actions) subjects.set(id, { kind, id });
  return [...subjects.values()];
}

/**
 * The apps, pods and groups that an event tells of; empty: none, so that whoever may view events may hear it. `isPod` says whether
 * an id is a pod's.
 */
export function eventSubjects(
  event: PublishedEvent['event'],
  isPod: (id: PathId) => boolean,
): readonly AccessResource[] {
  const runSpec = (id: PathId): AccessResource => (isPod(id) ? pod(id) : { kind: 'app', id });
  switch (event.type) {
    case 'api_post_event':
      return [{ kind: 'app', id: event.appDefinition.id }];
    case 'pod_created_event':
    case 'pod_updated_event':
    case 'pod_deleted_event': {
      const id = podOf(event.uri);
      return id === undefined ? [] : [pod(id)];
    }
    case 'add_health_check_event':
    case 'remove_health_check_event':
    case 'failed_health_check_event':
    case 'health_status_changed_event':
    case 'unhealthy_instance_kill_event':
    case 'app_terminated_event':
    case 'status_update_event':
      return [runSpec(event.appId)];
    case 'instance_changed_event':
    case 'instance_health_changed_event':
    case 'unknown_instance_terminated_event':
      return [runSpec(event.runSpecId)];
    case 'group_change_success':
    case 'group_change_failed':
      return [{ kind: 'group', id: event.groupId }];
    case 'deployment_info':
    case 'deployment_step_success':
    case 'deployment_step_failure':
    case 'deployment_success':
    case 'deployment_failed':
      return subjectsOfPlan(event.plan);
    case 'scheduler_registered_event':
    case 'scheduler_reregistered_event':
    case 'scheduler_disconnected_event':
    case 'subscribe_event':
    case 'unsubscribe_event':
    case 'event_stream_attached':
    case 'event_stream_detached':
      return [];
    case 'framework_message_event': {
      const id = runSpecOfExecutor(event.executorId);
      return id === undefined ? [] : [runSpec(id)];
    }
  }
}
