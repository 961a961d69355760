import type { Bundle } from './bundle.js';
import { ask } from './http.js';

interface AgentState {
  readonly frameworks: readonly {
    readonly executors: readonly { readonly id: string; readonly directory: string }[];
    readonly completed_executors?: readonly { readonly id: string; readonly directory: string }[];
  }[];
}

/** What a task has written to `stdout` or `stderr` so far, read through the agent's API as Mesos' UI does. */
export async function sandboxText(bundle: Bundle, taskId: string, file: 'stdout' | 'stderr'): Promise<string> {
  const state = JSON.parse((await ask(bundle.ports.agent, '/state')).text) as AgentState;
  const executors = state.frameworks.flatMap((f) => [...f.executors, ...(f.completed_executors ?? [])]);
  const directory = executors.find(({ id }) => id === taskId)?.directory;
  if (directory === undefined) throw new Error(`the agent knows no executor ${taskId}`);
  const path = encodeURIComponent(`${directory}/${file}`);
  const { status, text } = await ask(bundle.ports.agent, `/files/read?path=${path}&offset=0&length=10000`);
  if (status !== 200) throw new Error(`${file} of ${taskId}: ${status} ${text}`);
  return (JSON.parse(text) as { data: string }).data;
}
