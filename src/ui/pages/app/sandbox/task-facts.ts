import type { Explanation } from '../../../api/explanation.js';
import { instanceIdOf } from '../short-id.js';
import type { Subject, SubjectFacts } from '../subject.js';
import type { ContainerRow, InstanceRow } from '../instances/instance-row.js';

/** What is known of a task, be it one that has ended. */
export interface TaskFacts {
  /** Where it runs or ran; undefined: nobody remembers. */
  readonly host: string | undefined;
  /** The row of it; undefined: it is not there any more. */
  readonly row: InstanceRow | undefined;
  /** Which container of a pod it is. */
  readonly container: ContainerRow | undefined;
  readonly version: string | undefined;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
  /** Why it ended, in words. */
  readonly end: string | undefined;
}

/** Finds a task among those that are there, and those that are remembered. */
export function taskFactsOf(
  taskId: string,
  subject: Subject | undefined,
  facts: SubjectFacts | undefined,
  explanation: Explanation | undefined,
): TaskFacts {
  for (const row of facts?.rows ?? []) {
    const container = row.containers.find((one) => one.taskId === taskId);
    if (row.taskId !== taskId && container === undefined) continue;
    const { host, version, startedAt } = row;
    return { host, row, container, version, startedAt, endedAt: undefined, end: undefined };
  }
  const instanceId = instanceIdOf(taskId);
  const nothing = { row: undefined, container: undefined };
  const ended =
    explanation?.ended.find((one) => one.taskId === taskId) ??
    explanation?.ended.find((one) => one.instanceId === instanceId);
  if (ended !== undefined) {
    const { host, version, startedAt, endedAt, text } = ended;
    return { ...nothing, host, version, startedAt, endedAt, end: text };
  }
  const failure = subject?.kind === 'app' ? subject.app.lastTaskFailure : undefined;
  if (failure?.taskId === taskId) {
    const { host, version, timestamp, message } = failure;
    return { ...nothing, host, version, startedAt: undefined, endedAt: timestamp, end: message };
  }
  return { ...nothing, host: undefined, version: undefined, startedAt: undefined, endedAt: undefined, end: undefined };
}

/** The folders above a path in a sandbox, from the top: `a/b` → `a`, `a/b`. */
export function foldersOf(path: string): readonly { readonly name: string; readonly path: string }[] {
  const names = path.split('/').filter((name) => name !== '');
  return names.map((name, i) => ({ name, path: names.slice(0, i + 1).join('/') }));
}
