import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../common/atomic-file.js';
import { codeOf, messageOf } from '../../common/errors.js';
import type { Logger } from '../../common/logger.js';
import type { ExecutorInfo, FrameworkInfo, TaskInfo, TaskStatus, Value } from '../../mesos/types.js';
import type { AgentLayout } from './layout.js';
import { frameworkRecords, taskRecords } from './layout.js';

export type IdentifiedFramework = FrameworkInfo & { readonly id: Value };

/** What is fixed about one attempt to run a task. */
export interface TaskCheckpoint {
  readonly info: TaskInfo;
  readonly containerId: string;
  /** The container's sandbox, absolute. */
  readonly sandbox: string;
  /** The machine's boot in which it was launched: pids of another one mean nothing. */
  readonly bootId: string;
  /** The executor of its task group. */
  readonly group?: GroupCheckpoint;
}

/** The executor that the tasks of a group have in common. */
export interface GroupCheckpoint {
  readonly executor: ExecutorInfo;
  readonly containerId: string;
  /** Absolute; those of its tasks are below. */
  readonly sandbox: string;
}

/** With what a task ends that this agent, and not its framework, brought to an end. */
export interface ForcedEnding {
  readonly state: 'TASK_FAILED' | 'TASK_KILLED';
  readonly reason?: string;
  /** Instead of how its process ended. */
  readonly message?: string;
  readonly healthy?: boolean;
}

/** What happened to a task since, in order. */
export type JournalEntry =
  | { readonly type: 'update'; readonly status: TaskStatus }
  | { readonly type: 'acknowledge'; readonly uuid: string }
  /** The task was asked to end; `silent`: nobody is to be told when it has. */
  | { readonly type: 'kill'; readonly deadlineMs: number; readonly silent: boolean; readonly ending?: ForcedEnding };

export interface RecoveredTask {
  readonly checkpoint: TaskCheckpoint;
  readonly journal: readonly JournalEntry[];
}

/**
 * The records of one task. Writes follow each other; those that wait are written together. They survive the death of this
 * process; they are not synced to the disk one by one.
 */
export class TaskRecords {
  readonly directory: string;
  #begun: Promise<void> = Promise.resolve();
  #waiting = '';
  #writing: Promise<void> | undefined;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Where the records of the run in `containerId` are. */
  runDirectory(containerId: string): string {
    return join(this.directory, 'runs', containerId);
  }

  /** Writes down an attempt, its run directory included, in place of an earlier one; `after` is written first. */
  begin(checkpoint: TaskCheckpoint, after?: Promise<void>): Promise<void> {
    this.#begun = this.#begin(checkpoint, after);
    return this.#begun;
  }

  async #begin(checkpoint: TaskCheckpoint, after: Promise<void> | undefined): Promise<void> {
    await after;
    await mkdir(this.runDirectory(checkpoint.containerId), { recursive: true, mode: 0o700 });
    await writeFileAtomic(join(this.directory, 'task.json'), JSON.stringify(checkpoint), 0o600, { sync: false });
  }

  /** Resolves once the entry is on disk, after all entries before it. */
  append(entry: JournalEntry): Promise<void> {
    this.#waiting += `${JSON.stringify(entry)}\n`;
    this.#writing ??= this.#write();
    return this.#writing;
  }

  async #write(): Promise<void> {
    try {
      // The caller of begin() hears of its failure; here it shows again when the journal cannot be opened.
      await this.#begun.catch(() => undefined);
      while (this.#waiting !== '') {
        const text = this.#waiting;
        this.#waiting = '';
        const file = await open(join(this.directory, 'journal'), 'a', 0o600);
        try {
          await file.write(text);
        } finally {
          await file.close();
        }
      }
    } finally {
      this.#writing = undefined;
    }
  }

  /** Resolves when nothing waits to be written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async remove(): Promise<void> {
    await this.flush().catch(() => undefined);
    await rm(this.directory, { recursive: true, force: true });
  }
}

function parseJournal(text: string): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      entries.push(JSON.parse(line) as JournalEntry);
    } catch {
      // The line that was being written when the process was killed: what it said has not been told to anybody.
      continue;
    }
  }
  return entries;
}

async function recoverTask(directory: string): Promise<RecoveredTask | undefined> {
  let text: string;
  try {
    text = await readFile(join(directory, 'task.json'), 'utf8');
  } catch (error) {
    // Killed before the task was written down: it was never started, and nobody was told about it.
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const journal = await readFile(join(directory, 'journal'), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  });
  if (journal !== '' && !journal.endsWith('\n')) {
    const file = await open(join(directory, 'journal'), 'a');
    await file.write('\n');
    await file.close();
  }
  return { checkpoint: JSON.parse(text) as TaskCheckpoint, journal: parseJournal(journal) };
}

const listOrNothing = (directory: string): Promise<string[]> =>
  readdir(directory).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });

/** Writes down whose tasks follow; before the first task of a framework, and when its FrameworkInfo changed. */
export async function checkpointFramework(layout: AgentLayout, framework: IdentifiedFramework): Promise<void> {
  const directory = frameworkRecords(layout, framework.id.value);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFileAtomic(join(directory, 'framework.json'), JSON.stringify(framework), 0o600, { sync: false });
}

/**
 * Reads back all tasks by framework. Frameworks and tasks without use are removed; a record that cannot be read is reported
 * and left alone, the others count.
 */
export async function recoverCheckpoints(
  layout: AgentLayout,
  logger: Logger,
): Promise<readonly { framework: IdentifiedFramework; tasks: readonly RecoveredTask[] }[]> {
  const recovered: { framework: IdentifiedFramework; tasks: RecoveredTask[] }[] = [];
  for (const frameworkId of await listOrNothing(layout.frameworks)) {
    const tasks: RecoveredTask[] = [];
    let broken = false;
    for (const taskId of await listOrNothing(join(frameworkRecords(layout, frameworkId), 'tasks'))) {
      const directory = taskRecords(layout, frameworkId, taskId);
      try {
        const task = await recoverTask(directory);
        if (task === undefined) await rm(directory, { recursive: true, force: true });
        else tasks.push(task);
      } catch (error) {
        broken = true;
        logger.error(
          { directory, error: messageOf(error) },
          'the records of a task cannot be read, the task is not adopted',
        );
      }
    }
    if (tasks.length === 0) {
      if (!broken) await rm(frameworkRecords(layout, frameworkId), { recursive: true, force: true });
      continue;
    }
    const file = join(frameworkRecords(layout, frameworkId), 'framework.json');
    try {
      recovered.push({ framework: JSON.parse(await readFile(file, 'utf8')) as IdentifiedFramework, tasks });
    } catch (error) {
      logger.error({ file, error: messageOf(error) }, 'a framework cannot be read, its tasks are not adopted');
    }
  }
  return recovered;
}
