import { equalData } from '../../../common/equal.js';
import type { PathId } from '../../../common/path-id.js';
import type { Deployment } from '../../model/deployment.js';
import type { Group } from '../../model/group.js';
import type { Outcome } from '../commands.js';
import { cancelDeployment } from '../deployment/deploy.js';
import type { GroupContent } from '../groups/changes.js';
import { Target } from '../groups/target.js';
import { toChanges } from '../groups/to-changes.js';
import { runSpecOf } from '../state.js';
import type { Tx } from '../tx.js';
import { deployUpdate, rejected, versionFor } from './deploy-update.js';

const notContent: ReadonlySet<string> = new Set(['version']);

/** Whether two groups have the same of their own; any change of what lies in a group gives it another version. */
function hasSameContent(a: Group | undefined, b: Group | undefined): boolean {
  return equalData(a, b, notContent);
}

/**
 * Undoes what a deployment set out to do, by a new deployment that takes its place; what others changed since is kept (marathon.md §8.6).
 * Groups that it made go again if they are empty, those that it changed or removed are as before.
 */
export function revertDeployment(tx: Tx, deployment: Deployment): Outcome {
  const { state } = tx;
  const version = versionFor(tx);
  const gone = deployment.affected.flatMap(({ id, from }) => (from === undefined ? (runSpecOf(state, id) ?? []) : []));
  const originals = deployment.affected.flatMap(({ from }) => from ?? []);
  const result = toChanges(tx, version, originals, 'revert');
  if ('rejection' in result) return rejected(result.rejection);
  const runSpecs = [...gone.map((from) => ({ kind: 'delete', from }) as const), ...result.changes];

  const groups = new Map<PathId, GroupContent>();
  for (const { id, from, to } of deployment.groups) {
    // Who changed the group since knows better.
    const isUntouched = hasSameContent(state.groups.get(id), to);
    if (from === undefined || !isUntouched || hasSameContent(from, to)) continue;
    const { version: _, ...content } = from;
    groups.set(id, content);
  }
  const made = deployment.groups.filter(({ id, from }) => from === undefined && state.groups.has(id));
  // Innermost first: a group is empty when those in it have gone.
  for (const { id } of [...made].reverse()) {
    const target = new Target(state, { runSpecs, groups });
    const holds = target.groupsIn(id).some((child) => target.group(child) !== undefined);
    if (!holds && !target.holdsRunSpecs(id)) groups.set(id, undefined);
  }
  const outcome = deployUpdate(tx, { version, groupId: '/', update: { runSpecs, groups }, force: true });
  // Nothing to undo (what it created is gone already): the deployment itself still has to go.
  const remaining = tx.state.deployments.get(deployment.id);
  if (outcome.type === 'deployed' && remaining !== undefined) {
    cancelDeployment(tx, remaining, 'The deployment was reverted');
  }
  return outcome;
}
