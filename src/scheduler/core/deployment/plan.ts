import type { PathId } from '../../../common/path-id.js';
import type { Timestamp } from '../../model/app-definition.js';
import type { DeploymentAction, DeploymentPlan, DeploymentStep } from '../../model/deployment.js';
import { isPod, kindOf } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';
import { changedId } from '../groups/changes.js';
import type { RunSpecChange } from '../groups/changes.js';

function action(type: DeploymentAction['action'], runSpec: RunSpec): DeploymentAction {
  return { action: type, id: runSpec.id, kind: kindOf(runSpec) };
}

/** What a change asks for when its turn has come; nothing for one that only ends something. */
function changeAction(change: RunSpecChange): DeploymentAction | undefined {
  switch (change.kind) {
    case 'delete':
      return undefined;
    case 'create':
    case 'scale':
      return action('ScaleApplication', change.to);
    case 'upgrade':
      // A rolling restart to no instances would never end.
      return action(change.to.instances === 0 ? 'ScaleApplication' : 'RestartApplication', change.to);
  }
}

/** Whether the app has artifacts that it did not have before, or that could not be had: they come before anything else. */
function needsArtifacts(change: RunSpecChange, isStored: (url: string) => boolean): boolean {
  if (change.kind === 'delete' || isPod(change.to) || change.to.storeUrls.length === 0) return false;
  const before = change.kind === 'create' || isPod(change.from) ? [] : change.from.storeUrls;
  return change.to.storeUrls.some((url) => !before.includes(url) || !isStored(url));
}

/**
 * The steps of a deployment (marathon.md §8.1): download what is new, stop what is gone, start what is new, then scale or restart, those
 * first that others depend on. `stopped` is what is gone in the order of its stop, where Marathon has one step for all; `depthOf` is the
 * length of an app's longest chain of dependencies in the root group as it will be. `isStored`: whether a URL's content is known to be in
 * the artifact store. Empty steps are left out.
 */
export function planSteps(
  changes: readonly RunSpecChange[],
  stopped: readonly (readonly RunSpec[])[],
  depthOf: (id: PathId) => number,
  isStored: (url: string) => boolean,
): DeploymentStep[] {
  const resolve = changes.flatMap((c) =>
    c.kind !== 'delete' && needsArtifacts(c, isStored) ? [action('ResolveArtifacts', c.to)] : [],
  );
  const stops = stopped.map((runSpecs) => runSpecs.map((runSpec) => action('StopApplication', runSpec)));
  const start = changes.flatMap((c) => (c.kind === 'create' ? [action('StartApplication', c.to)] : []));
  const byDepth = new Map<number, DeploymentAction[]>();
  for (const change of changes) {
    const wanted = changeAction(change);
    if (wanted === undefined) continue;
    const depth = depthOf(wanted.id);
    const others = byDepth.get(depth);
    if (others === undefined) byDepth.set(depth, [wanted]);
    else others.push(wanted);
  }
  const classes = [...byDepth].sort(([a], [b]) => a - b).map(([, actions]) => actions);
  return [resolve, ...stops, start, ...classes].filter((actions) => actions.length > 0).map((actions) => ({ actions }));
}

/** The plan that carries out these changes by these steps. */
export function planDeployment(
  identity: { readonly id: string; readonly version: Timestamp },
  steps: readonly DeploymentStep[],
  changes: readonly RunSpecChange[],
  groups: DeploymentPlan['groups'],
): DeploymentPlan {
  return {
    ...identity,
    steps,
    affected: changes.map((c) => ({
      id: changedId(c),
      kind: kindOf(c.kind === 'delete' ? c.from : c.to),
      ...(c.kind === 'create' ? {} : { from: c.from }),
      ...(c.kind === 'delete' ? {} : { to: c.to.version }),
    })),
    groups,
  };
}
