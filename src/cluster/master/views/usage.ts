import { isTerminal } from '../../../mesos/types.js';
import type { Resource } from '../../../mesos/types.js';
import { wireResources } from '../../resource-forms.js';
import type { Resources } from '../../resources.js';
import { sumResources } from '../../resources.js';
import type { Agent, ExecutorRecord, Framework, MasterState, TaskRecord } from '../state.js';

/** Resources by the role they are allocated to. */
export type ByRole = ReadonlyMap<string, Resources>;

interface Part {
  readonly role: string;
  readonly resources: Resources;
}

function sumByRole(parts: Iterable<Part>): ByRole {
  const byRole = new Map<string, Resources[]>();
  for (const { role, resources } of parts) {
    const known = byRole.get(role);
    if (known === undefined) byRole.set(role, [resources]);
    else known.push(resources);
  }
  return new Map([...byRole].map(([role, list]) => [role, sumResources(list)]));
}

function running(tasks: Iterable<TaskRecord>): TaskRecord[] {
  return [...tasks].filter((task) => !isTerminal(task.state));
}

/** All executors, by their framework. */
export type Executors = ReadonlyMap<string, readonly ExecutorRecord[]>;

/** Gathered once for a view of all frameworks. */
export function executorsByFramework(state: MasterState): Executors {
  const executors = new Map<string, ExecutorRecord[]>();
  for (const agent of state.agents.values()) {
    for (const executor of agent.executors.values()) {
      const known = executors.get(executor.frameworkId);
      if (known === undefined) executors.set(executor.frameworkId, [executor]);
      else known.push(executor);
    }
  }
  return executors;
}

/** What the tasks of a framework that have not ended take, and its executors. */
export function usedByFramework(framework: Framework, executors: Executors): ByRole {
  return sumByRole([...running(framework.tasks.values()), ...(executors.get(framework.id) ?? [])]);
}

export function offeredToFramework(framework: Framework): ByRole {
  return sumByRole(framework.offers.values());
}

export function usedOnAgent(agent: Agent): ByRole {
  return sumByRole([...running(agent.tasks), ...agent.executors.values()]);
}

export function offeredOnAgent(agent: Agent): ByRole {
  return sumByRole(agent.offers.values());
}

/** All roles together. */
export function sumOf(byRole: ByRole): Resources {
  return sumResources(byRole.values());
}

/** As the operator API lists them: `role` and `allocation_info` on every resource. */
export function wireByRole(byRole: ByRole): Resource[] {
  return [...byRole].flatMap(([role, resources]) => wireResources(resources, { allocatedTo: role, withRole: true }));
}
