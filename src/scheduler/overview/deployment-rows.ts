import { affectedOf } from '../core/deployment/launched-definition.js';
import { actionWaitOf } from '../core/explain/deployment-wait.js';
import type { ActionWait } from '../core/explain/deployment-wait.js';
import { runSpecOf } from '../core/state.js';
import type { SchedulerState } from '../core/state.js';
import { toTimestamp } from '../core/timestamps.js';
import type { Deployment, DeploymentAction } from '../model/deployment.js';
import { isPod } from '../model/run-spec.js';
import { actionWaitText } from '../api/render/explain-texts.js';
import type { OverviewAction, OverviewDeployment } from './types.js';

/** So many actions of all deployments together are told of, so that thousands of them are not sent again with every instance. */
const maxTold = 1000;
/** So many of each deployment, however many deployments there are. */
const minToldOfEach = 10;

/** What is done to a pod is named after pods, as in /v2/deployments. */
function nameOf({ action, kind }: DeploymentAction): string {
  return kind === 'pod' ? action.replace('Application', 'Pod') : action;
}

/** How many instances an action is about, those that are to go included, and how many of them are there, or gone. */
function progressOf(
  state: SchedulerState,
  deployment: Deployment,
  { action: { action, id }, wanted, ready, artifacts }: ActionWait,
): { readonly done: number; readonly wanted: number } {
  switch (action) {
    case 'StartApplication':
      return { done: 0, wanted: 0 };
    case 'ResolveArtifacts': {
      const runSpec = runSpecOf(state, id);
      const urls = runSpec === undefined || isPod(runSpec) ? 0 : runSpec.storeUrls.length;
      return { done: urls - artifacts.length, wanted: urls };
    }
    case 'RestartApplication':
      return { done: Math.min(ready, wanted), wanted };
    case 'ScaleApplication':
    case 'StopApplication': {
      const all = Math.max(wanted, affectedOf(deployment, id)?.from?.instances ?? 0);
      const surplus = Math.max(0, state.tallies.of(id).total - wanted);
      return { done: Math.min(ready, wanted) + Math.max(0, all - wanted - surplus), wanted: all };
    }
  }
}

/** What keeps an action that is not done from going on: what is missing, and until when nothing is launched. */
function waitText(state: SchedulerState, wait: ActionWait, nowMs: number): string {
  const { id } = wait.action;
  const delay = state.queue.has(id) ? state.delays.get(id) : undefined;
  const text = actionWaitText(wait);
  return delay === undefined || delay.untilMs <= nowMs
    ? text
    : `${text}; after failures nothing is launched until ${toTimestamp(delay.untilMs)}`;
}

function overviewAction(
  state: SchedulerState,
  deployment: Deployment,
  action: DeploymentAction,
  nowMs: number,
): OverviewAction {
  const isPending = state.pending.get(deployment.id)?.has(action.id) === true;
  const wait = actionWaitOf(state, action);
  const { done, wanted } = progressOf(state, deployment, wait);
  return {
    action: nameOf(action),
    app: action.id,
    done: isPending ? done : wanted,
    wanted,
    waitsFor: isPending ? waitText(state, wait, nowMs) : null,
  };
}

/** The actions of a step, those that are not done first when not all of them are told of. */
function toldActions(state: SchedulerState, deployment: Deployment, told: number): readonly DeploymentAction[] {
  const actions = deployment.steps[deployment.currentStep]?.actions ?? [];
  if (actions.length <= told) return actions;
  const pending = state.pending.get(deployment.id);
  const first = actions.filter(({ id }) => pending?.has(id) === true).slice(0, told);
  return first.length === told ? first : actions.slice(0, told);
}

/** A deployment with at most `told` actions, steps and apps of each list. */
function overviewDeployment(
  state: SchedulerState,
  deployment: Deployment,
  told: number,
  nowMs: number,
): OverviewDeployment {
  const { id, version, affected, steps, currentStep } = deployment;
  let left = told;
  const toldSteps = steps.slice(0, told).map(({ actions }) => {
    const some = actions.slice(0, left);
    left -= some.length;
    const more = actions.length - some.length;
    return {
      actions: some.map((action) => ({ action: nameOf(action), app: action.id })),
      ...(more === 0 ? {} : { more }),
    };
  });
  const current = toldActions(state, deployment, told);
  const more = {
    apps: Math.max(0, affected.length - told),
    steps: steps.length - toldSteps.length,
    actions: (steps[currentStep]?.actions.length ?? 0) - current.length,
  };
  return {
    id,
    version,
    // Its version is the time when it was asked for, known after a change of the leader, too
    startedAt: version,
    affectedApps: affected.slice(0, told).map((runSpec) => runSpec.id),
    currentStep: Math.min(currentStep + 1, steps.length),
    totalSteps: steps.length,
    steps: toldSteps,
    currentActions: current.map((action) => overviewAction(state, deployment, action, nowMs)),
    ...(more.apps + more.steps + more.actions === 0 ? {} : { more }),
  };
}

/** Deployments as lists show them. Costs as much as the apps and pods that they tell of have instances. */
export function overviewDeployments(
  state: SchedulerState,
  deployments: readonly Deployment[],
  nowMs: number,
): readonly OverviewDeployment[] {
  const told = Math.max(minToldOfEach, Math.floor(maxTold / Math.max(1, deployments.length)));
  return deployments.map((deployment) => overviewDeployment(state, deployment, told, nowMs));
}
