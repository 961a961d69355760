import type { CatalogView } from '../../catalog/catalog.js';
import type { RecordOptions } from '../records/options.js';
import { standingOf } from '../records/standing.js';
import { mastersOwner, nameServerOwner } from '../records/view.js';
import type { Owner, View, ViewTask } from '../records/view.js';
import { absenceOf } from './absence.js';
import type { ExplainedOwner, ExplainedTask } from './explanation.js';
import { taskOf } from './reasons.js';

const maxHostPorts = 100;

function hostPortsOf({ ports }: ViewTask): number[] {
  const all: number[] = [];
  for (const { begin, end } of ports) {
    for (let port = begin; port <= end && all.length < maxHostPorts; port++) all.push(port);
  }
  return all;
}

function explainedTask(
  task: ViewTask,
  view: View,
  options: RecordOptions,
  catalog: CatalogView | undefined,
): ExplainedTask {
  const absence = absenceOf(view, task, options, catalog);
  const standing = standingOf(view, task, options);
  const instance = catalog?.instances.get(task.id);
  return {
    kind: 'task',
    id: task.id,
    app: instance?.appId ?? null,
    framework: view.frameworks.get(task.frameworkId)?.name ?? task.frameworkId,
    agent: task.agentId,
    host: view.agents.get(task.agentId)?.address.host ?? null,
    hostPorts: hostPortsOf(task),
    state: task.state,
    healthy: task.unhealthy === true ? false : (instance?.healthy ?? null),
    standing: absence !== undefined && standing === 'in' ? 'absent' : !task.running ? 'absent' : standing,
    why: absence?.text ?? null,
  };
}

/** What is to be told of an owner; undefined when it is gone. */
export function explainedOwner(
  owner: Owner,
  view: View,
  options: RecordOptions,
  catalog: CatalogView | undefined,
): ExplainedOwner | undefined {
  if (owner === mastersOwner) return { kind: 'masters' };
  if (owner === nameServerOwner) return { kind: 'name server' };
  const task = taskOf(view, owner);
  if (task !== undefined) return explainedTask(task, view, options, catalog);
  const id = owner.slice(owner.indexOf(' ') + 1);
  const agent = owner.startsWith('agent ') ? view.agents.get(id) : undefined;
  if (agent !== undefined) return { kind: 'agent', id, host: agent.address.host };
  const framework = owner.startsWith('framework ') ? view.frameworks.get(id) : undefined;
  return framework === undefined ? undefined : { kind: 'framework', id, framework: framework.name };
}
