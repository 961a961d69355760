import { waitFor } from '../../support/wait.js';
import type { ApiTask, Bundle } from './bundle.js';

/** Waits until exactly `count` tasks of an app run, and returns them. */
export function running(bundle: Bundle, appId: string, count: number): Promise<ApiTask[]> {
  return waitFor(
    `${count} × ${appId}`,
    async () => {
      const tasks = await bundle.tasks(appId);
      if (tasks.length !== count || tasks.some(({ state }) => state !== 'TASK_RUNNING')) {
        throw new Error(`there are ${tasks.map(({ state }) => state).join(', ')}`);
      }
      return tasks;
    },
    { withinMs: 60_000, everyMs: 100 },
  );
}
