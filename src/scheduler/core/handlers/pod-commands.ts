import { parentOf, resolvePathId } from '../../../common/path-id.js';
import type { Command, Outcome } from '../commands.js';
import { draftPod } from '../groups/drafts.js';
import { toChanges } from '../groups/to-changes.js';
import type { PodDraft } from '../normalize/pods/pod-draft.js';
import type { Tx } from '../tx.js';
import { deployUpdate, ofRunSpecs, rejected, versionFor } from './deploy-update.js';
import type { Request } from './deploy-update.js';

/** Deploys what a draft makes of its pod; the outcome carries the pod, changed or not. */
function setPod(tx: Tx, draft: PodDraft, options: Pick<Request, 'force' | 'announce'>): Outcome {
  const version = versionFor(tx);
  const result = toChanges(tx, version, [draft]);
  if ('rejection' in result) return rejected(result.rejection);
  const outcome = deployUpdate(tx, {
    version,
    groupId: parentOf(draft.id),
    update: ofRunSpecs(result.changes),
    ...options,
  });
  const pod = tx.state.pods.get(draft.id);
  return outcome.type === 'deployed' && pod !== undefined ? { ...outcome, pod } : outcome;
}

export function createPod(tx: Tx, command: Extract<Command, { type: 'createPod' }>): Outcome {
  const rawId = command.update['id'];
  const id = typeof rawId === 'string' ? resolvePathId(rawId) : '/';
  const built = draftPod(tx, { id }, undefined, command.update);
  if (!built.ok) return rejected({ kind: 'invalid', violations: built.violations });
  if (tx.state.pods.has(id)) return rejected({ kind: 'podExists', id });
  if (tx.state.apps.has(id)) return rejected({ kind: 'appExists', id });
  const announce = (): void => tx.publish({ type: 'pod_created_event', ...command.origin });
  return setPod(tx, built.draft, { force: command.force, announce });
}

export function updatePod(tx: Tx, command: Extract<Command, { type: 'updatePod' }>): Outcome {
  const { id, update, force, origin } = command;
  const current = tx.state.pods.get(id);
  if (current === undefined) return rejected({ kind: 'podNotFound', id });
  const built = draftPod(tx, { id }, current, update);
  if (!built.ok) return rejected({ kind: 'invalid', violations: built.violations });
  return setPod(tx, built.draft, { force, announce: () => tx.publish({ type: 'pod_updated_event', ...origin }) });
}

export function deletePod(tx: Tx, command: Extract<Command, { type: 'deletePod' }>): Outcome {
  const { id, force, origin } = command;
  const from = tx.state.pods.get(id);
  if (from === undefined) return rejected({ kind: 'podNotFound', id });
  return deployUpdate(tx, {
    version: versionFor(tx),
    groupId: parentOf(id),
    update: ofRunSpecs([{ kind: 'delete', from }]),
    force,
    announce: () => tx.publish({ type: 'pod_deleted_event', ...origin }),
  });
}
