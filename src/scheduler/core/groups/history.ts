import type { PathId } from '../../../common/path-id.js';
import type { Timestamp } from '../../model/app-definition.js';
import type { Group } from '../../model/group.js';
import { rootGroupOf } from '../state.js';
import type { SchedulerState } from '../state.js';
import { groupsFrom, isBelow, runSpecIdsBelow } from './tree.js';

/** A group at an older version: its groups, and which version of which app or pod lay in it. */
export interface GroupAtVersion {
  readonly groups: ReadonlyMap<PathId, Group>;
  readonly runSpecs: ReadonlyMap<PathId, Timestamp>;
}

function isAtOrBelow(id: PathId, group: PathId): boolean {
  return id === group || isBelow(id, group);
}

/** The versions of the root group that are known, newest first, as far as the group `id` existed in them. */
export function versionsOfGroup(state: SchedulerState, id: PathId): Timestamp[] {
  const result: Timestamp[] = [];
  let exists = state.groups.has(id);
  for (const change of [...state.history].reverse()) {
    if (exists) result.push(change.version);
    const before = change.groups.find((group) => group.id === id);
    if (before !== undefined) exists = before.from !== undefined;
  }
  return result;
}

/** The group as it was at a version of the root group; undefined when that version is not known or had no such group. */
export function groupAtVersion(state: SchedulerState, id: PathId, version: Timestamp): GroupAtVersion | undefined {
  const known = version === rootGroupOf(state).version || state.history.some((change) => change.version === version);
  if (!known) return undefined;
  const groups = new Map<PathId, Group>();
  for (const groupId of groupsFrom(state, id)) {
    const group = state.groups.get(groupId);
    if (group !== undefined) groups.set(groupId, group);
  }
  const runSpecs = new Map<PathId, Timestamp>();
  for (const runSpecId of runSpecIdsBelow(state, id)) {
    const current = state.versions.get(runSpecId)?.at(-1);
    if (current !== undefined) runSpecs.set(runSpecId, current);
  }
  // All newer changes are taken back, the newest first.
  for (const change of [...state.history].reverse()) {
    if (change.version <= version) break;
    // One id may occur twice: an app that was deleted, then a pod that took its place.
    for (const { id: runSpecId, from } of [...change.runSpecs].reverse()) {
      if (!isBelow(runSpecId, id)) continue;
      if (from === undefined) runSpecs.delete(runSpecId);
      else runSpecs.set(runSpecId, from);
    }
    for (const { id: groupId, from } of change.groups) {
      if (!isAtOrBelow(groupId, id)) continue;
      if (from === undefined) groups.delete(groupId);
      else groups.set(groupId, from);
    }
  }
  return groups.has(id) ? { groups, runSpecs } : undefined;
}
