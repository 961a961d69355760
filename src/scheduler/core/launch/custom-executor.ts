import type { AppDefinition } from '../../model/app-definition.js';
import type { CustomExecutor, TaskResources } from '../../model/offer.js';

/** What stands for the command executor of Mesos. */
const commandExecutor = '//cmd';

/** The path of the custom executor of an app, which may be that of `--executor`; undefined when it is the command executor. */
export function executorPathOf({ executor }: Pick<AppDefinition, 'executor'>, byDefault: string): string | undefined {
  const path = executor === '' ? byDefault : executor;
  return path === '' || path === commandExecutor ? undefined : path;
}

/** The executor that is started for a task of the app (marathon.md §9.5); undefined: the command executor. `resources`: what it takes. */
export function customExecutorOf(
  app: Pick<AppDefinition, 'executor'>,
  byDefault: string,
  taskId: string,
  resources: TaskResources = { parts: [] },
): CustomExecutor | undefined {
  const path = executorPathOf(app, byDefault);
  return path === undefined ? undefined : { executorId: `marathon-${taskId}`, path, resources };
}
