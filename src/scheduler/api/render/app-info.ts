import { readinessResultsOf } from '../../core/deployment/readiness-checks.js';
import { instancesOf } from '../../core/state.js';
import type { SchedulerState } from '../../core/state.js';
import type { AppDefinition } from '../../model/app-definition.js';
import type { AppEmbed } from '../parse/query.js';
import { appText, withMembers } from './app.js';
import { renderReadiness } from './readiness.js';
import { hasShownTask, renderTaskFailure, taskText } from './task.js';
import { countTasks, renderTaskStats } from './task-stats.js';

/** Texts joined to a JSON array. */
export function arrayText(elements: readonly string[]): string {
  // Concatenation is put off by the engine until the whole text is written out: it is copied once, not twice.
  let text = '';
  for (const element of elements) text += text === '' ? element : `,${element}`;
  return `[${text}]`;
}

/** The tasks of an app as JSON texts, in the order of their creation. */
export function taskTextsOf(state: SchedulerState, app: AppDefinition): readonly string[] {
  return instancesOf(state, app.id)
    .filter(hasShownTask)
    .map((instance) => taskText(instance, app, state.health.get(instance.taskId)));
}

function countsText(state: SchedulerState, app: AppDefinition): string {
  const { staged, running, healthy, unhealthy } = countTasks(state, instancesOf(state, app.id));
  return `,"tasksStaged":${staged},"tasksRunning":${running},"tasksHealthy":${healthy},"tasksUnhealthy":${unhealthy}`;
}

function deploymentsText(id: string | undefined): string {
  return id === undefined ? ',"deployments":[]' : `,"deployments":[{"id":${JSON.stringify(id)}}]`;
}

function readinessText(state: SchedulerState, app: AppDefinition): string {
  return `,"readinessCheckResults":${JSON.stringify(readinessResultsOf(state, app.id).map(renderReadiness))}`;
}

/** Marathon's AppInfo as JSON text: the definition and what is asked for besides. */
export function appInfoText(
  state: SchedulerState,
  app: AppDefinition,
  embed: ReadonlySet<AppEmbed>,
  nowMs: number,
): string {
  let text = appText(app).slice(0, -1);
  if (embed.has('counts')) text += countsText(state, app);
  if (embed.has('deployments')) text += deploymentsText(state.locks.get(app.id));
  if (embed.has('readiness')) text += readinessText(state, app);
  if (embed.has('tasks')) text += `,"tasks":${arrayText(taskTextsOf(state, app))}`;
  const failure = embed.has('lastTaskFailure') ? state.failures.get(app.id) : undefined;
  if (failure !== undefined) text += `,"lastTaskFailure":${JSON.stringify(renderTaskFailure(failure))}`;
  if (embed.has('taskStats')) text += `,"taskStats":${JSON.stringify(renderTaskStats(state, app, nowMs))}`;
  return `${text}}`;
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
