import type { Bundle } from './bundle.js';
import { ask } from './http.js';

interface Executor {
  readonly id: string;
  readonly directory: string;
}

interface Framework {
  readonly executors: readonly Executor[];
  readonly completed_executors?: readonly Executor[];
}

interface AgentState {
  readonly frameworks: readonly Framework[];
  /** Those of which nothing runs here now are among them, too. */
  readonly completed_frameworks?: readonly Framework[];
}

/** All executors that the agent knows: those that run, and those that have ended not long ago. */
async function executorsOf(bundle: Bundle): Promise<readonly Executor[]> {
  const state = JSON.parse((await ask(bundle.ports.agent, '/state')).text) as AgentState;
  const frameworks = [...state.frameworks, ...(state.completed_frameworks ?? [])];
  return frameworks.flatMap((f) => [...f.executors, ...(f.completed_executors ?? [])]);
}

async function readSandbox(bundle: Bundle, { id, directory }: Executor, file: string): Promise<string> {
  const path = encodeURIComponent(`${directory}/${file}`);
  const { status, text } = await ask(bundle.ports.agent, `/files/read?path=${path}&offset=0&length=10000`);
  if (status !== 200) throw new Error(`${file} of ${id}: ${status} ${text}`);
  return (JSON.parse(text) as { data: string }).data;
}

async function executorOf(bundle: Bundle, taskId: string): Promise<Executor> {
  const executor = (await executorsOf(bundle)).find(({ id }) => id === taskId);
  if (executor === undefined) throw new Error(`the agent knows no executor ${taskId}`);
  return executor;
}

/** What a task has written to `stdout`, `stderr` or another file so far, read through the agent's API as Mesos' UI does. */
export async function sandboxText(bundle: Bundle, taskId: string, file: string): Promise<string> {
  return readSandbox(bundle, await executorOf(bundle, taskId), file);
}

/** The directory of a task's sandbox. */
export async function sandboxDirectory(bundle: Bundle, taskId: string): Promise<string> {
  return (await executorOf(bundle, taskId)).directory;
}

/** What each task of an app without groups has written to `stdout`, the ended ones included. */
export async function outputsOf(bundle: Bundle, appId: string): Promise<string[]> {
  const executors = (await executorsOf(bundle)).filter(({ id }) => id.startsWith(`${appId}.instance-`));
  return Promise.all(executors.map((executor) => readSandbox(bundle, executor, 'stdout')));
}

/** What a task of a group has written so far: groups have one executor, whose sandbox holds theirs. */
export async function groupText(bundle: Bundle, taskId: string, file: string): Promise<string> {
  const instance = taskId.split('.').slice(0, -2).join('.');
  const executorId = instance.replace(/^(.*)\.instance-([^.]+)$/, 'instance-$1.$2');
  const executor = (await executorsOf(bundle)).find(({ id }) => id === executorId);
  if (executor === undefined) throw new Error(`the agent knows no executor ${executorId}`);
  return readSandbox(bundle, executor, `tasks/${taskId}/${file}`);
}
