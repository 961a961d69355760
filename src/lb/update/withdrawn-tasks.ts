import type { Leaving } from '../compile/routing-model.js';
import { serversByBackend } from '../plan/server-lines.js';
import type { Attempt } from './attempt.js';

/** Of an update that is not all in force: those of its draining tasks that the running text gives nothing to any more. */
export function withdrawnTasks(
  runningText: string,
  { routing, draining }: Pick<Attempt, 'routing' | 'draining'>,
): { readonly draining: readonly string[]; readonly leaving: readonly Leaving[] } {
  // Whatever its backend is called in what runs: that may be different by now.
  const endpoints = new Set<string>();
  for (const servers of serversByBackend(runningText).values())
    for (const { endpoint, words } of servers.values()) if (!words.includes('disabled')) endpoints.add(endpoint);
  const serving = new Set(
    routing.leaving.filter(({ endpoint }) => endpoints.has(endpoint)).map(({ taskId }) => taskId),
  );
  const isOut = (taskId: string): boolean => !serving.has(taskId);
  return { draining: draining.filter(isOut), leaving: routing.leaving.filter(({ taskId }) => isOut(taskId)) };
}
