import { instancesOf } from '../../core/state.js';
import type { SchedulerState } from '../../core/state.js';
import type { AppDefinition } from '../../model/app-definition.js';
import type { AppEmbed } from '../parse/query.js';
import { appText, withMembers } from './app.js';
import { renderTaskFailure, taskText } from './task.js';
import { countTasks, renderTaskStats } from './task-stats.js';

/** Texts joined to a JSON array. */
export function arrayText(elements: readonly string[]): string {
  return `[${elements.join(',')}]`;
}

/** The tasks of an app as JSON texts, in the order of their creation. */
export function taskTextsOf(state: SchedulerState, app: AppDefinition): readonly string[] {
  return instancesOf(state, app.id).map((instance) => taskText(instance, app, state.health.get(instance.taskId)));
}

/** Marathon's AppInfo as JSON text: the definition and what is asked for besides. */
export function appInfoText(
  state: SchedulerState,
  app: AppDefinition,
  embed: ReadonlySet<AppEmbed>,
  nowMs: number,
): string {
  const members: [string, string][] = [];
  if (embed.has('counts')) {
    const { staged, running, healthy, unhealthy } = countTasks(state, instancesOf(state, app.id));
    members.push(
      ['tasksStaged', String(staged)],
      ['tasksRunning', String(running)],
      ['tasksHealthy', String(healthy)],
      ['tasksUnhealthy', String(unhealthy)],
    );
  }
  if (embed.has('deployments')) {
    const id = state.locks.get(app.id);
    members.push(['deployments', JSON.stringify(id === undefined ? [] : [{ id }])]);
  }
  if (embed.has('readiness')) members.push(['readinessCheckResults', '[]']);
  if (embed.has('tasks')) members.push(['tasks', arrayText(taskTextsOf(state, app))]);
  const failure = state.failures.get(app.id);
  if (embed.has('lastTaskFailure') && failure !== undefined) {
    members.push(['lastTaskFailure', JSON.stringify(renderTaskFailure(failure))]);
  }
  if (embed.has('taskStats')) {
    members.push(['taskStats', JSON.stringify(renderTaskStats(state, app, nowMs))]);
  }
  return withMembers(appText(app), members);
}

/** An app that was created just now: nothing of it runs yet, whatever has happened since. */
export function createdAppText(app: AppDefinition, deploymentId: string): string {
  return withMembers(appText(app), [
    ['tasksStaged', '0'],
    ['tasksRunning', '0'],
    ['tasksHealthy', '0'],
    ['tasksUnhealthy', '0'],
    ['deployments', JSON.stringify([{ id: deploymentId }])],
  ]);
}
