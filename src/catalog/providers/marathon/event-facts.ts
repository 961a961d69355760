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
]);

/** The end of a task or an app, as an event tells of it. */
export interface ToldEnd {
  readonly id: string;
  /** A task that runs no more, or is about to be killed: nothing is to be sent to it from now on. */
  readonly isOver: boolean;
}

/** The end that an event tells of; undefined when it tells of none, or cannot be read. */
export function endOf(data: string): ToldEnd | undefined {
  let event: unknown;
  try {
    event = JSON.parse(data);
  } catch {
    return undefined;
  }
  const fields = fieldsOf(event);
  switch (fields?.['eventType']) {
    case 'status_update_event': {
      const id = textOf(fields['taskId']);
      const state = textOf(fields['taskStatus']) ?? '';
      // One that is lost may well serve, and may be listed on.
      const isOver = ends.has(state);
      return id !== undefined && (isOver || state === 'TASK_LOST') ? { id, isOver } : undefined;
    }
    case 'app_terminated_event': {
      const id = textOf(fields['appId']);
      return id === undefined ? undefined : { id, isOver: false };
    }
    default:
      return undefined;
  }
}

/** So many ends are remembered; of more than these a look has to be taken twice. */
const maxEnds = 20_000;

/** Of which ends events have told, until a later look has shown them. Times are those of a clock that does not jump. */
export class ToldEnds {
  readonly #toldAt = new Map<string, number>();

  /** `toldAt`: from when on it is over; -Infinity = nobody knows whether it is. */
  add(id: string, toldAt: number): void {
    this.#toldAt.delete(id);
    this.#toldAt.set(id, toldAt);
    if (this.#toldAt.size <= maxEnds) return;
    for (const oldest of this.#toldAt.keys()) {
      this.#toldAt.delete(oldest);
      return;
    }
  }

  has(id: string): boolean {
    return this.#toldAt.has(id);
  }

  /** Whether it is over since a look that began at `startedAt`, which may not show it. */
  isNewsTo(startedAt: number, id: string): boolean {
    return (this.#toldAt.get(id) ?? -Infinity) >= startedAt;
  }

  /** Forgets those that are no longer known of, and that a look which began at `startedAt` did not show. */
  forget(startedAt: number, isKnown: (id: string) => boolean): void {
    for (const [id, toldAt] of this.#toldAt) if (toldAt < startedAt && !isKnown(id)) this.#toldAt.delete(id);
  }
}
