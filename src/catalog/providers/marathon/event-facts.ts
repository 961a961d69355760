import { fieldsOf, textOf } from './json-fields.js';

/**
 * The events after which `/v2/apps` may say something else to a load balancer; Marathon is asked for these alone (`event_type`), and those
 * before 1.3 that send all the same are not heard. `message`: those to which somebody in between has taken the type.
 */
export const relevantEvents = [
  'status_update_event',
  'health_status_changed_event',
  'instance_changed_event',
  'instance_health_changed_event',
  'api_post_event',
  'app_terminated_event',
  'group_change_success',
  'deployment_info',
  'deployment_success',
  'deployment_failed',
  'deployment_step_success',
] as const;

const ends: ReadonlySet<string> = new Set([
  'TASK_KILLING',
  'TASK_KILLED',
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_ERROR',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
  'TASK_LOST',
]);

/** The task or app of whose end an event tells; undefined when it tells of none, or cannot be read. */
export function endedBy(data: string): string | undefined {
  let event: unknown;
  try {
    event = JSON.parse(data);
  } catch {
    return undefined;
  }
  const fields = fieldsOf(event);
  switch (fields?.['eventType']) {
    case 'status_update_event':
      return ends.has(textOf(fields['taskStatus']) ?? '') ? textOf(fields['taskId']) : undefined;
    case 'app_terminated_event':
      return textOf(fields['appId']);
    default:
      return undefined;
  }
}

/** So many ends are remembered; of more than these a look has to be taken twice. */
const maxEnds = 20_000;

/** Of which ends events have told, until the catalog shows them. */
export class ToldEnds {
  readonly #ids = new Set<string>();

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    this.#ids.delete(id);
    this.#ids.add(id);
    if (this.#ids.size <= maxEnds) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      return;
    }
  }

  /** Forgets those that are no longer known of. */
  forget(isKnown: (id: string) => boolean): void {
    for (const id of this.#ids) if (!isKnown(id)) this.#ids.delete(id);
  }
}
