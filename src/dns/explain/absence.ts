import type { CatalogView } from '../../catalog/catalog.js';
import { hostAddressesOf } from '../records/addresses.js';
import type { RecordOptions } from '../records/options.js';
import { standingOf } from '../records/standing.js';
import type { View, ViewTask } from '../records/view.js';

/** What keeps a task out of names that it should have: in a word, of which several can be counted, and in a sentence. */
export interface Absence {
  readonly word: string;
  readonly text: string;
}

const words: ReadonlyMap<string, string> = new Map([
  ['TASK_STAGING', 'staging'],
  ['TASK_STARTING', 'starting'],
  ['TASK_KILLING', 'being killed'],
  ['TASK_UNREACHABLE', 'unreachable'],
]);

function notRunning(state: string): Absence {
  if (state === '') return { word: 'not running', text: 'it does not run, and no master has told its state' };
  return { word: words.get(state) ?? state.toLowerCase(), text: `it does not run: its state is ${state}` };
}

/** Why the scheduler, or Mesos, would not send anything to a task that runs; it is named only where nobody better is. */
function notHealthy(task: ViewTask, catalog: CatalogView | undefined): Absence {
  const instance = catalog?.instances.get(task.id);
  if (instance?.ready === false && instance.healthy !== false) {
    return { word: 'not ready', text: 'the readiness check of its deployment has not succeeded yet' };
  }
  return task.unhealthy !== true && instance?.healthy === null
    ? { word: 'not checked yet', text: 'its first health check has given no result yet' }
    : { word: 'unhealthy', text: 'it is not healthy' };
}

/** Why a task has fewer names than others, or none; undefined: it has all that can be made of it. */
export function absenceOf(
  view: View,
  task: ViewTask,
  options: RecordOptions,
  catalog?: CatalogView,
): Absence | undefined {
  if (!task.running) return notRunning(task.state);
  const agent = view.agents.get(task.agentId);
  if (agent === undefined) {
    return { word: 'on unknown agents', text: `no master tells of its agent ${task.agentId}` };
  }
  if (!view.frameworks.has(task.frameworkId)) {
    return { word: 'of unknown frameworks', text: `no master tells of its framework ${task.frameworkId}` };
  }
  switch (standingOf(view, task, options)) {
    case 'withdrawn':
      return { word: 'draining', text: 'it is draining: the scheduler is about to kill it' };
    case 'avoided':
      return notHealthy(task, catalog);
    case 'in':
  }
  const { host } = agent.address;
  if (hostAddressesOf(view, host).length > 0) return undefined;
  return { word: 'on agents without an address', text: `the host name ${host} of its agent has no address` };
}
