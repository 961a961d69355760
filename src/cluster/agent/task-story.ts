import { messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { TaskState, TaskStatus } from '../../mesos/types.js';
import type { JournalEntry, TaskRecords } from './task-checkpoint.js';

/** What one task has said so far. Whatever it says is on disk before it is delivered. */
export class TaskStory {
  readonly #records: TaskRecords;
  readonly #logger: Logger;
  readonly #deliver: (status: TaskStatus) => void;
  #statuses: TaskStatus[] = [];
  #isSilent = false;

  constructor(options: { records: TaskRecords; logger: Logger; deliver: (status: TaskStatus) => void }) {
    this.#records = options.records;
    this.#logger = options.logger;
    this.#deliver = options.deliver;
  }

  /** The newest state, which the framework may not know yet. */
  get state(): TaskState {
    return this.last?.state ?? 'TASK_STAGING';
  }

  get last(): TaskStatus | undefined {
    return this.#statuses.at(-1);
  }

  /** The last status of each run of equal states, oldest first. */
  get statuses(): readonly TaskStatus[] {
    return this.#statuses;
  }

  /** When it began to be started, in seconds since 1970. */
  get beganAt(): number | undefined {
    return this.#statuses[0]?.timestamp;
  }

  /** Nobody is to be told any more. */
  silence(): void {
    this.#isSilent = true;
  }

  /** Takes over what an earlier agent said; returns what was not acknowledged. */
  recall(journal: readonly JournalEntry[]): readonly TaskStatus[] {
    const acknowledged = new Set(journal.flatMap((entry) => (entry.type === 'acknowledge' ? [entry.uuid] : [])));
    const open: TaskStatus[] = [];
    for (const entry of journal) {
      if (entry.type !== 'update') continue;
      this.#remember(entry.status);
      if (!acknowledged.has(entry.status.uuid ?? '')) open.push(entry.status);
    }
    return open;
  }

  say(status: TaskStatus): void {
    this.#remember(status);
    if (this.#isSilent) return;
    void this.note({ type: 'update', status }).then(() => {
      if (!this.#isSilent) this.#deliver(status);
    });
  }

  /** Writes something down; resolves when it is there, or cannot be. */
  note(entry: JournalEntry): Promise<void> {
    return this.#records.append(entry).catch((error: unknown) => {
      this.#logger.error(
        { error: messageOf(error) },
        'the record of a task cannot be written, a restart will not know it',
      );
    });
  }

  #remember(status: TaskStatus): void {
    if (this.last?.state === status.state) this.#statuses.pop();
    this.#statuses.push(status);
  }
}
