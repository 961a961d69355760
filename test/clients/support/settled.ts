import { ask } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';
import { waitFor } from '../../support/wait.js';

/** Waits until no deployment runs, so that the next change is not refused. */
export async function settled({ api }: FakeScheduler): Promise<void> {
  await waitFor('the end of all deployments', async () => (await ask(api, 'GET', '/v2/deployments')).text === '[]');
}
