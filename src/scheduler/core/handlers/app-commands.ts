import { parentOf, resolvePathId } from '../../../common/path-id.js';
import type { PathId } from '../../../common/path-id.js';
import type { Instance } from '../../model/instance.js';
import { isPod } from '../../model/run-spec.js';
import type { Command, Origin, Outcome, Rejection, Violation } from '../commands.js';
import { changedId } from '../groups/changes.js';
import type { RunSpecChange } from '../groups/changes.js';
import { draftApp } from '../groups/drafts.js';
import { toChanges } from '../groups/to-changes.js';
import type { AppDraft } from '../normalize/app-draft.js';
import { appJsonOf } from '../normalize/app-json-of.js';
import { decommission, retire } from '../recovery/kill.js';
import type { Tx } from '../tx.js';
import { deployUpdate, ofRunSpecs, rejected, versionFor } from './deploy-update.js';

type Update = Extract<Command, { type: 'updateApps' }>['updates'][number];

/** Publishes the request that sets apps before what it leads to. An app that it does not change is told as it is. */
function announcePost(tx: Tx, ids: readonly PathId[], origin: Origin): (changes: readonly RunSpecChange[]) => void {
  return (changes) => {
    const byId = new Map(changes.map((change) => [changedId(change), change]));
    for (const id of ids) {
      const change = byId.get(id);
      const to = change === undefined || change.kind === 'delete' ? tx.state.apps.get(id) : change.to;
      if (to !== undefined && !isPod(to)) tx.publish({ type: 'api_post_event', ...origin, appDefinition: to });
    }
  };
}

export function createApp(tx: Tx, command: Extract<Command, { type: 'createApp' }>): Outcome {
  const rawId = command.update['id'];
  const id = typeof rawId === 'string' ? resolvePathId(rawId) : '/';
  const built = draftApp(tx, { id }, undefined, command.update, false);
  if (!built.ok) return rejected({ kind: 'invalid', violations: built.violations });
  if (tx.state.apps.has(id)) return rejected({ kind: 'appExists', id });
  if (tx.state.pods.has(id)) return rejected({ kind: 'podExists', id });
  const version = versionFor(tx);
  const result = toChanges(tx, version, [built.draft]);
  if ('rejection' in result) return rejected(result.rejection);
  return deployUpdate(tx, {
    version,
    groupId: parentOf(id),
    update: ofRunSpecs(result.changes),
    force: command.force,
    announce: announcePost(tx, [id], command.origin),
  });
}

function draftOf(
  tx: Tx,
  { id, update }: Update,
  current: AppDraft | undefined,
  command: Extract<Command, { type: 'updateApps' }>,
): { readonly draft: AppDraft } | { readonly rejection: Rejection } {
  if (current === undefined) {
    if (!command.mayCreate) return { rejection: { kind: 'appNotFound', id } };
    if (tx.state.pods.has(id)) return { rejection: { kind: 'podExists', id } };
  } else if (command.mayUpdate === false) return { rejection: { kind: 'appExists', id } };
  const partial = command.partial && current !== undefined;
  const built = draftApp(tx, { id }, current, update, partial);
  return built.ok ? { draft: built.draft } : { rejection: { kind: 'invalid', violations: built.violations } };
}

/** The group of one app, the root group for several. */
function groupOf(ids: readonly PathId[]): PathId {
  const [id] = ids;
  return ids.length === 1 && id !== undefined ? parentOf(id) : '/';
}

