import type { ChangePlan, PlannedAction, PlannedChange, PlannedPlacement } from '../../api/plan.js';
import type { Preview } from '../../api/routing.js';
import { countText } from '../../components/text.js';

const actionWords: Readonly<Record<string, string>> = {
  ResolveArtifacts: 'fetch the artifacts of',
  StartApplication: 'create',
  ScaleApplication: 'scale',
  RestartApplication: 'replace the instances of',
  StopApplication: 'stop and delete',
  StartPod: 'create',
  ScalePod: 'scale',
  RestartPod: 'replace the instances of',
  StopPod: 'stop and delete',
};

/** What an action does, in words, and to what. */
export function actionText({ action, app, pod }: PlannedAction): string {
  return `${actionWords[action] ?? action} ${app ?? pod ?? ''}`.trim();
}

/** A refusal as a sentence's part: `needs 4 cpus, has 1 cpus`. */
export function refusalText({ reason, needed, had }: PlannedPlacement['refusing'][number]['refusals'][number]): string {
  return `needs ${needed}, has ${had} (${reason})`;
}

/** How many new instances find a place now, in a sentence. */
export function placementText({ wanted, placed, missing, untried }: PlannedPlacement): string {
  if (wanted === 0) return 'No new instance is needed.';
  const cannot = missing - untried;
  const all = wanted === 1 ? 'the new instance' : `all ${wanted} new instances`;
  const parts = [
    placed === wanted
      ? `There is a place for ${all} with what is free now`
      : `There is a place for ${placed} of ${countText(wanted, 'new instance')} with what is free now`,
    ...(cannot > 0 ? [`${cannot} cannot be placed`] : []),
    ...(untried > 0 ? [`for ${untried} it was not tried`] : []),
  ];
  return `${parts.join('; ')}.`;
}

/** What HAProxy would have to do, in a few words. */
export function haproxyText({ plan }: Preview): string {
  if (plan === null) return 'it would not come so far';
  switch (plan.kind) {
    case 'nothing':
      return 'no change';
    case 'runtime':
      return `${countText(plan.total, 'change')} at run time, no reload`;
    case 'reload':
      return 'reload';
  }
}

/** How a change is named. */
export function effectText({ effect, instances, differences = [] }: PlannedChange): string {
  if (effect === 'scale' && instances.from === instances.to)
    return differences.length === 0 ? 'no change' : 'change without a restart';
  return effect;
}

/** Whether applying would do nothing. */
export function isEmptyPlan({ changes, groups, steps }: ChangePlan): boolean {
  return (
    steps.length === 0 &&
    groups.length === 0 &&
    changes.every(({ differences = [], effect }) => effect === 'scale' && differences.length === 0)
  );
}

/** What should be known before it is applied: in the order of how much it matters. */
export function planWarnings(plan: ChangePlan): string[] {
  const { changes, conflicts, agents, edges = [] } = plan;
  const ends = changes.filter(({ effect }) => effect === 'delete');
  return [
    ...(ends.length === 0
      ? []
      : [
          `${countText(ends.length, 'application or pod', 'applications or pods')} would be deleted: ${ends
            .map(({ app, pod }) => app ?? pod ?? '')
            .slice(0, 10)
            .join(', ')}${ends.length > 10 ? ', …' : ''}.`,
        ]),
    ...(conflicts.deployments.length === 0
      ? []
      : [
          `${countText(conflicts.deployments.length, 'deployment')} is in the way: it is refused until that is done, unless it is forced.`,
        ]),
    ...(conflicts.deploymentLimit === undefined
      ? []
      : [
          `As many deployments run as may at a time (${conflicts.deploymentLimit}, --max_running_deployments): it is refused until one is done.`,
        ]),
    ...(agents.known ? [] : [`Where instances would go is not known: ${agents.reason}.`]),
    ...changes.flatMap(({ app, pod, placement }) =>
      placement !== undefined && placement.missing > placement.untried
        ? [
            `${placement.missing - placement.untried} of ${countText(placement.wanted, 'new instance')} of ${app ?? pod} would wait: there is no place for them now.`,
          ]
        : [],
    ),
    ...edges.flatMap((edge) => {
      if ('error' in edge || edge.role !== 'lb') return [];
      const { refusals, reports, shadows } = edge.plan;
      return [
        ...refusals.map(({ reason }) => `${edge.edge}: ${reason}.`),
        ...reports.added.map(({ id, reason }) => `${edge.edge} would leave something of ${id} out: ${reason}.`),
        ...shadows.map(({ text }) => `${edge.edge}: ${text}.`),
      ];
    }),
  ];
}
