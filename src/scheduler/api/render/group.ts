import { parentOf, segmentsOf } from '../../../common/path-id.js';
import type { PathId } from '../../../common/path-id.js';
import type { GroupSnapshot } from '../../core/groups/group-snapshot.js';
import type { SchedulerState } from '../../core/state.js';
import type { Group } from '../../model/group.js';
import type { GroupEmbed } from '../parse/group-embed.js';
import { arrayText } from './app-info.js';

/** A tree of groups as it is read for showing; each list in the order of creation. */
export interface GroupView {
  group(id: PathId): Group | undefined;
  /** The ids of the groups and of the apps and pods that lie directly in a group. */
  contents(id: PathId): { readonly groups: Iterable<PathId>; readonly runSpecs: Iterable<PathId> };
}

/** How what lies in groups is shown; undefined = it is left out. */
export interface GroupTexts {
  readonly embed: ReadonlySet<GroupEmbed>;
  readonly app: (id: PathId) => string | undefined;
  readonly pod: (id: PathId) => string | undefined;
  readonly showsGroup: (id: PathId) => boolean;
}

const nothing = { groups: [], runSpecs: [] };

export function currentGroups(state: SchedulerState): GroupView {
  return {
    group: (id) => state.groups.get(id),
    contents: (id) => state.contents.get(id) ?? nothing,
  };
}

export function groupsOfSnapshot({ groups, apps, pods }: GroupSnapshot): GroupView {
  const contents = new Map([...groups.keys()].map((id) => [id, { groups: [] as PathId[], runSpecs: [] as PathId[] }]));
  for (const id of groups.keys()) if (id !== '/') contents.get(parentOf(id))?.groups.push(id);
  for (const id of [...apps.keys(), ...pods.keys()]) contents.get(parentOf(id))?.runSpecs.push(id);
  return { group: (id) => groups.get(id), contents: (id) => contents.get(id) ?? nothing };
}

function textsOf(ids: Iterable<PathId>, text: (id: PathId) => string | undefined): string {
  return arrayText([...ids].flatMap((id) => text(id) ?? []));
}

/** A group with what lies in it, as JSON text (Marathon's GroupInfo); undefined when it is not there or not shown. */
export function groupText(view: GroupView, id: PathId, texts: GroupTexts): string | undefined {
  const group = view.group(id);
  if (group === undefined || !texts.showsGroup(id)) return undefined;
  const { groups, runSpecs } = view.contents(id);
  const isTop = segmentsOf(id).length === 1;
  const members = [
    `"id":${JSON.stringify(id)}`,
    ...(texts.embed.has('apps') ? [`"apps":${textsOf(runSpecs, texts.app)}`] : []),
    ...(texts.embed.has('pods') ? [`"pods":${textsOf(runSpecs, texts.pod)}`] : []),
    ...(texts.embed.has('groups') ? [`"groups":${textsOf(groups, (child) => groupText(view, child, texts))}`] : []),
    `"dependencies":${JSON.stringify(group.dependencies)}`,
    `"version":${JSON.stringify(group.version)}`,
    ...(isTop ? [`"enforceRole":${String(group.enforceRole === true)}`] : []),
  ];
  return `{${members.join(',')}}`;
}
