import type { PathId } from '../../../common/path-id.js';
import type { Timestamp } from '../../model/app-definition.js';
import type { Group } from '../../model/group.js';
import { kindOf } from '../../model/run-spec.js';
import type { Tx } from '../tx.js';
import { changedId } from './changes.js';
import type { RootUpdate } from './changes.js';
import { ancestorsOf, groupsFrom } from './tree.js';

/** A group as it was before a change; `from` absent = there was none. */
export interface GroupBefore {
  readonly id: PathId;
  readonly from?: Group;
}

/** A new top-level group enforces its role if `--new_group_enforce_role` says so. */
function newGroup(tx: Tx, id: PathId, version: Timestamp): Group {
  const enforces = tx.settings.newGroupEnforceRole === 'top' && ancestorsOf(id).length === 1;
  return { id, dependencies: [], ...(enforces ? { enforceRole: true } : {}), version };
}

/**
 * Makes an update current: apps, pods and groups are set, groups that something new lies in are made, those that it removes go with
 * the groups in them, and every group around a change gets the new version. Also written down: how it is undone. Returns the groups
 * that were made, changed or removed, outer ones first. The caller has checked the update, and that it empties what it removes.
 */
export function carryOut(tx: Tx, version: Timestamp, update: RootUpdate): readonly GroupBefore[] {
  const set = new Map([...update.groups].flatMap(([id, content]) => (content === undefined ? [] : [[id, content]])));
  const kept = update.runSpecs.flatMap((change) => (change.kind === 'delete' ? [] : [changedId(change)]));
  // A group that is to go stays if something is put into it.
  const needed = new Set([...set.keys(), ...[...set.keys(), ...kept].flatMap(ancestorsOf)]);
  const removed = [...update.groups].flatMap(([id, content]) => (content === undefined ? [id] : []));
  const gone = new Set(removed.flatMap((id) => groupsFrom(tx.state, id)).filter((id) => !needed.has(id)));
  const around = [...set.keys(), ...update.runSpecs.map(changedId), ...gone].flatMap(ancestorsOf);
  const touched = new Set([...needed, ...around].filter((id) => !gone.has(id)));
  const groups = [...touched, ...gone].sort().map((id): GroupBefore => {
    const from = tx.state.groups.get(id);
    return { id, ...(from === undefined ? {} : { from }) };
  });

  tx.recordChange({
    version,
    runSpecs: update.runSpecs.map((change) => ({
      id: changedId(change),
      kind: kindOf(change.kind === 'delete' ? change.from : change.to),
      ...(change.kind === 'create' ? {} : { from: change.from.version }),
    })),
    groups,
  });
  for (const change of update.runSpecs) if (change.kind === 'delete') tx.removeRunSpec(change.from.id);
  for (const id of [...gone].sort().reverse()) tx.removeGroup(id);
  for (const { id, from } of groups) {
    if (touched.has(id)) tx.putGroup({ ...(set.get(id) ?? from ?? newGroup(tx, id, version)), version });
  }
  for (const change of update.runSpecs) if (change.kind !== 'delete') tx.putRunSpec(change.to);
  return groups;
}