export function updateApps(tx: Tx, command: Extract<Command, { type: 'updateApps' }>): Outcome {
  const drafts = new Map<PathId, AppDraft>();
  const violations: Violation[] = [];
  for (const [i, update] of command.updates.entries()) {
    // An app that occurs twice is changed twice.
    const current = drafts.get(update.id) ?? tx.state.apps.get(update.id);
    const result = draftOf(tx, update, current, command);
    if ('draft' in result) drafts.set(result.draft.id, result.draft);
    else if (result.rejection.kind !== 'invalid') return rejected(result.rejection);
    else {
      const prefix = command.isBulk ? `(${i})` : '';
      violations.push(
        ...result.rejection.violations.map(({ path, errors }) => ({
          path: path === '/' && prefix !== '' ? prefix : `${prefix}${path}`,
          errors,
        })),
      );
    }
  }
  if (violations.length > 0) return rejected({ kind: 'invalid', violations });
  const ids = [...drafts.keys()];
  const version = versionFor(tx);
  const result = toChanges(tx, version, [...drafts.values()]);
  if ('rejection' in result) return rejected(result.rejection);
  return deployUpdate(tx, {
    version,
    groupId: groupOf(ids),
    update: ofRunSpecs(result.changes),
    force: command.force,
    announce: announcePost(tx, ids, command.origin),
  });
}

/** Makes an old definition current again, under a new version, if it keeps the rules of today. */
export function rollbackApp(tx: Tx, command: Extract<Command, { type: 'rollbackApp' }>): Outcome {
  const { id, definition, force, origin } = command;
  const current = tx.state.apps.get(id);
  if (current === undefined) return rejected({ kind: 'appNotFound', id });
  const built = draftApp(tx, { id }, current, appJsonOf(definition), false);
  if (!built.ok) return rejected({ kind: 'invalid', violations: built.violations });
  const version = versionFor(tx);
  const result = toChanges(tx, version, [built.draft]);
  if ('rejection' in result) return rejected(result.rejection);
  const update = ofRunSpecs(result.changes);
  return deployUpdate(tx, { version, groupId: parentOf(id), update, force, announce: announcePost(tx, [id], origin) });
}

export function deleteApp(tx: Tx, command: Extract<Command, { type: 'deleteApp' }>): Outcome {
  const { id, force } = command;
  const from = tx.state.apps.get(id);
  if (from === undefined) return rejected({ kind: 'appNotFound', id });
  const update = ofRunSpecs([{ kind: 'delete', from }]);
  return deployUpdate(tx, { version: versionFor(tx), groupId: parentOf(id), update, force });
}

export function restartApp(tx: Tx, command: Extract<Command, { type: 'restartApp' }>): Outcome {
  const { id, force } = command;
  const current = tx.state.apps.get(id);
  if (current === undefined) return rejected({ kind: 'appNotFound', id });
  const version = versionFor(tx);
  const result = toChanges(tx, version, [current], 'restart');
  if ('rejection' in result) return rejected(result.rejection);
  return deployUpdate(tx, { version, groupId: parentOf(id), update: ofRunSpecs(result.changes), force });
}

/** Kills tasks by id; with `wipe` their instances leave their places for good, with `scale` their apps get so many instances fewer, in one deployment. */
export function killTasks(
  tx: Tx,
  command: Extract<Command, { type: 'killTasks' }>,
  instances: readonly Instance[],
): Outcome {
  if (!command.scale) {
    for (const instance of instances) {
      if (command.wipe === true) decommission(tx, instance, { type: 'requested' });
      else retire(tx, instance, { type: 'requested' });
    }
    return { type: 'killed', instances };
  }
  const lost = new Map<PathId, number>();
  for (const instance of instances) {
    if (instance.goal === 'Running') lost.set(instance.appId, (lost.get(instance.appId) ?? 0) + 1);
  }
  const drafts = [...lost].flatMap(([id, count]) => {
    const app = tx.state.apps.get(id);
    return app === undefined ? [] : [{ ...app, instances: Math.max(0, app.instances - count) }];
  });
  const version = versionFor(tx);
  const result = toChanges(tx, version, drafts);
  if ('rejection' in result) return rejected(result.rejection);
  const outcome = deployUpdate(tx, {
    version,
    groupId: groupOf([...lost.keys()]),
    update: ofRunSpecs(result.changes),
    force: command.force,
  });
  if (outcome.type === 'deployed') {
    for (const instance of instances) retire(tx, instance, { type: 'requested' }, true);
  }
  return outcome;
}
