import type { PathId } from '../../../common/path-id.js';
import type { HttpRequest } from '../../../http/server.js';
import type { GroupSnapshot } from '../../core/groups/group-snapshot.js';
import { ancestorsOf, runSpecIdsBelow } from '../../core/groups/tree.js';
import type { ApiContext } from '../context.js';
import { runSpecResource } from './run-spec-access.js';

/** Tells which groups are shown to whoever asks: groups around what may be viewed are. */
export function showsGroup({ access, service }: ApiContext, request: HttpRequest): (id: PathId) => boolean {
  if (access.isOpen) return () => true;
  const { state } = service;
  return (id) =>
    access.may(request, 'view', { kind: 'group', id }) ||
    runSpecIdsBelow(state, id).some((below) => access.may(request, 'view', runSpecResource(state, below)));
}

/** The same of an older version: groups around what was in it then and may be viewed are shown. */
export function showsGroupOfSnapshot(
  { access }: ApiContext,
  request: HttpRequest,
  { apps, pods }: GroupSnapshot,
): (id: PathId) => boolean {
  if (access.isOpen) return () => true;
  const visible = [
    ...[...apps.keys()].filter((id) => access.may(request, 'view', { kind: 'app', id })),
    ...[...pods.keys()].filter((id) => access.may(request, 'view', { kind: 'pod', id })),
  ];
  const around = new Set(visible.flatMap(ancestorsOf));
  return (id) => around.has(id) || access.may(request, 'view', { kind: 'group', id });
}
