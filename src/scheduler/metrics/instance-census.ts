import { instanceIdOf } from '../core/launch/task-id.js';
import { isEnding } from '../core/resident/phase.js';
import type { CoreSettings } from '../core/settings.js';
import type { SchedulerState } from '../core/state.js';
import { fromTimestamp } from '../core/timestamps.js';

function putOrRemove(set: Set<string>, id: string, belongs: boolean): void {
  if (belongs) set.add(id);
  else set.delete(id);
}

/** Which instances are in which phase, kept up to date instance by instance, so that nobody has to look at all of them to count them. */
export class InstanceCensus {
  readonly #state: SchedulerState;
  readonly #settings: Pick<CoreSettings, 'taskLaunchConfirmTimeoutMs' | 'taskLaunchTimeoutMs'>;
  readonly #running = new Set<string>();
  readonly #staged = new Set<string>();
  /** Instances that neither run nor wait for Mesos to stage them: seldom, and for a moment only. */
  readonly #starting = new Set<string>();
  /** Instances that are to end, with how often their end was asked for since this process leads. */
  readonly #kills = new Map<string, number>();
  #killAttempts = 0;

  /** Looks at all instances once. */
  constructor(
    state: SchedulerState,
    settings: Pick<CoreSettings, 'taskLaunchConfirmTimeoutMs' | 'taskLaunchTimeoutMs'>,
  ) {
    this.#state = state;
    this.#settings = settings;
    for (const id of state.instances.keys()) this.look(id);
  }

  /** An instance has changed, has come or has gone. */
  look(id: string): void {
    const instance = this.#state.instances.get(id);
    const condition = instance?.condition;
    putOrRemove(this.#running, id, condition === 'Running');
    putOrRemove(this.#staged, id, condition === 'Provisioned' || condition === 'Staging');
    putOrRemove(this.#starting, id, condition === 'Starting');
    const attempts = this.#kills.get(id);
    if (instance !== undefined && isEnding(instance)) {
      if (attempts === undefined) this.#kills.set(id, 0);
    } else if (attempts !== undefined) {
      this.#kills.delete(id);
      this.#killAttempts -= attempts;
    }
  }

  /** Mesos was asked to end a task. */
  killAsked(taskId: string): void {
    const id = instanceIdOf(taskId);
    const attempts = this.#kills.get(id);
    if (attempts === undefined) return;
    this.#kills.set(id, attempts + 1);
    this.#killAttempts++;
  }

  get running(): number {
    return this.#running.size;
  }

  /** As `tasksStaged` of an app. */
  get staged(): number {
    return this.#staged.size;
  }

  /** Instances that are to end and have not ended. */
  get inflightKills(): number {
    return this.#kills.size;
  }

  /** How often the end of those was asked for. */
  get inflightKillAttempts(): number {
    return this.#killAttempts;
  }

  /** Instances that Mesos has not confirmed, or not started, in the time allowed for it. */
  overdue(nowMs: number): number {
    const { taskLaunchConfirmTimeoutMs, taskLaunchTimeoutMs } = this.#settings;
    let count = 0;
    for (const ids of [this.#staged, this.#starting]) {
      for (const id of ids) {
        const instance = this.#state.instances.get(id);
        if (instance === undefined) continue;
        const allowedMs = instance.condition === 'Staging' ? taskLaunchTimeoutMs : taskLaunchConfirmTimeoutMs;
        if (nowMs - fromTimestamp(instance.stagedAt) > allowedMs) count++;
      }
    }
    return count;
  }
}
