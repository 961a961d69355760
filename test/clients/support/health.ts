import { ask } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';
import { waitFor } from '../../support/wait.js';

interface Checked {
  readonly tasks: readonly { readonly healthCheckResults: readonly { readonly alive: boolean }[] }[];
}

/**
 * Runs the health checks of an app's tasks once, and waits until every task shows what they have found. A task must have been healthy
 * before a failure counts: during the grace period it is passed over.
 */
export async function checkHealth(scheduler: FakeScheduler, appId: string, alive: boolean): Promise<void> {
  const { api, checker } = scheduler;
  checker.verdict = () => (alive ? { result: 'healthy' } : { result: 'unhealthy', cause: 'no answer' });
  checker.run();
  await waitFor(`the health of ${appId}`, async () => {
    const { tasks } = (await ask(api, 'GET', `/v2/apps/${appId}/tasks`)).json as unknown as Checked;
    return tasks.every(({ healthCheckResults }) => healthCheckResults.some((result) => result.alive === alive));
  });
}
